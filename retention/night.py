"""The night shift of keeping: proposes what is due, and stops when the number is unlikely."""

from uuid import UUID

from django.db import transaction

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.policy.versions import profile_in_force
from casemgmt.work.acts import create_task
from dossiers.models import Dossier
from retention import acts
from retention.models import EndDate, Removal
from retention.vocabulary import RUNNING

NIGHTLY = "retention.nightly"
RECALCULATE = "retention.recalculate"
UNLIKELY_TASK = "retention.unlikely"


def propose_due(organisation_id: UUID) -> None:
    """Put every closed dossier whose term has passed on the removal list, one transaction each.

    A run that would touch an unlikely share of the dossiers (house rule) proposes
    nothing and asks a person to look: a clock that jumped, or a wrong profile.
    """
    now = clock.now()
    due = due_dossiers()
    if unlikely(len(due)):
        with transaction.atomic():
            events.record(Action.JOB, outcome=Outcome.DENIED, data="removal-run", ground="unlikely-share")
            create_task(
                kind=UNLIKELY_TASK,
                due_on=clock.local_date(now),
                capability="removal.review",
                at=now,
                link="retention:removals",
            )
        return
    for dossier_id in due:
        acts.propose(dossier_id, at=now)
    with transaction.atomic():
        events.record(Action.JOB, data="removal-run", ground="nightly")


def due_dossiers() -> list[UUID]:
    """Closed dossiers whose stored end date has come and that are on no list: reads only what is due."""
    with transaction.atomic():
        running = Removal.objects.filter(state__in=RUNNING).values("dossier_id")
        due = EndDate.objects.filter(due_on__lte=clock.today()).exclude(dossier_id__in=running)
        return list(due.order_by("due_on", "dossier_id").values_list("dossier_id", flat=True))


def unlikely(number: int) -> bool:
    """Whether so many at once is more than the house rule believes: both the share and the number exceeded."""
    rules = profile_in_force(clock.today()).house_rules
    if number <= rules.unlikely_share_number.value:
        return False
    with transaction.atomic():
        total = Dossier.objects.count()
    return number > total * float(rules.unlikely_share_percent.value) / 100


def recalculate(organisation_id: UUID) -> None:
    """Work out every stored end date again, by the profile in force today; one transaction each."""
    with transaction.atomic():
        ids = list(EndDate.objects.order_by("dossier_id").values_list("dossier_id", flat=True))
    for dossier_id in ids:
        _recalculate_one(dossier_id)


def _recalculate_one(dossier_id: UUID) -> None:
    from casemgmt.vault.keys import load_keys

    with transaction.atomic():
        dossier = Dossier.objects.select_for_update().filter(id=dossier_id, state=Dossier.State.CLOSED).first()
        if dossier is not None:
            load_keys([dossier_id])
            acts.calculate(dossier, at=clock.now())
