"""Making, finishing and cancelling tasks; each inside the transaction of the act that calls for it."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.vault.keys import load_keys
from casemgmt.work.kinds import kinds
from casemgmt.work.models import Task
from casemgmt.work.queries import mine


@act
def create_task(
    *,
    kind: str,
    due_on: date,
    at: datetime,
    dossier_id: UUID | None = None,
    unit_id: UUID | None = None,
    capability: str | None = None,
    assignee_id: UUID | None = None,
    title: str | None = None,
    detail: str | None = None,
    decision: Decision | None = None,
    link: str = "",
    object_id: UUID | None = None,
) -> UUID:
    """Put work before somebody, or before whoever has ``capability`` in a unit; returns the task's id.

    ``kind`` was named with ``work.kinds.task_kind``. Words need a dossier, whose
    key seals them. ``link`` is the name of the page that does the work; it is
    opened with ``dossier_id`` and, for its other id, ``object_id``.
    """
    kinds.get(kind)
    if dossier_id is not None:
        load_keys([dossier_id])
    task = Task.objects.create(
        kind=kind,
        dossier_id=dossier_id,
        unit_id=unit_id,
        capability=capability or "",
        assignee_id=assignee_id,
        title=title,
        detail=detail,
        decision=decision.to_dict() if decision else None,
        due_on=due_on,
        link_name=link,
        object_id=object_id,
        made_at=at,
    )
    events.record(Action.ADD, dossier_id=dossier_id, data="task", object_id=task.id, ground=kind[:60])
    return task.id


@act
def finish_task(task_id: UUID, *, by: Actor, at: datetime) -> None:
    """Tick off a task of one's own that is nothing but a reminder.

    Raises NotThere for another's, and Conflict when it is over already or has a page that does the work: there the
    act ends it (``finish_tasks_for``), so that nobody ends a duty by saying that it was done.
    """
    task = Task.objects.select_for_update().filter(mine(by), id=task_id).first()
    if task is None:
        raise NotThere
    if task.state != Task.State.OPEN:
        raise Conflict(_("This task was finished already."))
    if task.link_name:
        raise Conflict(_("This task ends when the work itself is done, on its own page. Nothing was changed."))
    _end([task], Task.State.DONE, by=by, at=at)


@act
def finish_tasks_for(object_id: UUID, *, by: Actor, at: datetime, kind: str | None = None) -> int:
    """Tick off what an act has now done: the open tasks about its object; returns how many."""
    return _end(_open_about(object_id, kind), Task.State.DONE, by=by, at=at)


@act
def cancel_tasks_for(object_id: UUID, *, at: datetime, kind: str | None = None) -> int:
    """Drop the open tasks about something that no longer needs them; returns how many."""
    return _end(_open_about(object_id, kind), Task.State.CANCELLED, by=None, at=at)


@act
def move_task(object_id: UUID, *, kind: str, due_on: date, decision: Decision | None = None) -> int:
    """Give the open tasks of a kind about something another date, with its sum; returns how many."""
    tasks = _open_about(object_id, kind)
    load_keys(task.dossier_id for task in tasks if task.dossier_id)
    for task in tasks:
        task.due_on = due_on
        task.decision = decision.to_dict() if decision and task.dossier_id else None
        task.reminded_days = None
        task.escalated_at = None
        task.save(update_fields=["due_on", "decision", "reminded_days", "escalated_at"])
        events.record(Action.CHANGE, dossier_id=task.dossier_id, data="task", object_id=task.id, ground="moved")
    return len(tasks)


def _open_about(object_id: UUID, kind: str | None) -> list[Task]:
    found = Task.objects.select_for_update().filter(object_id=object_id, state=Task.State.OPEN)
    return list(found.filter(kind=kind) if kind else found)


def _end(tasks: list[Task], state: Task.State, *, by: Actor | None, at: datetime) -> int:
    for task in tasks:
        task.state = state
        task.done_at = at
        task.done_by_id = by.user_id if by else None
        task.save(update_fields=["state", "done_at", "done_by_id"])
        events.record(Action.CHANGE, dossier_id=task.dossier_id, data="task", object_id=task.id, ground=state.value)
    return len(tasks)
