"""In which lists a dossier's name stood: a line per person per day, so that real reads do not drown in them.

Bounded work at any size: only as many days as a page needs are looked at, the
newest first, each found by one step in the index of the dossier.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q

from casemgmt.audit.queries import Look, Place, who_looked
from casemgmt.audit.vocabulary import Action
from casemgmt.base.clock import local_date
from casemgmt.base.db import reads

_FAR = datetime(9000, 1, 1, tzinfo=UTC)
_PAST = datetime(1900, 1, 1, tzinfo=UTC)
_LAST_ID = UUID(int=2**128 - 1)


@dataclass(frozen=True, slots=True)
class Appearance:
    """One person saw the name in lists on one Dutch day: in which, how often, the last time and its event."""

    id: UUID
    at: datetime
    user_id: UUID | None
    role: str
    lists: Mapping[str, int]

    @property
    def place(self) -> Place:
        """Where this one stands among the events of the dossier: at its last time that day."""
        return self.at, self.id


# A day is taken whole, so that a line is the same on whichever page it falls; with one person a day at
# least, a page of so many lines needs so many days, and the one that the page before broke off in.
_APPEARANCES = """
with recursive days (day, number) as (
  (select s.day, 1 from audit_eventsubject s
    where s.dossier_id = %(dossier)s and s.day <= %(newest)s order by s.day desc limit 1)
  union all
  select (select s.day from audit_eventsubject s
           where s.dossier_id = %(dossier)s and s.day < d.day order by s.day desc limit 1), d.number + 1
    from days d where d.day > %(oldest)s and d.number <= %(limit)s
), shown as (
  select d.day, e.user_id, e.role, e.data, count(*) as many, max(e.at) as at,
    (array_agg(e.id order by e.at desc, e.id desc))[1] as id
    from days d
    join audit_eventsubject s on s.dossier_id = %(dossier)s and s.day = d.day
    join audit_accessevent e on e.list_id = s.list_id
   where d.day >= %(oldest)s and e.at < %(until)s
   group by d.day, e.user_id, e.role, e.data
), lines as (
  select user_id, role, max(at) as at, (array_agg(id order by at desc, id desc))[1] as id,
    array_agg(data order by many desc, data) as lists, array_agg(many order by many desc, data) as often
    from shown group by day, user_id, role
)
select id, at, user_id, role, lists, often from lines
 where (at, id) < (%(at)s, %(id)s) and at >= %(since)s order by at desc, id desc limit %(limit)s
"""


@reads
def stood_in_lists(
    dossier_id: UUID,
    *,
    limit: int = 50,
    before: Place | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[Appearance]:
    """The newest appearances of a dossier that stand before a ``place`` and not before ``since``.

    What happened from ``until`` on is not counted.
    """
    at, last = before or (_FAR, _LAST_ID)
    at = max(_PAST, min(at, _FAR))
    values: dict[str, Any] = {
        "dossier": dossier_id,
        "newest": local_date(min(at, until or _FAR)),
        "oldest": local_date(since or _PAST),
        "since": since or _PAST,
        "until": until or _FAR,
        "at": at,
        "id": last,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_APPEARANCES, values)
        return [
            Appearance(row_id, at, user_id, role, dict(zip(lists, often, strict=True)))
            for row_id, at, user_id, role, lists, often in cursor.fetchall()
        ]


@reads
def looks_and_lists(
    dossier_id: UUID,
    *,
    limit: int = 50,
    before: Place | None = None,
    until: datetime | None = None,
    actions: frozenset[Action] | None = None,
    silence: Q | None = None,
) -> list[Look | Appearance]:
    """The events of a dossier (``queries.who_looked``) and the lists it stood in, in one order, newest first."""
    looks = who_looked(dossier_id, until=until, limit=limit, before=before, actions=actions, silence=silence)
    # Days before the last event of a full page belong to the next one.
    since = looks[-1].at if len(looks) == limit else None
    found: list[Look | Appearance] = [*looks]
    found += stood_in_lists(dossier_id, limit=limit, before=before, since=since, until=until)
    return sorted(found, key=lambda one: one.place, reverse=True)[:limit]
