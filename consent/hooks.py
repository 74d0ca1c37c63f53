"""How packages to our right hear that an answer was given or withdrawn, and say of which exchange it is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django import forms as django_forms

from casemgmt.base.registries import Registry
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from dossiers.models import Dossier

# Called inside the act's transaction with the dossier, about whom, and the moment.
Listener = Callable[[UUID, UUID, datetime], None]

changed: Registry[Listener] = Registry("listener to consent")

# Asked for an exchange, on a day: from which day on an answer can be one to it (``rules.days.answers_count_from``);
# None for an exchange that is not there.
Beginning = Callable[[UUID, date], Decision | None]

exchanges: Registry[Beginning] = Registry("kind of exchange")


# Where something is black in a text: from one place up to another, in order and apart.
Black = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece as it would go: an entry in a version, and what is black in its text and in its source.

    ``source`` None: what the entry names as its source does not go along. ``written_on``: the day on which this
    version was written down; before it nobody was told of it.
    """

    entry: str
    version: int
    black: Black = ()
    source: Black | None = None
    written_on: date | None = None

    @property
    def stored(self) -> dict[str, Any]:
        """As stored with an answer; it holds no word of the entry."""
        return {"entry": self.entry, "version": self.version, "black": self.black, "source": self.source}

    def gives_no_more_than(self, told: dict[str, Any]) -> bool:
        """Whether all of it was in the piece that was told: what went black since only takes away."""
        if (self.entry, self.version) != (told["entry"], told["version"]) or not _covers(self.black, told["black"]):
            return False
        return self.source is None or (told["source"] is not None and _covers(self.source, told["source"]))


def _covers(black: Black, told: Iterable[Sequence[int]]) -> bool:
    """Whether everything that was black then is black now."""
    return all(any(start <= one[0] and one[1] <= end for start, end in black) for one in told)


@dataclass(frozen=True, slots=True)
class ToTell:
    """What there is to be told of an exchange: what it is for, in words, and what would go."""

    what_for: str
    pieces: tuple[Piece, ...]


# Asked for an exchange, on a day: what there is to be told of it then; None for an exchange that is not there.
Telling = Callable[[UUID, date], ToTell | None]

told_of: Registry[Telling] = Registry("what an exchange is for and gives")


class Guard(Protocol):
    """What may not be typed, for others read it; ``refuse`` says so beside each of these fields of a form."""

    def refuse(self, form: django_forms.Form, *names: str) -> None:
        """Add an error to each field that holds it; what was typed stays."""


# Asked in a dossier for who types: what may not stand in the words of an answer, such as an address that is secret.
guards: Registry[Callable[[Dossier, Actor], Guard]] = Registry("guard of what is typed with an answer")


def answers_count_from(exchange_id: UUID, on: date) -> Decision | None:
    """From which day on an answer can be one to this exchange, by the regulation of the day ``on``."""
    found = (asked(exchange_id, on) for _name, asked in exchanges)
    return next((decision for decision in found if decision is not None), None)


def to_tell(exchange_id: UUID, on: date) -> ToTell | None:
    """What there is to be told of this exchange as it stands on a day."""
    found = (asked(exchange_id, on) for _name, asked in told_of)
    return next((told for told in found if told is not None), None)


def tell(dossier_id: UUID, about_id: UUID, at: datetime) -> None:
    """Tell every listener that an answer about somebody's data changed."""
    for _name, listener in changed:
        listener(dossier_id, about_id, at)
