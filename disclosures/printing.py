"""The package as it is printed: only pieces of text and marks, so that what is black is not in the file at all."""

from collections.abc import Iterable

from casemgmt.base import clock
from casemgmt.letters.contents import Recipient, sender_on
from casemgmt.letters.packages import DisclosurePackage, PackagePiece, package_html
from casemgmt.policy.decision import Decision
from casemgmt.policy.schema import Profile
from casemgmt.web.dates import date_plain
from disclosures.judging import ground_label
from disclosures.models import Disclosure
from disclosures.package import Package, PackageItem
from disclosures.redaction import Piece
from dossiers.models import Dossier

LEFT_OUT = "[weggelaten]"


def page(row: Disclosure, package: Package, profile: Profile, dossier: Dossier, about: str) -> str:
    """The whole package as HTML for the printer. Decisions are those of the moment it left."""
    assert row.handed_over_at is not None and row.judgement is not None
    on = clock.local_date(row.handed_over_at)
    may = Decision.from_dict(row.judgement["may"])
    return package_html(
        DisclosurePackage(
            recipients=(Recipient(row.recipient.get("name", ""), row.recipient.get("organisation", "")),),
            about=about,
            reference=dossier.number,
            on=on,
            purpose=row.purpose,
            ground=ground_label(profile, row.judgement.get("ground") or ""),
            pieces=tuple(_piece(item) for item in package.items),
            blanked=package.black > 0,
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
