"""What somebody gets to see of a dossier: finished entries about that client alone, as they were at the decision.

Working notes and drafts live elsewhere and are never read here. An entry that
is (also) about somebody else is counted and left out; blanking parts of it is
work for a person. What an entry about the client alone still says of others
(a name, an address, a number) is black by itself, as in a package.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base.errors import NotThere
from consent.facts import circle
from disclosures.package import Secrets, secrets_around
from disclosures.redaction import Mark, pieces
from dossiers.models import Dossier, Entry, EntryAbout, EntryVersion
from dossiers.recording.vocabulary import FORM_OF, EntryKind
from dossiers.timeline import kind_labels, names_of


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """One entry as the client reads it: no source and no details, for those can name somebody else."""

    id: UUID
    form: str
    label: str
    text: str
    happened_on: date
    author: str


@dataclass(frozen=True, slots=True)
class Parts:
    """How the entries fall apart: about this client alone, and (also) about others or the family."""

    own: int
    others: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """The entries that are open, newest first, and how many are left out."""

    entries: tuple[OpenEntry, ...]
    left_out: int


def parts_of(dossier: Dossier, about_id: UUID, until: datetime) -> Parts:
    """How many entries are about this client alone, and how many of those about the client name others too."""
    own, others = _sorted(dossier, about_id, until)
    return Parts(len(own), len(others))


def inspection_of(dossier: Dossier, about_id: UUID, until: datetime, on: date) -> Inspection:
    """The entries about this client alone, in the wording they had at ``until``; the key must be loaded.

    Raises NotThere for somebody who is no client here: what is black for them nobody can tell.
    """
    around = circle(dossier, about_id, on)
    if around is None:
        raise NotThere
    secrets = secrets_around(dossier.id, around)
    own, others = _sorted(dossier, about_id, until)
    rows = Entry.objects.filter(dossier=dossier, id__in=own).order_by("-happened_on", "-recorded_at", "-id")
    words = _wordings(dossier, own, until)
    entries = [row for row in rows if row.id in words]
    names, labels = names_of(row.author_id for row in entries), kind_labels(on)
    return Inspection(
        tuple(
            OpenEntry(
                id=row.id,
                form=FORM_OF[EntryKind(row.kind)],
                label=labels.get(row.kind, row.kind),
                text=_blackened(words[row.id].text, secrets),
                happened_on=row.happened_on,
                author=names.get(row.author_id, ""),
            )
            for row in entries
        ),
        len(others),
    )


def _sorted(dossier: Dossier, about_id: UUID, until: datetime) -> tuple[set[UUID], set[UUID]]:
    people: dict[UUID, set[UUID]] = defaultdict(set)
    rows = EntryAbout.objects.filter(dossier=dossier, entry__recorded_at__lte=until)
    for entry_id, person_id in rows.values_list("entry_id", "person_id"):
        people[entry_id].add(person_id)
    concerns = {entry_id: named for entry_id, named in people.items() if about_id in named}
    own = {entry_id for entry_id, named in concerns.items() if named == {about_id}}
    return own, concerns.keys() - own


def _blackened(text: str, secrets: Secrets) -> str:
    """A text with a mark where something of another, or an address that is secret, was taken out."""
    another, address = _("[black: about another person]"), _("[black: an address or number]")
    return "".join(
        piece.text if piece.mark is None else address if piece.mark == Mark.ADDRESS else another
        for piece in pieces(text, secrets.black(text))
    )


def _wordings(dossier: Dossier, ids: set[UUID], until: datetime) -> dict[UUID, EntryVersion]:
    rows = EntryVersion.objects.filter(dossier=dossier, entry_id__in=ids, made_at__lte=until).order_by("number")
    return {row.entry_id: row for row in rows}
