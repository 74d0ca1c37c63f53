"""The night shift: which sweeps each organisation gets, once a night."""

from casemgmt.base import clock, jobs
from casemgmt.base.organisation import organisation
from casemgmt.base.registries import Registry
from casemgmt.organisations.places import all_organisations

# Packages register the kinds of job that run every night; the subject is the organisation itself.
sweeps: Registry[str] = Registry("nightly sweep")


def plan() -> None:
    """Queue tonight's sweeps for every organisation; planning twice queues once."""
    now = clock.now()
    for place in all_organisations():
        with organisation(place.id):
            for kind, _ in sweeps:
                jobs.enqueue(kind, place.id, due=now)
