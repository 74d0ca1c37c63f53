"""What a dossier knows of a client and the people around, and what those answered, as facts that the rules judge.

Nothing is decided here: who is what to whom, in the vocabulary of the public
decide contract (the client's own facts come from ``dossiers.people.facts``). The
rules themselves stand in policy.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from casemgmt.base import clock
from casemgmt.policy.calendar import age_on
from casemgmt.policy.rules.days import Said, strength
from casemgmt.policy.rules.facts import ConsentFacts, GivenConsent
from casemgmt.policy.schema.vocabulary import ConsentPurpose, Informed, Purpose, Recipient
from casemgmt.policy.schema.vocabulary import Person as Who
from consent.hooks import Piece
from consent.models import Consent
from consent.vocabulary import ConsentState, Form, Told
from dossiers.frame import regulation
from dossiers.models import Dossier, Person
from dossiers.people.facts import client_facts as facts_of
from dossiers.people.representing import Held, held_on, standing_to
from dossiers.people.vocabulary import PersonRole


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person of the dossier as a plain value; ``who`` is what they are to the client it is about."""

    id: UUID
    name: str
    role: str
    capable: bool
    birth_date: date | None
    age: int | None
    who: Who

    @property
    def role_label(self) -> str:
        """The part this person has, as a word."""
        return str(PersonRole(self.role).label)


@dataclass(frozen=True, slots=True)
class Circle:
    """A client and everybody else in the dossier, on a day; ``facts``: what the ladders look at of this client."""

    client: Somebody
    people: tuple[Somebody, ...]
    on: date
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def acting_as(self, who: str) -> tuple[Somebody, ...]:
        """The people who are ``who`` to the client."""
        return tuple(one for one in self.people if one.who == who)

    def find(self, person_id: UUID) -> Somebody | None:
        """One of the people by id."""
        return next((one for one in self.people if one.id == person_id), None)

    @property
    def others(self) -> tuple[Somebody, ...]:
        """Everybody but the client."""
        return tuple(one for one in self.people if one.id != self.client.id)


def circle(dossier: Dossier, about_id: UUID, on: date, *, former: bool = False) -> Circle | None:
    """The client and the people around on a day; None for somebody who is no client here. The key must be loaded.

    ``former``: also of who was one, as if they still were, for the page of what left or ended by then and for telling
    of it: nothing begins from it.
    """
    return next((one for one in _circles(dossier, on, about_id if former else None) if one.client.id == about_id), None)


def circles(dossier: Dossier, on: date) -> Iterator[Circle]:
    """Every client in the order of the dossier, each with the people around; two queries whatever their number."""
    return _circles(dossier, on)


def _circles(dossier: Dossier, on: date, former_id: UUID | None = None) -> Iterator[Circle]:
    rows = list(Person.objects.filter(dossier=dossier).order_by("position", "id"))
    for row in rows:
        if row.id == former_id:
            row.role = PersonRole.CLIENT  # as they were; nobody saves it
    held, profile = held_on(dossier, on), regulation(on)
    for about in (row for row in rows if row.role == PersonRole.CLIENT):
        people = tuple(_somebody(row, about, held, on) for row in rows)
        facts = facts_of(about, rows, held, profile, on)
        yield Circle(next(one for one in people if one.id == about.id), people, on, facts)


def client_facts(around: Circle) -> dict[str, Any]:
    """The facts about the client that every ladder looks at, as the dossier knows them on that day."""
    return dict(around.facts)


