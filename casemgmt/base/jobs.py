"""Work for later: the database holds it, Celery is only the doorbell.

A job is a kind and an opaque subject. It is safe to lose the bell, to ring
twice and to run a job twice; a poison job stops no other and ends visible.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet

from casemgmt.base import clock, maintenance
from casemgmt.base.errors import Unavailable
from casemgmt.base.failpoints import failpoint
from casemgmt.base.models import Job
from casemgmt.base.organisation import current, organisation
from casemgmt.base.registries import Registry

Handler = Callable[[UUID], None]

# How long work stays ours after its worker fell silent; while it runs the lease is renewed, three times in that time.
# Less than a minute together with the poller's round: so soon another takes up what a killed worker left.
LEASE = timedelta(seconds=45)
# Work that takes longer hangs: its lease is left to end, so that it is tried elsewhere and in the end seen.
LONGEST = timedelta(hours=12)
MAX_ATTEMPTS = 8
# How soon work is tried again that a store which was away made impossible.
AWAY = timedelta(seconds=20)
KILLED = "WorkerLost"
# What a server says when it ends a conversation; the last: of a transaction that did nothing for too long.
BROKEN_OFF = ("08", "57P", "25P03")
log = logging.getLogger("casemgmt.jobs")


@dataclass(frozen=True, slots=True)
class Named:
    """What people call a kind of work; ``label`` is an English msgid.

    ``elsewhere`` (a msgid too): this work is started again at a page of its own, and this says where.
    """

    label: str
    elsewhere: str = ""


handlers: Registry[Handler] = Registry("job kind")
names: Registry[Named] = Registry("name of a job kind")
_doorbell: list[Callable[[], None]] = []
# What every job stands in, such as circumstances of its own for the trail; higher packages fill it.
around: list[Callable[[], AbstractContextManager[None]]] = []


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of ``kind``; it may be run twice."""

    def register(function: Handler) -> Handler:
        return handlers.add(kind, function)

    return register


def called(kind: str, label: str, *, elsewhere: str = "") -> None:
    """Say what people call a kind of work, with ``gettext_noop("…")``; saying it twice changes nothing."""
    if kind not in names:
        names.add(kind, Named(label, elsewhere))


def is_on_its_way(kind: str, subject: UUID) -> bool:
    """Whether this work of the current organisation waits or runs, and was not given up."""
    return on_their_way(kind).filter(subject=subject).exists()


def is_being_done(kind: str, subject: UUID, at: datetime) -> bool:
    """Whether somebody is at this work of the current organisation, and did not fall silent."""
    here = Job.objects.filter(organisation_id=current(), kind=kind, subject=subject)
    return here.filter(leased_until__gt=at).exists()


def on_their_way(kind: str) -> QuerySet[Job, UUID]:
    """On what this work of the current organisation waits or runs and was not given up; to ask inside another query."""
    here = Job.objects.filter(organisation_id=current(), kind=kind, failed_at__isnull=True)
    return here.values_list("subject", flat=True)


def tried(kind: str) -> list[UUID]:
    """On what this work of the current organisation was begun at least once and is not done, given up or not."""
    here = Job.objects.filter(organisation_id=current(), kind=kind, attempts__gt=0)
    return list(here.values_list("subject", flat=True))


def set_doorbell(ring: Callable[[], None]) -> None:
    """Tell how to wake a worker; the top floor gives Celery's way."""
    _doorbell[:] = [ring]


def enqueue(kind: str, subject: UUID, *, due: datetime | None = None, organisation_id: UUID | None = None) -> None:
    """Put work in the queue, in the caller's transaction; the same work is there once.

    ``due`` is the first moment it may run (now when absent).
    """
    handlers.get(kind)
    Job.objects.update_or_create(
        organisation_id=organisation_id or current(),
        kind=kind,
        subject=subject,
        defaults={
            "due_at": due or clock.now(),
            "leased_until": None,
            "attempts": 0,
            "failed_at": None,
            "last_error": "",
        },
    )
    transaction.on_commit(ring, robust=True)


def drop(kind: str, subject: UUID) -> None:
    """Take work of the current organisation out of the queue, in the caller's transaction."""
    Job.objects.filter(organisation_id=current(), kind=kind, subject=subject).delete()


def report(kind: str, failed: Mapping[UUID, Exception]) -> None:
    """What a sweep of the current organisation could not do, each as given-up work that waits for a person.

    Replaces what its earlier run reported; ``kind`` does one of them when a person starts it again.
    """
    handlers.get(kind)
    now = clock.now()
    ours: dict[str, Any] = {"organisation_id": current(), "kind": kind}
    with transaction.atomic():
        Job.objects.filter(**ours, failed_at__isnull=False).exclude(subject__in=failed).delete()
        for subject, error in failed.items():
            given_up = {"attempts": 1, "failed_at": now, "leased_until": None, "last_error": type(error).__name__[:200]}
            Job.objects.update_or_create(**ours, subject=subject, defaults={"due_at": now, **given_up})


