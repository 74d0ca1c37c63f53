"""Finding a dossier by what somebody knows of it: parts of names, its number, a whole BSN.

Only dossiers one may see are ever found, and the trail tells that somebody
searched, by what, and whether anything was found; never what was typed.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, cast
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from stdnum.nl import bsn as bsn_number

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.organisation import current
from casemgmt.organisations.actors import Actor
from casemgmt.vault.fields import Sealed, SealedField
from casemgmt.vault.keys import load_keys
from casemgmt.vault.models import SearchToken
from casemgmt.vault.tokens import number_tokens, query_tokens, words_of
from dossiers.access import visible
from dossiers.frame import age_words, first_name
from dossiers.models import Dossier, Person
from dossiers.names import unreadable
from dossiers.people.vocabulary import PersonRole

_NAME, _BIRTH_DATE = (cast("SealedField", Person._meta.get_field(name)) for name in ("name", "birth_date"))
MOST = 20
# Tokens hold six letters, so longer words are compared after opening: a batch at a time, until there are enough.
# Where more than MOST_CANDIDATES begin alike, whoever searches is told that not all of them were compared.
BATCH = 100
MOST_CANDIDATES = 2_000


@dataclass(frozen=True, slots=True)
class Found:
    """One dossier that matches, with its clients."""

    id: UUID
    name: str
    number: str
    state: str
    clients: str


@dataclass(frozen=True, slots=True)
class Called:
    """A dossier's name, and its clients with their ages: "Yara (14 years), Sem"; without its key, that it is shut."""

    name: str
    clients: str


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found, the newest MOST of it, and in how far that is all.

    ``by`` is name, number or bsn; ``wrong_bsn``: nine figures that are no BSN; ``more``: more match than are shown;
    ``uncompared``: more begin like this than were compared, so what is sought may be among the others.
    """

    rows: tuple[Found, ...]
    by: str
    wrong_bsn: bool = False
    more: bool = False
    uncompared: bool = False


@dataclass(frozen=True, slots=True)
class _Matches:
    """The newest that match, one more than is shown if there are as many."""

    rows: list[Dossier]
    uncompared: bool = False

    def told(self, by: str, on: date) -> SearchResult:
        """What of it is shown, with its row in the trail."""
        found = _found(self.rows[:MOST], on)
        _tell(by, found)
        return SearchResult(found, by, more=len(self.rows) > MOST, uncompared=self.uncompared)


def search(actor: Actor, typed: str, on: date) -> SearchResult:
    """The dossiers ``actor`` may see that match what was typed, the newest first."""
    digits = re.sub(r"[\s.\-]", "", typed)
    if digits.isdigit() and len(digits) == 9:
        return _by_bsn(actor, digits, on)
    with transaction.atomic(durable=True):
        by = "number" if any(character.isdigit() for character in typed) else "name"
        return (_by_number(actor, typed) if by == "number" else _by_name(actor, typed)).told(by, on)


def _by_bsn(actor: Actor, digits: str, on: date) -> SearchResult:
    right = bool(bsn_number.is_valid(digits))
    with transaction.atomic(durable=True):
        tokens = list(number_tokens("bsn", digits)) if right else []
        result = _whole(actor, tokens).told("bsn", on)
    return replace(result, wrong_bsn=not right)


def _by_number(actor: Actor, typed: str) -> _Matches:
    return _whole(actor, list(number_tokens("number", typed)))


def _whole(actor: Actor, tokens: list[bytes]) -> _Matches:
    """What carries tokens of something whole, which need no comparing."""
    return _Matches(list(_with(actor, tokens)[: MOST + 1]))


def _by_name(actor: Actor, typed: str) -> _Matches:
    there, wanted = _with(actor, query_tokens(typed)), words_of(typed)
    found: list[Dossier] = []
    compared = 0
    for batch in _batches(there):
        if compared >= MOST_CANDIDATES:
            return _Matches(found, uncompared=True)
        found += _matching(batch, wanted)
        compared += len(batch)
        if len(found) > MOST:
            break
    return _Matches(found)


def _batches(there: QuerySet[Dossier]) -> Iterator[list[Dossier]]:
    """Candidates, the newest first, as they are asked for: a search that is answered by the first batch asks once."""
    rest = there
    while batch := list(rest[:BATCH]):
        yield batch
        if len(batch) < BATCH:
            return
        last = batch[-1]
        older = Q(opened_at__lt=last.opened_at) | Q(id__lt=last.id)
        rest = there.filter(older, opened_at__lte=last.opened_at)


def _matching(batch: list[Dossier], wanted: list[str]) -> list[Dossier]:
    opened = load_keys(row.id for row in batch)
    names = {row.id: [row.name] for row in batch if row.id in opened}
    for person in Person.objects.filter(dossier__in=opened):
        names[person.dossier_id].append(person.name)
    # Of what cannot be opened the tokens are all that is known, and they match.
    return [row for row in batch if row.id not in opened or _matches(wanted, names[row.id])]


def _with(actor: Actor, tokens: list[bytes]) -> QuerySet[Dossier]:
    """The dossiers ``actor`` may see that carry every one of ``tokens``; none without tokens."""
    found = visible(actor)
    if not tokens:
        return found.none()
    for token in tokens:
        found = found.filter(id__in=SearchToken.objects.filter(token=token).values("dossier_id"))
    return found.order_by("-opened_at", "-id")


def _matches(wanted: list[str], names: list[str]) -> bool:
    words = {word for name in names for word in words_of(name)}
    return all(any(word.startswith(part) for word in words) for part in wanted)


def _found(rows: list[Dossier], on: date) -> tuple[Found, ...]:
    said = called(rows, on)
    return tuple(Found(row.id, said[row.id].name, row.number, row.state, said[row.id].clients) for row in rows)


class _Named(Protocol):
    """A dossier as far as a list names it; the name opens under its key."""

    @property
    def id(self) -> UUID: ...

    @property
    def name(self) -> str: ...


def called(rows: Sequence[_Named], on: date) -> dict[UUID, Called]:
    """What each of some dossiers is called in a list; loads keys and asks once."""
    opened = load_keys(row.id for row in rows)
    clients = _clients_of(opened, on)
    return {row.id: Called(row.name if row.id in opened else unreadable(), clients.get(row.id, "")) for row in rows}


# No rows are made of what only becomes a line, and no query is built anew for it: every page of a list asks this.
_CLIENTS = """
select dossier_id, id, name, birth_date from dossiers_person
 where dossier_id = any(%s) and role = %s order by position, id
"""


def _clients_of(opened: Iterable[UUID], on: date) -> dict[UUID, str]:
    lines: dict[UUID, list[str]] = {}
    place = current()
    with connection.cursor() as cursor:
        cursor.execute(_CLIENTS, [list(opened), PersonRole.CLIENT])
        people = cursor.fetchall()
    for dossier_id, person_id, name, born in people:
        called_so = first_name(_NAME.open_of(dossier_id, person_id, Sealed(name), place))
        age = age_words(_BIRTH_DATE.open_of(dossier_id, person_id, Sealed(born), place), on) if born else ""
        lines.setdefault(dossier_id, []).append(called_so + (f" ({age})" if age else ""))
    return {dossier_id: ", ".join(said) for dossier_id, said in lines.items()}


def _tell(by: str, found: tuple[Found, ...]) -> None:
    outcome = Outcome.SHOWN if found else Outcome.UNKNOWN
    events.record(Action.SEARCH, outcome=outcome, data=by, subjects=[row.id for row in found])
