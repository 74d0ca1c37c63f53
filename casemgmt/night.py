"""The night shift: plans the sweeps that each organisation gets, once a night."""

from casemgmt.base import clock, jobs
from casemgmt.base.nightly import sweeps
from casemgmt.base.organisation import organisation
from casemgmt.organisations.places import all_organisations

__all__ = ["plan", "sweeps"]


def plan() -> None:
    """Queue tonight's sweeps for every organisation; planning twice queues once."""
    now = clock.now()
    for place in all_organisations():
        with organisation(place.id):
            for kind, _ in sweeps:
                jobs.enqueue(kind, place.id, due=now)