def ring() -> None:
    """Wake a worker; a silent bell is no loss, the poller comes by itself."""
    failpoint("jobs.ring")
    for bell in _doorbell:
        try:
            bell()
        except Exception:
            log.warning("The doorbell is out of order; the poller will find the work.")


def run_due(limit: int = 50) -> int:
    """Do the work that is due, at most ``limit`` jobs; returns how many were done or tried.

    During maintenance nothing is begun: what runs is finished, the rest waits.
    """
    if maintenance.is_on():
        return 0
    _give_up_on_killers()
    done = 0
    while done < limit and not maintenance.is_on():
        job = _claim()
        if job is None:
            break
        _run(job)
        done += 1
    return done


def _give_up_on_killers() -> None:
    """Let a job wait for a person when its last lease ran out in silence: it takes its worker down every time."""
    now = clock.now()
    gone = Job.objects.filter(failed_at__isnull=True, attempts__gte=MAX_ATTEMPTS, due_at__lte=now)
    many = gone.exclude(leased_until__gt=now).update(failed_at=now, leased_until=None, last_error=KILLED)
    if many:
        log.error("%s jobs took their worker down at every attempt; they wait for a person.", many)


def _claim() -> Job | None:
    now = clock.now()
    with transaction.atomic():
        job = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(due_at__lte=now, failed_at__isnull=True, attempts__lt=MAX_ATTEMPTS)
            .exclude(leased_until__gt=now)
            .order_by("due_at")
            .first()
        )
        if job is not None:
            job.leased_until = now + LEASE
            job.attempts += 1
            job.save(update_fields=["leased_until", "attempts"])
    return job


def _run(job: Job) -> None:
    try:
        with _kept(job), ExitStack() as circumstances:
            for enter in around:
                circumstances.enter_context(enter())
            circumstances.enter_context(organisation(job.organisation_id))
            handlers.get(job.kind)(job.subject)
    except Exception as error:
        _put_back(job, error)
        log.exception("Job %s failed (attempt %s).", job.kind, job.attempts)
    else:
        # Only our own lease: work that was asked for again meanwhile stays.
        Job.objects.filter(pk=job.pk, leased_until=job.leased_until).delete()


@contextmanager
def _kept(job: Job) -> Iterator[None]:
    """Keep the lease of running work, by a thread that dies with its process: after a kill -9 the lease ends."""
    over = threading.Event()
    keeper = threading.Thread(target=copy_context().run, args=(_renew, job, over), daemon=True, name="lease")
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _renew(job: Job, over: threading.Event) -> None:
    """Renew until the work is over, on this thread's own connection, or until the lease is no longer ours."""
    until = clock.now() + LONGEST
    try:
        while not over.wait(LEASE.total_seconds() / 3) and clock.now() < until:
            if not _renewed(job):
                log.warning("The lease of job %s went elsewhere, or the job was asked for again.", job.kind)
                return
    finally:
        connection.close()


def _renewed(job: Job) -> bool:
    """Renew once; False when the lease is not ours. A database that does not answer is asked again the next time."""
    leased_until = clock.now() + LEASE
    try:
        ours = Job.objects.filter(pk=job.pk, leased_until=job.leased_until).update(leased_until=leased_until)
    except Error:
        log.warning("The lease of job %s could not be renewed.", job.kind)
        connection.close()
        return True
    if ours:
        job.leased_until = leased_until
    return bool(ours)


def _put_back(job: Job, error: Exception) -> None:
    """Try again later, ever less often; after MAX_ATTEMPTS it waits for a person.

    What a store that is away makes impossible is no attempt: it goes on by itself when the store is back.
    """
    if connection.in_atomic_block and connection.needs_rollback:
        return
    now = clock.now()
    away = _is_away(error)
    given_up = job.attempts >= MAX_ATTEMPTS and not away
    Job.objects.filter(pk=job.pk, leased_until=job.leased_until).update(
        due_at=now + (AWAY if away else timedelta(seconds=2**job.attempts)),
        attempts=job.attempts - away,
        leased_until=None,
        failed_at=now if given_up else None,
        last_error=type(error).__name__[:200],
    )


def _is_away(error: Exception) -> bool:
    """Whether a store does not answer, or a conversation with a database broke off; not what it answered."""
    if isinstance(error, Unavailable):
        return True
    state = getattr(error.__cause__, "sqlstate", "")
    if state is None:
        # The client's side spoke. It also refuses what no database can take, such as a NUL in a text: that stays so.
        return isinstance(error, (OperationalError, InterfaceError))
    return isinstance(error, Error) and state.startswith(BROKEN_OFF)
