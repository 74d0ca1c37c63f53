"""What this package adds to the registries of those to its left."""

from django.utils.translation import gettext_noop

from casemgmt.base import jobs, nightly
from casemgmt.policy.impacts import impacts
from casemgmt.work.kinds import Group, task_kind


def install() -> None:
    """Register jobs, the nightly sweep and the impact of rules; called once at start."""
    from retention import acts, destruction, impact, night

    jobs.handlers.add(acts.DESTROY, destruction.destroy)
    jobs.handlers.add(night.NIGHTLY, night.propose_due)
    jobs.handlers.add(night.RECALCULATE, night.recalculate)
    task_kind(night.UNLIKELY_TASK, gettext_noop("The removal run stopped: an unlikely number was due"), Group.KEEP)
    nightly.sweep(night.NIGHTLY)
    impacts.add("retention.end-dates", impact.EndDatesImpact())
