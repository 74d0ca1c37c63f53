"""The worklist: newest dossiers first, whatever number of teams or assignments somebody has.

The newest rows of each team by LATERAL, united with the newest assignments (the
sort date is copied onto them), cut by keyset inside each arm: bounded work at
any size. An OR of EXISTS takes 374 ms for somebody with assignments only, at a
million dossiers; this takes under 3 ms for everybody. Never an exact count.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast
from uuid import UUID

from django.db import connection, transaction

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.organisation import current
from casemgmt.organisations.actors import Actor
from casemgmt.vault.fields import Sealed, SealedField
from dossiers.models import Dossier
from dossiers.search import called
from dossiers.verbs import Verb

_WORKLIST = """
with mine as (
  select d.id, d.opened_at
    from unnest(%(units)s::uuid[]) as team (id)
    cross join lateral (
      select dossiers_dossier.id, dossiers_dossier.opened_at from dossiers_dossier
       where dossiers_dossier.unit_id = team.id and dossiers_dossier.state <> 'frozen'
         and (dossiers_dossier.opened_at, dossiers_dossier.id) < (%(at)s, %(id)s)
       order by dossiers_dossier.opened_at desc, dossiers_dossier.id desc limit %(limit)s
    ) d
  union all
  select a.content_object_id, a.opened_at from (
    select content_object_id, opened_at from dossiers_assignment
     where user_id = %(user)s and (opened_at, content_object_id) < (%(at)s, %(id)s)
       and starts_on <= %(today)s and (ends_on is null or ends_on >= %(today)s)
     order by opened_at desc, content_object_id desc limit %(limit)s
  ) a
), newest as (
  -- A dossier comes at most twice, by its team and by an assignment: twice the page holds the page.
  select distinct id, opened_at from (
    select id, opened_at from mine order by opened_at desc, id desc limit 2 * %(limit)s
  ) twice order by opened_at desc, id desc limit %(limit)s
)
select d.id, d.number, d.name, d.state, d.opened_at, d.opened_on, d.closed_on from newest cross join lateral (
  -- The limit makes it 25 single rows by their key, whatever the planner believes of the table.
  select * from dossiers_dossier where dossiers_dossier.id = newest.id and dossiers_dossier.state <> 'frozen' limit 1
) d
 order by d.opened_at desc, d.id desc
"""
_NAME = cast("SealedField", Dossier._meta.get_field("name"))
_END = (datetime(9000, 1, 1, tzinfo=UTC), UUID(int=2**128 - 1))


@dataclass(frozen=True, slots=True)
class _Row:
    """A row as the database gives it: making 25 models of them costs as much as finding them."""

    id: UUID
    number: str
    sealed: bytes
    state: str
    opened_at: datetime
    opened_on: date
    closed_on: date | None

    @property
    def name(self) -> str:
        return str(_NAME.open_of(self.id, self.id, Sealed(self.sealed), current()))


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One dossier on a worklist."""

    id: UUID
    number: str
    name: str
    state: str
    opened_on: date
    closed_on: date | None
    clients: str = ""


@dataclass(frozen=True, slots=True)
class Worklist:
    """One page of a worklist; ``next`` is the key of the page after it, if there may be one."""

    rows: tuple[WorklistRow, ...]
    next: str


def worklist(actor: Actor, after: str = "", limit: int = 25) -> Worklist:
    """The newest dossiers ``actor`` may read, from the keyset ``after``, with their names opened."""
    with transaction.atomic(durable=True):
        found = _rows(actor, after, limit) if actor.units_where(Verb.READ) else []
        said = called(found, clock.today())
        rows = tuple(
            WorklistRow(
                row.id, row.number, said[row.id].name, row.state, row.opened_on, row.closed_on, said[row.id].clients
            )
            for row in found
        )
        events.record(Action.READ, outcome=Outcome.SHOWN, data="worklist", subjects=[row.id for row in found])
    return Worklist(rows, _key(found[-1]) if len(found) == limit else "")


def _rows(actor: Actor, after: str, limit: int) -> list[_Row]:
    at, last = _place(after)
    parameters = {
        # One text, which PostgreSQL reads as an array: fifty parameters take longer to write than to look up.
        "units": "{" + ",".join(unit.hex for unit in actor.units_where(Verb.READ)) + "}",
        "user": actor.user_id,
        "today": clock.today(),
        "at": at,
        "id": last,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WORKLIST, parameters)
        return [_Row(*row) for row in cursor.fetchall()]


def _key(row: _Row) -> str:
    return f"{row.opened_at.isoformat()}~{row.id}"


def _place(after: str) -> tuple[datetime, UUID]:
    """Where the page begins; a key nobody gave out begins at the top."""
    at, _, last = after.partition("~")
    try:
        moment, last_id = datetime.fromisoformat(at), UUID(last)
    except ValueError:
        return _END
    return (moment, last_id) if moment.tzinfo else _END
