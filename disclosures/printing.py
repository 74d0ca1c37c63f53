"""The approved package on paper: printed once as it was approved, sealed, and gone when the approval is void.

What is printed are pieces of text and marks only, so that what is black is not
in the file at all. Printing happens in the background (``tasks``); until the
sealed file is there nothing can be handed over.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from casemgmt.base import jobs
from casemgmt.base.models import Job
from casemgmt.letters.contents import Recipient, sender_on
from casemgmt.letters.packages import DisclosurePackage, PackagePiece, package_html
from casemgmt.policy.decision import Decision
from casemgmt.policy.schema import Profile
from casemgmt.vault import files
from casemgmt.vault.sealing import CannotOpen
from casemgmt.web.dates import date_plain
from disclosures.judging import ground_label
from disclosures.models import Disclosure
from disclosures.package import Package, PackageItem
from disclosures.redaction import LEFT_OUT, Piece
from disclosures.vocabulary import State
from dossiers.models import Dossier

BUILD = "disclosures.package"


class Printing(StrEnum):
    """How it stands with the paper of a disclosure."""

    NONE = ""
    BUSY = "busy"
    FAILED = "failed"
    DONE = "done"


def order(row: Disclosure) -> None:
    """Have an approved package printed, in the transaction of the act; asked again it starts afresh."""
    jobs.enqueue(BUILD, row.id)


def drop(row: Disclosure) -> None:
    """Take the printed package away: it is not, or no longer, what may leave."""
    printed = row.package
    if printed is None:
        return
    row.package, row.package_hash = None, ""
    row.save()
    files.remove_file(printed)


def printing_of(row: Disclosure) -> Printing:
    """How far the paper is; one failed attempt is told at once, though more attempts follow by themselves."""
    if row.package_id is not None:
        return Printing.DONE
    if row.state != State.APPROVED:
        return Printing.NONE
    job = Job.objects.filter(organisation_id=row.organisation_id, kind=BUILD, subject=row.id).first()
    return Printing.BUSY if job is not None and not job.last_error else Printing.FAILED


def opens(row: Disclosure) -> bool:
    """Whether the sealed package is there and whole, to its last byte."""
    if row.package is None:
        return False
    try:
        return bool(sum(map(len, files.read_file(row.package))) == row.package.size)
    except (CannotOpen, OSError):
        return False


def page(row: Disclosure, package: Package, profile: Profile, dossier: Dossier, about: str, *, on: date) -> str:
    """The whole package as HTML for the printer, dated ``on``, with the decision on which it was approved."""
    assert row.judgement is not None
    may = Decision.from_dict(row.judgement["may"])
    return package_html(
        DisclosurePackage(
            recipients=(Recipient(package.recipient.get("name", ""), package.recipient.get("organisation", "")),),
            about=about,
            reference=dossier.number,
            on=on,
            purpose=package.purpose,
            ground=ground_label(profile, row.judgement.get("ground") or ""),
            pieces=tuple(_piece(item) for item in package.items),
            blanked=package.black > 0 or LEFT_OUT in "".join((package.purpose, *package.recipient.values())),
            decisions=(may,),
        ),
        sender_on(on),
    )


def words(pieces: Iterable[Piece]) -> str:
    """Text with a mark where words were removed."""
    return "".join(LEFT_OUT if piece.mark else piece.text for piece in pieces)


def _piece(item: PackageItem) -> PackagePiece:
    return PackagePiece(
        title=f"{item.kind_label[:1].upper()}{item.kind_label[1:]}, {date_plain(item.happened_on)}",
        text=words(item.text),
        written_on=item.happened_on,
        written_by=f"Bron: {words(item.source)}" if item.source else "",
    )
