"""Printed papers that are no letter: what a recipient is handed, and the certificate of a removal.

Both are made from plain values and given back as HTML for ``pdf.render_pdf``;
whoever asks for one keeps it (or not) by its own rules.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from casemgmt.letters.contents import Judged, Recipient, Sender
from casemgmt.letters.wording import accent, citations, render_dutch


@dataclass(frozen=True, slots=True)
class PackagePiece:
    """One selected piece of a dossier as a recipient may read it; blanked parts are blanked already."""

    title: str
    text: str
    written_on: date | None = None
    written_by: str = ""


@dataclass(frozen=True, slots=True)
class DisclosurePackage:
    """What a recipient is handed: for whom, why, on which ground, and the selected pieces."""

    recipients: tuple[Recipient, ...]
    about: str
    reference: str
    on: date
    purpose: str
    ground: str
    pieces: tuple[PackagePiece, ...]
    motives: str = ""
    conditions: tuple[str, ...] = ()
    blanked: bool = False
    decisions: tuple[Judged, ...] = ()


@dataclass(frozen=True, slots=True)
class RemovalCertificate:
    """The public facts of a removal: no name, no number of a person, nothing of what was removed.

    ``backups_until`` is when the last backup that still holds the key is gone.
    """

    number: str
    pseudonym: str
    basis: str
    closed_on: date | None
    due_on: date | None
    decided_by: tuple[str, ...]
    destroyed_at: datetime
    verified_at: datetime
    backups_until: date | None
    removed: tuple[tuple[str, int], ...]
    fingerprint: str
    signature: str = ""
    check_at: str = ""
    decisions: tuple[Judged, ...] = ()


def package_html(package: DisclosurePackage, sender: Sender) -> str:
    """The cover and every selected piece, each on a page of its own, as one document."""
    return _page("letters/disclosure_package.html", package, sender)


def certificate_html(certificate: RemovalCertificate, sender: Sender) -> str:
    """The certificate of a removal on one page."""
    return _page("letters/removal_certificate.html", certificate, sender)


def _page(template: str, it: DisclosurePackage | RemovalCertificate, sender: Sender) -> str:
    values: dict[str, Any] = {
        "it": it,
        "sender": sender,
        "accent": accent(sender.slug),
        "citations": citations(it.decisions),
        "explanations": tuple(dict.fromkeys(decision.explanation for decision in it.decisions)),
    }
    return render_dutch(template, values)
