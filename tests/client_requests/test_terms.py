"""Who hears that the term of a request comes near: whoever may decide, beforehand; whoever manages, on the day."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base import clock
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.work import tasks
from casemgmt.work.models import Task
from casemgmt.work.queries import MANAGING, tasks_for

from .story import SLUGS, House, make_house

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def mailed(house: House, on: date, monkeypatch: Any) -> list[str]:
    """To which addresses the night of a day sends mail about the work of nobody in particular."""
    monkeypatch.setattr(clock, "today", lambda: on)
    with organisation(house.id):
        with transaction.atomic():
            Job.objects.filter(kind__startswith="mail.").delete()
        tasks.remind(house.id)
        with transaction.atomic():
            queued = list(Job.objects.filter(kind="mail.work.desk_reminder").values_list("subject", flat=True))
        return sorted(mail.to for user_id in queued if (mail := tasks.write_desk_reminder(user_id)))


def seen_by(house: House, about: UUID, on: date) -> set[str]:
    """Which staff find the open work about a request in their day."""
    with organisation(house.id):
        with transaction.atomic():
            ids = set(Task.objects.filter(object_id=about).values_list("id", flat=True))
        return {who for who in house.staff if {one.id for one in tasks_for(house.actor(who), on).tasks} & ids}


def addresses(house: House, people: set[str]) -> list[str]:
    return sorted(house.staff[who].email or "" for who in people)


@pytest.mark.parametrize("slug", SLUGS)
def test_whoever_may_decide_on_a_request_hears_of_its_term_before_it_and_whoever_manages_on_the_day(
    slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house(slug)
    about = house.ask("samira", "fien")
    with organisation(house.id), transaction.atomic():
        due = Task.objects.get(object_id=about).due_on
    deciding = {who for who in house.staff if seen_by(house, about, due) & {who}}
    managing = {who for who in house.staff if MANAGING & set(house.actor(who).roles)}
    assert deciding and managing
    week = due - timedelta(days=7)
    assert mailed(house, week, monkeypatch) == addresses(house, deciding)
    assert mailed(house, week + timedelta(days=1), monkeypatch) == [], "one mail a step, however many nights"
    assert seen_by(house, about, week) == deciding
    assert mailed(house, due, monkeypatch) == addresses(house, deciding | managing)
    assert seen_by(house, about, due) == deciding | managing
    for who in deciding | managing:
        with organisation(house.id):
            leads = [one.address for one in tasks_for(house.actor(who), due).tasks if one.address]
        assert [house.client(who).get(address).status_code for address in leads] == [200] * len(leads), who


def test_who_may_no_longer_decide_when_the_mail_is_written_gets_none(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = house.ask("samira", "fien")
    with organisation(house.id), transaction.atomic():
        task = Task.objects.get(object_id=about)
    assert mailed(house, task.due_on, monkeypatch)
    with organisation(house.id):
        with transaction.atomic():
            Task.objects.filter(state=Task.State.OPEN).update(state=Task.State.CANCELLED, done_at=clock.now())
        assert [tasks.write_desk_reminder(user.id) for user in house.staff.values()] == [None] * len(house.staff)
