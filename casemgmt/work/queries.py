"""Which tasks somebody has, as plain values; their words only where the dossier is open to the reader.

A task may outlive the reader's access to its dossier, and a manager hears of
late work without being at work with the client: both see the kind and the date
and nothing else. Who may know of a dossier is `dossiers`' answer, given through
``provide_readable``.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Min, Q
from django.utils.translation import gettext

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.db import reads
from casemgmt.base.keyset import following, key, part
from casemgmt.organisations.actors import Actor
from casemgmt.policy.acts import PUBLISH
from casemgmt.policy.decision import Decision
from casemgmt.policy.queries import touched_by
from casemgmt.vault.keys import load_keys
from casemgmt.web.charts import Week
from casemgmt.work.kinds import Group, TaskKind, kinds
from casemgmt.work.models import Task
from casemgmt.work.places import address_of

MANAGING = frozenset({"manager", "unit_manager", "deputy_manager"})
LONGEST_LIST = 100
ORDER = ("due_on", "made_at", "id")


@dataclass(frozen=True, slots=True)
class DossierName:
    """How a dossier is called, for somebody who may know."""

    name: str
    number: str


# A dossier and the capability with which somebody comes to it.
Way = tuple[str, UUID]
Readable = Callable[[Actor, set[Way]], dict[Way, DossierName]]
READ = "dossier.read"
_readable: list[Readable] = []


def provide_readable(answer: Readable) -> None:
    """Tell which dossiers are open to an actor in which way, and how they are called; called once, by `dossiers`."""
    _readable[:] = [answer]


@dataclass(frozen=True, slots=True)
class TaskValue:
    """A task as a page shows it.

    ``closed``: its words are not for this reader; ``by_hand``: no page does the work, so its owner ticks it off;
    ``anothers``: it is a colleague's, and shown to whoever manages the team.
    """

    id: UUID
    kind: str
    label: str
    icon: str
    group: Group
    title: str
    detail: str
    due_on: date
    made_at: datetime
    dossier_id: UUID | None
    dossier: DossierName | None
    decision: Decision | None
    address: str
    escalated: bool
    mine: bool
    closed: bool
    by_hand: bool
    anothers: bool


@dataclass(frozen=True, slots=True)
class TaskList:
    """The tasks up to the horizon, late ones first, as many as fit, and how many come after these.

    ``next`` is the key of those that did not fit. Of all the work, seen or not: how many tasks end ``today``, and on
    which day the ``first_after`` it.
    """

    tasks: tuple[TaskValue, ...]
    later: int
    next: str
    today: int
    first_after: date | None


def mine(actor: Actor) -> Q:
    """The tasks for this person: by name, by a capability in a unit, or late ones of the units they manage."""
    found = Q(assignee_id=actor.user_id) if actor.user_id else Q(pk__in=())
    desk = Q(pk__in=())
    for capability, units in actor.units_by_capability.items():
        desk |= Q(capability=capability) & (Q(unit__isnull=True) | Q(unit_id__in=units))
    if actor.user_id and actor.may(PUBLISH):
        # Somebody else publishes: new rules are no work of who had a hand in them.
        desk &= ~Q(capability=PUBLISH, object_id__in=touched_by(actor.user_id))
    managed = {unit for role in MANAGING for unit in actor.units_by_role.get(role, ())}
    late = Q(escalated_at__isnull=False) & (Q(unit_id__in=managed) | _of_any_team(managed))
    return found | (Q(assignee_id__isnull=True) & desk) | late


def _of_any_team(managed: set[UUID]) -> Q:
    """Late work about a client for which no team was named, such as a director's: every manager hears of it."""
    if not managed:
        return Q(pk__in=())
    return Q(unit_id__isnull=True, assignee_id__isnull=True, dossier_id__isnull=False)


