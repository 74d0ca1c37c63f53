"""Work in the background that was given up: what it is, why it stopped, and starting it once more.

The queue holds no content, so nothing here is about anybody: a kind of work, the
name of a fault, a moment.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import jobs
from casemgmt.base.db import act, reads
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.base.models import Job
from casemgmt.base.organisation import current

MOST = 100
DATA = "background-work"
DATABASE = frozenset({"OperationalError", "InterfaceError"})
SERVICE = frozenset({"OSError", "TimeoutError", "ConnectionError", "ConnectionRefusedError", "ConnectionResetError"})


@dataclass(frozen=True, slots=True)
class Stopped:
    """One piece of work that waits for a person. ``elsewhere`` says where it is started again, if not here."""

    id: UUID
    what: str
    why: str
    since: datetime | None
    elsewhere: str


@dataclass(frozen=True, slots=True)
class StoppedList:
    """What was given up in this organisation, the latest first; ``more`` says how many are not shown."""

    rows: tuple[Stopped, ...]
    more: int


@reads
def stopped_work() -> StoppedList:
    """What the queue gave up in the current organisation."""
    found = Job.objects.filter(organisation_id=current(), failed_at__isnull=False)
    rows = tuple(_stopped(job) for job in found.order_by("-failed_at", "id")[:MOST])
    return StoppedList(rows, found.count() - len(rows) if len(rows) == MOST else 0)


@act
def start_again(job_id: UUID) -> None:
    """Put work that was given up back in the queue, with all its attempts.

    Raises NotThere for another organisation's or none, and Conflict when it is on its way again or has a page of
    its own for this.
    """
    job = Job.objects.select_for_update().filter(organisation_id=current(), id=job_id).first()
    if job is None:
        raise NotThere
    if job.failed_at is None:
        raise Conflict(_("This work is on its way again already."))
    if _named(job.kind).elsewhere:
        raise Conflict(_(_named(job.kind).elsewhere))
    jobs.enqueue(job.kind, job.subject)
    events.record(Action.JOB, data=DATA, object_id=job.id, ground=f"again {job.kind}"[:60])


def _stopped(job: Job) -> Stopped:
    named = _named(job.kind)
    elsewhere = _(named.elsewhere) if named.elsewhere else ""
    return Stopped(job.id, _(named.label), _why(job.last_error), job.failed_at, elsewhere)


def _named(kind: str) -> jobs.Named:
    """The name of a kind; of one that a later release no longer has, its own word."""
    return jobs.names.get(kind) if kind in jobs.names else jobs.Named(kind, gettext_noop("This release cannot do it."))


def _why(error: str) -> str:
    """The name of the fault in plain words; the log has the rest."""
    if error == jobs.KILLED:
        return _("It took the worker down at every attempt. Let the operator look first.")
    if error == "LetterFailed":
        return _("The printer did not finish at any attempt.")
    if error in DATABASE:
        return _("The database did not answer.")
    if error in SERVICE or error.startswith("SMTP"):
        return _("A service that it needs did not answer.")
    text = _("It met a fault that it cannot solve itself (%(name)s). The operator finds it in the log of that moment.")
    return text % {"name": error or _("unknown")}