def consent_facts(around: Circle, purpose: ConsentPurpose, **more: Any) -> ConsentFacts:
    """What ``whose_consent_needed`` looks at."""
    return ConsentFacts(**client_facts(around), purpose=purpose, **more)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One exchange: to whom, what for, what would go, and since when an answer can be one to it.

    A yes was said to what was told and to nothing else: SH-1.3-toest and VT-1.m (specific, informed); GT-14.2 and
    GT-14.x (recipient, purpose and content). ``not_before``: see ``rules.days.answers_count_from``.
    """

    id: UUID
    recipient_kind: str
    recipient: str
    what_for: str
    pieces: tuple[Piece, ...]
    not_before: date | None = None

    def is_of(self, row: Consent) -> bool:
        """Whether this is an answer to this very exchange."""
        return row.exchange_id == self.id and (self.not_before is None or row.given_on >= self.not_before)

    def differs(self, row: Consent) -> tuple[Informed, ...]:
        """What of this exchange is other than what this yes was said to; a purpose nobody named is another one.

        The content counts from when it was told: less may go, and no more.
        """
        told = row.pieces
        found = {
            Informed.RECIPIENT: not same_recipient(row, self.recipient_kind, self.recipient),
            Informed.PURPOSE: not row.what_for or not same_words(row.what_for, self.what_for),
            Informed.CONTENT: told is not None and not all(_among(piece, told) for piece in self.pieces),
        }
        return tuple(name for name, other in found.items() if other)

    def told_in(self, row: Consent) -> frozenset[str]:
        """What somebody was told first; the content was not of who was shown no pieces, or said yes before they were.

        What was kept before the form refused such a day is no more told than what it refuses now.
        """
        shown = row.pieces is not None and not self.written_after(row)
        return frozenset(row.told) - (frozenset() if shown else {Told.CONTENT.value})

    def written_after(self, row: Consent) -> bool:
        """Whether some of what would go was only written down after the day of this answer; the day itself counts."""
        return any(piece.written_on is not None and piece.written_on > row.given_on for piece in self.pieces)


def _among(piece: Piece, told: Iterable[dict[str, Any]]) -> bool:
    return any(piece.gives_no_more_than(one) for one in told)


def answers_given(
    rows: Iterable[Consent], around: Circle, *, purpose: Purpose, exchange: Exchange
) -> tuple[GivenConsent, ...]:
    """What people answered, one for each part they play.

    Where several people play one part (two parents with custody) all of them
    must have said yes, and one no is a no: the careful reading of "the
    representative(s)".
    """
    newest = newest_by_person(rows, exchange)
    given: list[GivenConsent] = []
    for who in dict.fromkeys(one.who for one in around.people):
        found = [newest.get(one.id) for one in around.acting_as(who)]
        answered = [row for row in found if row is not None]
        refused = [row for row in answered if row.state == ConsentState.REFUSED]
        if refused:
            given.append(_given(who, refused, purpose, exchange, refused=True))
        elif answered and len(answered) == len(found):
            given.append(_given(who, answered, purpose, exchange))
    return tuple(given)


def newest_by_person(rows: Iterable[Consent], exchange: Exchange) -> dict[UUID, Consent]:
    """Each person's answer that stands.

    A yes to another exchange, or to something else than this one is by now, is shown only when there is no other
    answer. A no bears on this exchange wherever it was said, so only a later yes to exactly this one outdoes it.
    """

    def bears_on_it(row: Consent) -> bool:
        if row.state == ConsentState.REFUSED:
            return True
        yes_to_other = row.state == ConsentState.GIVEN and exchange.differs(row)
        return row.exchange_id in (None, exchange.id) and not yes_to_other

    def rank(row: Consent) -> tuple[bool, tuple[date, datetime, bool], str]:
        return bears_on_it(row), strength(said_in(row)), str(row.id)

    return {row.person_id: row for row in sorted(rows, key=rank)}


def said_in(row: Consent) -> Said:
    """The yes or no that a row holds: what was taken back is a no of the day on which it was taken back."""
    if row.withdrawn_at is not None:
        return Said(clock.local_date(row.withdrawn_at), True, row.withdrawn_at)
    return Said(row.given_on, row.state != ConsentState.GIVEN, row.recorded_at)


def _given(
    who: Who, rows: Sequence[Consent], purpose: Purpose, exchange: Exchange, *, refused: bool = False
) -> GivenConsent:
    told = frozenset.intersection(*(exchange.told_in(row) for row in rows))
    differs = {word for row in rows for word in exchange.differs(row)}
    withdrawn = [clock.local_date(row.withdrawn_at) for row in rows if row.withdrawn_at is not None]
    kinds = {row.recipient_kind for row in rows}
    kind = kinds.pop() if len(kinds) == 1 else ""
    return GivenConsent(
        by=(who,),
        given_on=max(row.given_on for row in rows),
        written=all(row.form == Form.WRITTEN for row in rows),
        informed_of=tuple(word for word in Informed if word.value in told),
        recipient=Recipient(kind) if kind else None,
        purpose=purpose,
        differs=tuple(word for word in Informed if word in differs),
        for_this_exchange=all(exchange.is_of(row) for row in rows),
        refused=refused,
        withdrawn_on=min(withdrawn) if withdrawn else None,
    )


def same_recipient(row: Consent, kind: str, recipient: str) -> bool:
    """Whether an answer named exactly this recipient."""
    return row.recipient_kind == kind and same_words(row.recipient, recipient)


def same_words(one: str | None, other: str) -> bool:
    """Whether two texts say the same, whatever their capitals and spaces."""
    return in_short(one) == in_short(other)


def in_short(text: str | None) -> str:
    """A text without what does not tell it apart from another."""
    return " ".join((text or "").casefold().split())


def _somebody(row: Person, about: Person, held: Held, on: date) -> Somebody:
    return Somebody(
        id=row.id,
        name=row.name,
        role=row.role,
        capable=row.capable,
        birth_date=row.birth_date,
        age=age_on(row.birth_date, on) if row.birth_date else None,
        who=standing_to(row, about, held, on),
    )
