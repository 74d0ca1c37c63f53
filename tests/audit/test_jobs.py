"""A job ends visible, whatever it does to its worker, and stands in circumstances of its own."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from casemgmt.audit import context, events
from casemgmt.audit.models import AccessEvent
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock, jobs
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from tests.audit.conftest import Place

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


class WorkerDown(BaseException):
    """What no handler of ours catches: the worker is gone."""


if "test.killer" not in jobs.handlers:

    @jobs.handles("test.killer")
    def kill(subject: UUID) -> None:
        """Take the worker down."""
        raise WorkerDown

    @jobs.handles("test.note")
    def note(subject: UUID) -> None:
        """Write down that it ran."""
        with transaction.atomic():
            events.record(Action.JOB, data="probe", object_id=subject)


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
