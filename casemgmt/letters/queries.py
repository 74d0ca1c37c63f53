"""Letters as plain values, for pages; callers come through the door and have loaded the keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casemgmt.base import jobs
from casemgmt.base.db import reads
from casemgmt.letters.contents import Addressee
from casemgmt.letters.models import Letter
from casemgmt.letters.vocabulary import Kind, State
from casemgmt.letters.wording import Wording

RENDER = "letters.render"


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter in a list."""

    id: UUID
    dossier_id: UUID
    kind: Kind
    title: str
    to: str
    to_person_id: UUID | None
    state: State
    made_at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class OpenedLetter:
    """One letter as it reads; ``wording.blocks`` are plain text, to be escaped like any other.

    ``stuck``: no print is made any more unless somebody asks for it.
    """

    line: LetterLine
    addressee: Addressee
    wording: Wording
    stuck: bool


@reads
def letters_of(dossier_id: UUID, limit: int = 100) -> list[LetterLine]:
    """The latest letters about a dossier, newest first."""
    return _lines(Letter.objects.filter(dossier_id=dossier_id).order_by("-made_at", "-id")[:limit])


@reads
def letters_to(dossier_id: UUID, person_id: UUID, limit: int = 100) -> list[LetterLine]:
    """The latest letters to one person about a dossier, newest first."""
    rows = Letter.objects.filter(dossier_id=dossier_id, to_person_id=person_id)
    return _lines(rows.order_by("-made_at", "-id")[:limit])


@reads
def letters_made(dossier_ids: Iterable[UUID], kind: Kind, at: Iterable[datetime]) -> list[LetterLine]:
    """The letters of one kind that were made at one of these very moments, in the order of their names.

    What an act wrote to several people at once stands together: they have the act's moment, to the microsecond.
    """
    rows = Letter.objects.filter(dossier_id__in=list(dossier_ids), kind=kind, made_at__in=list(at))
    return sorted(_lines(rows), key=lambda one: (one.to, one.id))


@reads
def opened(dossier_id: UUID, letter_id: UUID) -> OpenedLetter | None:
    """One letter of this dossier as it reads; None when it is another dossier's or not there."""
    letter = Letter.objects.filter(dossier_id=dossier_id, id=letter_id).first()
    if letter is None:
        return None
    return OpenedLetter(_line(letter), addressee_of(letter), Wording.from_json(letter.body), is_stuck(letter))


def is_stuck(letter: Letter) -> bool:
    """Whether the printer refused this letter, or the queue gave up trying."""
    if letter.state == State.FAILED:
        return True
    return bool(letter.state == State.WAITING) and not jobs.is_on_its_way(RENDER, letter.id)


@reads
def stuck_letters() -> int:
    """How many letters of the current organisation no print is made of any more, unless somebody asks for it."""
    silent = Letter.objects.filter(state=State.WAITING).exclude(id__in=jobs.on_their_way(RENDER))
    return int(Letter.objects.filter(state=State.FAILED).count() + silent.count())


def addressee_of(letter: Letter) -> Addressee:
    """Whom a letter is for."""
    kept = letter.addressee
    return Addressee(name=kept["name"], lines=tuple(kept["lines"]))


def _lines(letters: Iterable[Letter]) -> list[LetterLine]:
    return [_line(letter) for letter in letters]


def _line(letter: Letter) -> LetterLine:
    return LetterLine(
        id=letter.id,
        dossier_id=letter.dossier_id,
        kind=Kind(letter.kind),
        title=letter.title,
        to=letter.addressee["name"],
        to_person_id=letter.to_person_id,
        state=State(letter.state),
        made_at=letter.made_at,
        read_at=letter.read_at,
    )
