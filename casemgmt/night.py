"""The night shift: plans the sweeps that each organisation gets once a night, and what it gets every minute."""

from casemgmt import health
from casemgmt.base import clock, jobs
from casemgmt.base.models import Job
from casemgmt.base.nightly import sweeps, watches
from casemgmt.base.organisation import organisation
from casemgmt.organisations.places import all_organisations

__all__ = ["plan", "plan_minute", "sweeps", "watches"]


def plan() -> None:
    """Queue tonight's sweeps for every organisation; planning twice queues once."""
    now = clock.now()
    for place in all_organisations():
        with organisation(place.id):
            for kind, _ in sweeps:
                jobs.enqueue(kind, place.id, due=now)
            Job.objects.filter(organisation_id=place.id, kind__in=_kinds_of_minutes(), failed_at__isnull=False).delete()


def plan_minute() -> None:
    """Queue the watches of this minute for every organisation, except what waits, runs or was given up.

    A watch that fails keeps its own attempts, so that it ends where a person sees it; the night begins it again.
    """
    health.planned()  # that we were asked is told first: a database that is away is told by its own name
    now = clock.now()
    known = set(Job.objects.filter(kind__in=_kinds_of_minutes()).values_list("organisation_id", "kind"))
    for place in all_organisations():
        with organisation(place.id):
            for kind, _ in watches:
                if (place.id, kind) not in known:
                    jobs.enqueue(kind, place.id, due=now)


def _kinds_of_minutes() -> list[str]:
    return [kind for kind, _ in watches]
