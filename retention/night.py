"""The night shift of keeping: proposes what is due, and stops when the number is unlikely."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock, jobs
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, Unavailable
from casemgmt.base.models import Job
from casemgmt.base.organisation import current
from casemgmt.organisations.actors import Actor
from casemgmt.policy.versions import profile_in_force
from casemgmt.vault.keys import load_keys
from casemgmt.work.acts import finish_tasks_for
from dossiers.models import Dossier
from retention import acts, calling
from retention.models import EndDate, Hold, Removal
from retention.vocabulary import RUNNING, UNLIKELY_TASK

NIGHTLY = "retention.nightly"
PROPOSE_ANYWAY = "retention.propose_anyway"
RECALCULATE = "retention.recalculate"
# One dossier that a run could not do, started again by a person.
PROPOSE_ONE = "retention.propose_one"
RECALCULATE_ONE = "retention.recalculate_one"

__all__ = ["NIGHTLY", "PROPOSE_ANYWAY", "PROPOSE_ONE", "RECALCULATE", "RECALCULATE_ONE", "UNLIKELY_TASK"]
log = logging.getLogger("casemgmt.retention")


def propose_due(organisation_id: UUID) -> None:
    """Put every closed dossier whose term has passed on the removal list, one transaction each.

    A run that would touch an unlikely share of the dossiers (house rule) proposes
    nothing and asks a person to look: a clock that jumped, or a wrong profile.
    """
    now = clock.now()
    _tell_of_stuck(now)
    due = due_dossiers()
    if unlikely(touched(due)):
        with transaction.atomic():
            events.record(Action.JOB, outcome=Outcome.DENIED, data="removal-run", ground="unlikely-share")
            calling.call_about_unlikely(at=now)
        return
    _propose(due, now, "nightly")


def propose_anyway(organisation_id: UUID) -> None:
    """The same after a person looked and said that the number is right."""
    _propose(due_dossiers(), clock.now(), "asked")


@act
def ask_run(*, by: Actor, at: datetime) -> None:
    """Somebody looked at the unlikely number and says that it is right; raises Conflict when no run was stopped."""
    if not finish_tasks_for(current(), by=by, at=at, kind=UNLIKELY_TASK):
        raise Conflict(_("No run was stopped, so there is nothing to go on with."))
    events.record(Action.REMOVE, data="removal-run", ground="asked")
    jobs.enqueue(PROPOSE_ANYWAY, current())


def _propose(due: list[UUID], now: datetime, ground: str) -> None:
    _each(due, lambda dossier_id: acts.propose(dossier_id, at=now), PROPOSE_ONE)
    with transaction.atomic():
        events.record(Action.JOB, data="removal-run", ground=ground)
        calling.call_for_review(at=now)


def propose_one(dossier_id: UUID) -> None:
    """Put one dossier on the list after all, when its term has (still) passed."""
    now = clock.now()
    acts.propose(dossier_id, at=now)
    with transaction.atomic():
        calling.call_for_review(at=now)


def _each(dossiers: Iterable[UUID], do: Callable[[UUID], object], one: str) -> None:
    """Do something to each dossier in a transaction of its own; what fails stops no other.

    It waits for a person as given-up work of the kind ``one``, by its id only. A vault that does not answer fails all,
    so that ends the run, which is tried again as a whole.
    """
    failed: dict[UUID, Exception] = {}
    for dossier_id in dossiers:
        try:
            do(dossier_id)
        except Unavailable:
            raise
        except Exception as error:
            failed[dossier_id] = error
            # Which one stands in the queue (``report``), not in a log.
            log.exception("Work on a dossier failed in %s; the others go on.", one)
    jobs.report(one, failed)


def due_dossiers() -> list[UUID]:
    """Closed dossiers whose stored end date has come and that are on no list: reads only what is due."""
    with transaction.atomic():
        running = Removal.objects.filter(state__in=RUNNING).values("dossier_id")
        due = EndDate.objects.filter(due_on__lte=clock.today()).exclude(dossier_id__in=running)
        return list(due.order_by("due_on", "dossier_id").values_list("dossier_id", flat=True))


def touched(due: list[UUID]) -> int:
    """How many of these a run would really put on the list: not what is held back or waits for somebody."""
    with transaction.atomic():
        held = Hold.objects.filter(dossier_id__in=due, lifted_at=None).values("dossier_id")
        free = EndDate.objects.filter(dossier_id__in=due, waits=False).exclude(dossier_id__in=held)
        return free.count()


def unlikely(number: int) -> bool:
    """Whether so many at once is more than the house rule believes: both the share and the number exceeded."""
    rules = profile_in_force(clock.today()).house_rules
    if number <= rules.unlikely_share_number.value:
        return False
    with transaction.atomic():
        total = Dossier.objects.count()
    return number > total * float(rules.unlikely_share_percent.value) / 100


def _tell_of_stuck(now: datetime) -> None:
    """Destructions that were tried in vain too often wait for a person."""
    with transaction.atomic():
        stuck = Job.objects.filter(organisation_id=current(), kind=acts.DESTROY, failed_at__isnull=False)
        for removal_id in list(stuck.values_list("subject", flat=True)):
            calling.call_about_stuck(removal_id, at=now)


def recalculate(organisation_id: UUID) -> None:
    """Work out every stored end date again, by the profile in force today; one transaction each."""
    with transaction.atomic():
        ids = list(EndDate.objects.order_by("dossier_id").values_list("dossier_id", flat=True))
    _each(ids, recalculate_one, RECALCULATE_ONE)


def recalculate_one(dossier_id: UUID) -> None:
    """Work out the end date of one dossier again, when it is (still) closed."""
    with transaction.atomic():
        dossier = Dossier.objects.select_for_update().filter(id=dossier_id, state=Dossier.State.CLOSED).first()
        if dossier is not None:
            load_keys([dossier_id])
            acts.calculate(dossier, at=clock.now())
