"""The work that keeping and letting go puts before people: each task once, however often the night comes by."""

from datetime import date, datetime
from uuid import UUID

from casemgmt.base import clock
from casemgmt.base.organisation import current
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules import house
from casemgmt.policy.versions import profile_in_force
from casemgmt.work.acts import create_task, finish_tasks_for
from casemgmt.work.models import Task
from dossiers.models import Dossier
from retention.models import Removal
from retention.vocabulary import (
    ASK_YOUTH,
    DECIDE_TASK,
    REVIEW_LIST,
    STOPPED_TASK,
    STUCK_TASK,
    UNLIKELY_TASK,
    RemovalState,
)


def call_for_review(*, at: datetime) -> None:
    """There is something on the removal list: one task for the whole list."""
    if Removal.objects.filter(state=RemovalState.PROPOSED).exists():
        _once(REVIEW_LIST, current(), at, _work_due(at), "removal.review", link="retention:removals")


def review_done(*, by: Actor, at: datetime) -> None:
    """Tick off the task of the list when nothing on it waits for review any more."""
    if not Removal.objects.filter(state=RemovalState.PROPOSED).exists():
        finish_tasks_for(current(), by=by, at=at, kind=REVIEW_LIST)


def call_to_ask_youth(dossier: Dossier, decision: Decision, *, at: datetime) -> None:
    """The now adult youth must be asked before this dossier can go (VT-18.4)."""
    if _asked_of_late(dossier, at):
        return
    create_task(
        kind=ASK_YOUTH,
        due_on=_work_due(at),
        at=at,
        dossier_id=dossier.id,
        object_id=dossier.id,
        capability="removal.review",
        decision=decision,
        link="retention:keeping",
    )


def call_about_stopped(removal: Removal, *, at: datetime) -> None:
    """An approved removal stopped at the last moment: somebody must know why."""
    _once(
        STOPPED_TASK,
        removal.id,
        at,
        _look_due(at),
        "removal.review",
        link="retention:removal",
        dossier_id=removal.dossier_id,
    )


def call_about_stuck(removal_id: UUID, *, at: datetime) -> None:
    """A destruction that does not get on by itself; its dossier may be gone already, so it is not named."""
    _once(STUCK_TASK, removal_id, at, _look_due(at), "removal.approve", link="retention:removal")


def call_to_decide_again(removal: Removal, *, at: datetime) -> None:
    """A backup was put back, and nobody knows whether this approval was withdrawn after it was made."""
    _once(
        DECIDE_TASK,
        removal.id,
        at,
        _look_due(at),
        "removal.approve",
        link="retention:removal",
        dossier_id=removal.dossier_id,
    )


def call_about_unlikely(*, at: datetime) -> None:
    """The night found an unlikely number and did nothing."""
    _once(UNLIKELY_TASK, current(), at, clock.local_date(at), "removal.review", link="retention:removals")


def _asked_of_late(dossier: Dossier, at: datetime) -> bool:
    """Whether the youth is being asked, or was and has the time of the house rule to answer."""
    last = Task.objects.filter(kind=ASK_YOUTH, dossier_id=dossier.id).order_by("-made_at").first()
    if last is None or last.state == Task.State.OPEN:
        return last is not None
    today = clock.local_date(at)
    again_on = house.youth_asked_again(profile_in_force(today), clock.local_date(last.made_at)).outcome["again_on"]
    return again_on is None or today < again_on


def _work_due(at: datetime) -> date:
    today = clock.local_date(at)
    due: date = house.removal_work_due(profile_in_force(today), today).outcome["due"]
    return due


def _look_due(at: datetime) -> date:
    today = clock.local_date(at)
    due: date = house.stopped_removal_due(profile_in_force(today), today).outcome["due"]
    return due


def _once(
    kind: str,
    object_id: UUID,
    at: datetime,
    due_on: date,
    capability: str,
    *,
    link: str,
    dossier_id: UUID | None = None,
) -> None:
    if Task.objects.filter(kind=kind, object_id=object_id, state=Task.State.OPEN).exists():
        return
    create_task(
        kind=kind,
        due_on=due_on,
        at=at,
        dossier_id=dossier_id,
        object_id=object_id,
        capability=capability,
        link=link,
    )
