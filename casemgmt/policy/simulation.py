"""Working out in the background what a draft would change, and telling others when a version begins to hold."""

from __future__ import annotations

import time
from datetime import date, datetime
from datetime import time as clock_time
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock, jobs
from casemgmt.policy.impacts import EXAMPLES, Impact, ImpactResult, impacts
from casemgmt.policy.models import OPEN, PolicySimulation, PolicyVersion, State
from casemgmt.policy.schema import Profile
from casemgmt.policy.versions import parse_body

SIMULATE = "policy.simulate"
BEGINS = "policy.begins"

BUSY = (PolicySimulation.State.WAITING, PolicySimulation.State.RUNNING)

# A progress row per batch would cost more than the batch: at most two a second.
_SECONDS_BETWEEN = 0.5


def install() -> None:
    """Register the two kinds of work with the queue."""
    jobs.handlers.add(SIMULATE, run_simulation)
    jobs.handlers.add(BEGINS, tell_impacts)
    jobs.called(SIMULATE, gettext_noop("Working out what a draft of the rules would change"))
    jobs.called(BEGINS, gettext_noop("Letting new rules begin"))


def of_content(
    version: PolicyVersion, on: date, states: tuple[PolicySimulation.State, ...]
) -> QuerySet[PolicySimulation]:
    """The simulations of a version as it stands that count for a day, newest first."""
    found = PolicySimulation.objects.filter(version=version, body_hash=version.body_hash, on=on, state__in=states)
    return found.order_by("-asked_at")


def ask(version: PolicyVersion, on: date, *, by: UUID, at: datetime) -> PolicySimulation:
    """A new simulation of a version as it stands, counting for a day; whoever asks puts it in the queue."""
    return PolicySimulation.objects.create(
        version=version, body_hash=version.body_hash, on=on, asked_by_id=by, asked_at=at
    )


def count_first_day(version: PolicyVersion, *, by: UUID, at: datetime) -> None:
    """Count for the first day of a version that was just submitted, unless that was done or is on its way."""
    on = day_of_count(version)
    if not of_content(version, on, (*BUSY, PolicySimulation.State.DONE)).exists():
        jobs.enqueue(SIMULATE, ask(version, on, by=by, at=at).id)


def is_counted(version: PolicyVersion) -> bool:
    """Whether what a submitted version changes was counted for its first day."""
    return of_content(version, day_of_count(version), (PolicySimulation.State.DONE,)).exists()


def day_of_count(version: PolicyVersion) -> date:
    """For which day a submitted version is counted: its first one, or that of submitting when the first had passed."""
    assert version.from_date is not None and version.submitted_at is not None
    return max(version.from_date, clock.local_date(version.submitted_at))


def enqueue_beginning(version_id: UUID, from_date: date, at: datetime) -> None:
    """Tell every impact when the version begins to hold: at midnight of its first day, or now when that has passed."""
    starts = datetime.combine(from_date, clock_time.min, tzinfo=clock.AMSTERDAM)
    jobs.enqueue(BEGINS, version_id, due=starts if starts > at else None)


def tell_impacts(version_id: UUID) -> None:
    """Each impact queues its own work; nothing when the version was replaced before its first day."""
    with transaction.atomic():
        version = PolicyVersion.objects.filter(id=version_id).first()
        if version is None or not version.is_frozen or version.until_date == version.from_date:
            return
        for _name, impact in impacts:
            impact.republish(version_id)
        events.record(Action.JOB, data="policy_version", object_id=version_id, ground="begins")


def run_simulation(simulation_id: UUID) -> None:
    """Ask every impact what the draft would move, write progress, and leave the result on the simulation."""
    work = _begin(simulation_id)
    if work is None:
        return
    old, new, on = work
    try:
        found = [
            _asked(impact, old, new, on, Progress(simulation_id, name)) | {"name": name} for name, impact in impacts
        ]
    except Exception:
        _update(simulation_id, state=PolicySimulation.State.FAILED)
        raise
    _finish(simulation_id, found)


class Progress:
    """Writes how far one impact is, not more often than a reader could notice."""

    def __init__(self, simulation_id: UUID, doing: str) -> None:
        """Say at once which impact is being worked out, by its name: who reads it may speak another language."""
        self.simulation_id = simulation_id
        self.last = time.monotonic()
        _update(simulation_id, doing=doing, done=0, total=0)

    def __call__(self, done: int, total: int) -> None:
        """So many of so many."""
        if done < total and time.monotonic() - self.last < _SECONDS_BETWEEN:
            return
        self.last = time.monotonic()
        _update(self.simulation_id, done=done, total=total)


def _asked(impact: Impact, old: Profile, new: Profile, on: date, report: Progress) -> dict[str, Any]:
    result: ImpactResult = impact.affected(old, new, on, report)
    return {
        "moved": result.moved,
        "due_at_once": result.due_at_once,
        "total": result.total,
        "examples": [dict(example) for example in result.examples[:EXAMPLES]],
    }


@transaction.atomic
def _begin(simulation_id: UUID) -> tuple[Profile, Profile, date] | None:
    simulation = PolicySimulation.objects.select_for_update().filter(id=simulation_id).first()
    if simulation is None or simulation.state == PolicySimulation.State.DONE:
        return None
    version = PolicyVersion.objects.get(id=simulation.version_id)
    if version.body_hash != simulation.body_hash:
        # The draft changed before we began: whoever changed it asks again.
        simulation.state = PolicySimulation.State.FAILED
        simulation.save(update_fields=["state"])
        return None
    simulation.state = PolicySimulation.State.RUNNING
    simulation.save(update_fields=["state"])
    # Only on a day on which the version it was made from holds can a draft begin: that one would hold without it.
    assert version.based_on is not None
    return parse_body(version.based_on.body), parse_body(version.body), simulation.on


def _update(simulation_id: UUID, **values: Any) -> None:
    with transaction.atomic():
        PolicySimulation.objects.filter(id=simulation_id).update(**values)


def _finish(simulation_id: UUID, found: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        simulation = PolicySimulation.objects.select_for_update().get(id=simulation_id)
        simulation.result = found
        simulation.state = PolicySimulation.State.DONE
        simulation.finished_at = clock.now()
        simulation.save(update_fields=["result", "state", "finished_at"])
        version = PolicyVersion.objects.select_for_update().get(id=simulation.version_id)
        if version.state in OPEN and version.body_hash == simulation.body_hash:
            version.state = State.SIMULATED
            version.save(update_fields=["state"])
        events.record(Action.POLICY, data="policy_version", object_id=version.id, ground="simulated")
