"""How destruction stands in the current organisation, for operators: counts and opaque ids, nothing about anybody."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Count

from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.base.models import Job
from casemgmt.base.organisation import current
from retention.models import Certificate, ErasureLedger, Removal
from retention.removing import DESTROY
from retention.vocabulary import DESTROYING, RemovalState

# Longer than any wait between two attempts: what stands this long past its day is not being worked on.
OVERDUE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Stuck:
    """A destruction that does not get on by itself, and why we think so."""

    removal: UUID
    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Status:
    """Counts per state, and what is stuck."""

    states: dict[str, int]
    certificates: int
    erased: int
    stuck: tuple[Stuck, ...]


@reads
def status() -> Status:
    """How destruction stands now."""
    counted = Removal.objects.values_list("state").annotate(many=Count("id")).order_by("state")
    return Status(
        states=dict(counted),
        certificates=Certificate.objects.count(),
        erased=ErasureLedger.objects.count(),
        stuck=tuple(_stuck()),
    )


def _stuck() -> list[Stuck]:
    known = Job.objects.filter(organisation_id=current(), kind=DESTROY)
    jobs = {job.subject: job for job in known}
    late = clock.now() - OVERDUE
    running = Removal.objects.filter(state__in=(RemovalState.APPROVED, *DESTROYING), cooling_until__lt=late)
    found = []
    for removal in running.order_by("cooling_until", "id"):
        job = jobs.get(removal.id)
        if job is None:
            found.append(Stuck(removal.id, removal.state, "no job"))
        elif job.failed_at is not None or (job.last_error and job.leased_until is None):
            found.append(Stuck(removal.id, removal.state, job.last_error))
        elif job.due_at < late:
            found.append(Stuck(removal.id, removal.state, "not picked up"))
    return found