@reads
def tasks_for(actor: Actor, on: date, horizon: int = 7, after: str = "") -> TaskList:
    """The open tasks of ``actor`` due within ``horizon`` days of ``on``, the latest first; one read in the trail.

    ``after`` is the key of the part before; whatever does not stand here is counted as later.
    """
    last = on + timedelta(days=horizon)
    open_ones = Task.objects.filter(mine(actor), state=Task.State.OPEN)
    found = part(open_ones.filter(due_on__lte=last), ORDER, after, LONGEST_LIST)
    later = following(open_ones, ORDER, key(found.rows[-1], ORDER) if found.rows else after).count()
    days = open_ones.filter(due_on__gte=on, due_on__lte=last).aggregate(
        today=Count("id", filter=Q(due_on=on)), first_after=Min("due_on", filter=Q(due_on__gt=on))
    )
    tasks = tuple(_values(found.rows, actor))
    named = [task.dossier_id for task in tasks if task.dossier_id]
    events.record(Action.READ, outcome=Outcome.SHOWN, data="tasks", subjects=named)
    return TaskList(tasks, later, found.next, **days)


@reads
def task_for(actor: Actor, task_id: UUID) -> TaskValue | None:
    """One open task of ``actor``; None for another's, a finished one and one that never was."""
    row = Task.objects.filter(mine(actor), id=task_id, state=Task.State.OPEN).first()
    if row is None:
        events.record(Action.READ, outcome=Outcome.UNKNOWN, data="task", object_id=task_id)
        return None
    events.record(Action.READ, outcome=Outcome.SHOWN, dossier_id=row.dossier_id, data="task", object_id=task_id)
    return next(iter(_values([row], actor)))


@reads
def weeks_ahead(actor: Actor, on: date, weeks: int = 6) -> tuple[Week, ...]:
    """How many deadlines each coming week holds, for ``charts.deadlines``; late ones stand in this week."""
    monday = on - timedelta(days=on.weekday())
    counted = (
        Task.objects.filter(mine(actor), state=Task.State.OPEN, due_on__lt=monday + timedelta(weeks=weeks))
        .values_list("due_on", "kind")
        .annotate(many=Count("id"))
    )
    late = 0
    table = [[0] * len(Group) for _ in range(weeks)]
    order = {group: place for place, group in enumerate(Group)}
    for due_on, kind, many in counted:
        if due_on < on:
            late += many
        else:
            table[(due_on - monday).days // 7][order[_kind(kind).group]] += many
    return tuple(
        Week(monday + timedelta(weeks=week), tuple(counts), late if week == 0 else 0)
        for week, counts in enumerate(table)
    )


def _values(rows: Sequence[Task], actor: Actor) -> Iterable[TaskValue]:
    ways = {row.id: way for row in rows if (way := _way(row, actor))}
    names = _readable[0](actor, set(ways.values())) if ways and _readable else {}
    opened = load_keys(dossier_id for _capability, dossier_id in names)
    return [
        _value(row, actor, names.get(ways[row.id]) if row.id in ways else None, shut=row.dossier_id not in opened)
        for row in rows
    ]


def _way(row: Task, actor: Actor) -> Way | None:
    """How the reader would come to the task's dossier: by the capability it asks for, else by reading it."""
    if row.dossier_id is None:
        return None
    units = actor.units_where(row.capability)
    by_desk = units and (row.unit_id is None or row.unit_id in units)
    return (row.capability if by_desk else READ, row.dossier_id)


def _value(row: Task, actor: Actor, dossier: DossierName | None, *, shut: bool) -> TaskValue:
    kind = _kind(row.kind)
    label = gettext(kind.label)
    anothers = row.assignee_id is not None and row.assignee_id != actor.user_id
    link = kind.managed_on if anothers and kind.managed_on else row.link_name
    open_to = row.dossier_id is None or dossier is not None
    # Only a dossier's key opens words; a task without a dossier has none.
    worded = open_to and not shut
    stored = row.decision if worded else None
    return TaskValue(
        id=row.id,
        kind=row.kind,
        label=label,
        icon=kind.icon,
        group=kind.group,
        title=(row.title if worded else None) or label,
        detail=(row.detail if worded else None) or "",
        due_on=row.due_on,
        made_at=row.made_at,
        dossier_id=row.dossier_id if open_to else None,
        dossier=dossier,
        decision=Decision.from_dict(stored) if stored else None,
        address=address_of(link, row.dossier_id, row.object_id) if open_to else "",
        escalated=row.escalated_at is not None and row.assignee_id != actor.user_id,
        mine=row.assignee_id == actor.user_id,
        closed=not open_to,
        by_hand=not row.link_name,
        anothers=anothers,
    )


def _kind(name: str) -> TaskKind:
    # A kind whose package left still has its rows; they stay readable.
    return kinds.get(name) if name in kinds else TaskKind(name, name, Group.WRITE)
