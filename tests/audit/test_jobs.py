"""A job ends visible, whatever it does to its worker, and stands in circumstances of its own."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection, connections, transaction

from casemgmt.audit import context, events
from casemgmt.audit.models import AccessEvent
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock, jobs
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from tests.audit.conftest import Place
from tests.traces import found_in_database

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


class WorkerDown(BaseException):
    """What no handler of ours catches: the worker is gone."""


if "test.killer" not in jobs.handlers:

    @jobs.handles("test.killer")
    def kill(subject: UUID) -> None:
        """Take the worker down."""
        raise WorkerDown

    @jobs.handles("test.quoting")
    def quote(subject: UUID) -> None:
        """Fail as a database or a parser does: with the words that it could not take."""
        raise RuntimeError("could not draw: MARKER Yara told her teacher")

    @jobs.handles("test.no-such-text")
    def ask_amiss(subject: UUID) -> None:
        """Give the database what its client refuses before anything is sent."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select %s::text", ["a\0b"])

    @jobs.handles("test.broken-off")
    def break_off(subject: UUID) -> None:
        """Lose the database in the middle of a conversation."""
        BROKEN[0]()

    @jobs.handles("test.note")
    def note(subject: UUID) -> None:
        """Write down that it ran."""
        with transaction.atomic():
            events.record(Action.JOB, data="probe", object_id=subject)

    @jobs.handles("test.long")
    def long(subject: UUID) -> None:
        """Take as long as the test says."""
        LONG[0]()


LONG: list[Callable[[], None]] = []
BROKEN: list[Callable[[], None]] = []
SHORT = timedelta(seconds=0.6)


def test_a_job_that_takes_its_worker_down_waits_for_a_person_in_the_end(place: Place) -> None:
    subject = uuid4()
    with transaction.atomic():
        jobs.enqueue("test.killer", subject, organisation_id=place.id)
    for _attempt in range(jobs.MAX_ATTEMPTS):
        with pytest.raises(WorkerDown):
            jobs.run_due()
        Job.objects.filter(subject=subject).update(leased_until=clock.now() - timedelta(seconds=1))
    assert jobs.run_due() == 0
    row = Job.objects.get(subject=subject)
    assert row.failed_at is not None and row.leased_until is None
    assert (row.attempts, row.last_error) == (jobs.MAX_ATTEMPTS, jobs.KILLED)


def test_work_that_fails_keeps_what_kind_of_fault_it_was_and_not_what_the_fault_quotes(place: Place) -> None:
    """The administrator sees failed work, and an administrator reads no dossiers."""
    subject = uuid4()
    with transaction.atomic():
        jobs.enqueue("test.quoting", subject, organisation_id=place.id)
    assert jobs.run_due() == 1
    assert Job.objects.get(subject=subject).last_error == "RuntimeError"
    assert found_in_database("MARKER", place.id) == []


def again_and_again(place: Place, kind: str) -> Job:
    """The work after more attempts than any work gets."""
    subject = uuid4()
    with transaction.atomic():
        jobs.enqueue(kind, subject, organisation_id=place.id)
    for _attempt in range(jobs.MAX_ATTEMPTS + 2):
        jobs.run_due()
        Job.objects.filter(subject=subject).update(due_at=clock.now() - timedelta(seconds=1))
    return Job.objects.get(subject=subject)


def test_what_no_database_can_take_is_no_outage_and_waits_for_a_person_in_the_end(place: Place) -> None:
    row = again_and_again(place, "test.no-such-text")
    assert (row.attempts, row.last_error) == (jobs.MAX_ATTEMPTS, "DataError")
    assert row.failed_at is not None


def ended_by_the_server() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local idle_in_transaction_session_timeout = '10ms'")
        time.sleep(0.2)
        cursor.execute("select 1")


def closed_here() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        connection.connection.close()
        cursor.execute("select 1")


@pytest.mark.parametrize("way", [ended_by_the_server, closed_here])
def test_a_conversation_that_broke_off_is_an_outage_and_is_tried_on(place: Place, way: Callable[[], None]) -> None:
    BROKEN[:] = [way]
    row = again_and_again(place, "test.broken-off")
    assert (row.attempts, row.failed_at) == (0, None), row.last_error


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_a_server_that_says_nothing_at_all_is_away(kind: type[Exception]) -> None:
    silent = kind("connection failed")
    silent.__cause__ = psycopg.OperationalError("connection failed")
    assert jobs._is_away(silent)


def test_two_jobs_of_one_worker_are_not_one_request(place: Place) -> None:
    with transaction.atomic():
        for _job in range(2):
            jobs.enqueue("test.note", uuid4(), organisation_id=place.id)
    outside = context.current()
    assert jobs.run_due() == 2
    with organisation(place.id), transaction.atomic():
        rows = list(AccessEvent.objects.filter(data="probe"))
    assert {row.source for row in rows} == {"job"}
    assert len({row.request_id for row in rows} | {outside.request_id}) == 3
    assert context.current() == outside


def lease(subject: UUID) -> datetime:
    """Until when this work is somebody's."""
    until = Job.objects.get(subject=subject).leased_until
    assert until is not None
    return until


def moves_on(subject: UUID, *, lengths: int) -> bool:
    """Whether a lease gets a later end within so many of its own lengths."""
    first = lease(subject)
    for _look in range(lengths * 6):
        if lease(subject) > first:
            return True
        time.sleep(SHORT.total_seconds() / 6)
    return False


def elsewhere(ask: Callable[[], int]) -> int:
    """What another worker answers: a thread with connections of its own."""
    answers: list[int] = []

    def run() -> None:
        try:
            answers.append(ask())
        finally:
            connections.close_all()

    other = threading.Thread(target=run)
    other.start()
    other.join(30)
    return answers[0]


def test_work_that_takes_longer_than_its_lease_is_done_by_one_worker_once(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Working out a hundred thousand end dates takes longer than a lease, and nobody starts it beside the first."""
    monkeypatch.setattr(jobs, "LEASE", SHORT)
    subject = uuid4()
    found: list[object] = []

    def work() -> None:
        first = lease(subject)
        found.append(moves_on(subject, lengths=20))
        while clock.now() <= first:  # the first lease would be over by now
            time.sleep(SHORT.total_seconds() / 6)
        found.append(elsewhere(jobs.run_due))

    LONG[:] = [work]
    with transaction.atomic():
        jobs.enqueue("test.long", subject, organisation_id=place.id)
    assert jobs.run_due() == 1
    assert found == [True, 0]
    assert not Job.objects.filter(subject=subject).exists()
    assert not [one for one in threading.enumerate() if one.name == "lease"]


def test_work_whose_worker_was_killed_is_free_again_when_its_lease_ends(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing renews for a worker that is gone: the lease stands still, and the next attempt is another's."""
    monkeypatch.setattr(jobs, "LEASE", SHORT)
    subject = uuid4()
    attempts: list[datetime] = []

    def dies_the_first_time() -> None:
        attempts.append(lease(subject))
        if len(attempts) == 1:
            raise WorkerDown

    LONG[:] = [dies_the_first_time]
    with transaction.atomic():
        jobs.enqueue("test.long", subject, organisation_id=place.id)
    with suppress(WorkerDown):
        jobs.run_due()
    assert not moves_on(subject, lengths=2)
    assert (jobs.run_due(), len(attempts)) == (1, 2)
    assert not Job.objects.filter(subject=subject).exists()
