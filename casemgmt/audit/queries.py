"""Who looked: the trail of one dossier as plain values, for the page of a client and of whoever may read the trail.

Reading the trail is an event itself; the caller writes it, because it knows on
which ground it shows this.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from casemgmt.audit.models import AccessEvent
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.clock import AMSTERDAM
from casemgmt.base.db import reads

Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Look:
    """One event: when, who (by id: names come from the caller), as what, what was done with which data, and why.

    ``object_id`` says with whose or which of them, where the dossier has several.
    """

    id: UUID
    at: datetime
    user_id: UUID | None
    on_behalf_of_id: UUID | None
    role: str
    action: Action
    data: str
    outcome: Outcome
    ground: str
    source: str
    object_id: UUID | None = None

    @property
    def place(self) -> Place:
        """Where this one stands; give it as ``before`` for the ones after it in the list."""
        return self.at, self.id


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many events a day had, in Dutch days."""

    day: date
    count: int


@reads
def who_looked(
    dossier_id: UUID,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = 50,
    before: Place | None = None,
    actions: frozenset[Action] | None = None,
    silence: Q | None = None,
) -> list[Look]:
    """The events of a dossier, newest first: from ``since`` up to, not including, ``until``.

    ``before`` is the ``place`` of the last one shown, so that a page costs the
    same however far back it is. ``silence`` says which events this reader must not
    know of.
    """
    rows = _of(dossier_id, since, until, silence)
    if actions is not None:
        rows = rows.filter(action__in=actions)
    if before is not None:
        at, row_id = before
        # The first condition is what the index can use.
        rows = rows.filter(at__lte=at).filter(Q(at__lt=at) | Q(id__lt=row_id))
    return [_look(row) for row in rows.order_by("-at", "-id")[:limit]]


@reads
def looks_per_day(
    dossier_id: UUID, *, since: datetime | None = None, until: datetime | None = None, silence: Q | None = None
) -> list[DayCount]:
    """How many events each day had, oldest first; days without any are left out."""
    rows = _of(dossier_id, since, until, silence).annotate(day=TruncDate("at", tzinfo=AMSTERDAM))
    counted = rows.values("day").annotate(count=Count("id")).order_by("day").values_list("day", "count")
    return [DayCount(day, count) for day, count in counted]


def _of(
    dossier_id: UUID, since: datetime | None, until: datetime | None, silence: Q | None = None
) -> QuerySet[AccessEvent]:
    rows = AccessEvent.objects.filter(dossier_id=dossier_id)
    if silence is not None:
        rows = rows.exclude(silence)
    if since is not None:
        rows = rows.filter(at__gte=since)
    return rows if until is None else rows.filter(at__lt=until)


def _look(row: AccessEvent) -> Look:
    return Look(
        id=row.id,
        at=row.at,
        user_id=row.user_id,
        on_behalf_of_id=row.on_behalf_of_id,
        role=row.role,
        action=Action(row.action),
        data=row.data,
        outcome=Outcome(row.outcome),
        ground=row.ground,
        source=row.source,
        object_id=row.object_id,
    )
