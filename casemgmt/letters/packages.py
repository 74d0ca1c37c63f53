"""The printed paper that is no letter: what a recipient is handed.

It is made from plain values and given back as HTML for ``pdf.render_pdf``;
whoever asks for it keeps it (or not) by its own rules.
"""

from dataclasses import dataclass
from datetime import date
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


def package_html(package: DisclosurePackage, sender: Sender) -> str:
    """The cover and every selected piece, each on a page of its own, as one document."""
    values: dict[str, Any] = {
        "it": package,
        "sender": sender,
        "accent": accent(sender.slug),
        "citations": citations(package.decisions),
        "explanations": tuple(dict.fromkeys(decision.explanation for decision in package.decisions)),
    }
    return render_dutch("letters/disclosure_package.html", values)
