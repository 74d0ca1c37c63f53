"""Somebody who reads unusually many dossiers is told to whoever reviews access: once, with plain figures, and soon."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from casemgmt import night
from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock, jobs
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.celery import app
from casemgmt.work import reading
from casemgmt.work.bursts import LONGEST
from casemgmt.work.models import ReadingAlarm, Task
from dossiers.access import open_dossier
from dossiers.verbs import Verb
from tests.retention.places import House, dossier, employ, settle

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
PAGE = "veel-gelezen/"
TEN = timedelta(minutes=10)


@pytest.fixture
def house(db: None) -> House:
    return settle()


def read(house: House, many: int, *, who: str = "noor", ago: timedelta = timedelta(0), **other: Any) -> None:
    """Opens of different dossiers, four seconds apart, the last of them ``ago``; as the door writes them."""
    last = clock.now() - ago
    with organisation(house.id), transaction.atomic():
        for number in range(many):
            known = {"action": "read", "outcome": "shown", "dossier_id": uuid4(), "data": "timeline", **other}
            at = last - timedelta(seconds=4 * (many - 1 - number))
            AccessEvent.objects.create(at=at, user_id=house.people[who].id, **known)


def look(house: House) -> int:
    with organisation(house.id):
        return reading.raise_alarms(clock.now(), reading.BEYOND)


def alarms(house: House) -> list[ReadingAlarm]:
    with organisation(house.id), transaction.atomic():
        return list(ReadingAlarm.objects.order_by("began_at"))


def everything_due() -> None:
    night.plan_minute()
    while jobs.run_due():
        pass


def test_a_hundred_dossiers_in_ten_minutes_are_a_task_and_a_mail_without_a_name_within_the_minute(house: House) -> None:
    read(house, 100)
    assert app.conf.beat_schedule["plan the minute"] == {"task": "casemgmt.plan_minute", "schedule": 60.0}
    everything_due()
    (alarm,) = alarms(house)
    assert (alarm.user_id, alarm.dossiers, alarm.most, alarm.minutes) == (house.people["noor"].id, 100, 40, 10)
    with organisation(house.id), transaction.atomic():
        (task,) = Task.objects.filter(kind="work.mass_reading")
    assert (task.capability, task.object_id, task.due_on) == ("emergency.review", alarm.id, clock.today())
    (message,) = mail.outbox
    assert message.to == ["wim@sterk-huis.example"]
    assert "Noor" not in message.subject + message.body and "100" not in message.subject + message.body
    page = house.client("wim").get(house.url(PAGE)).content.decode()
    assert "Noor Test" in page and ">100<" in page and "40 dossiers" in page


def test_what_a_door_shows_is_counted(house: House) -> None:
    opened = dossier(house)
    read(house, 39)
    assert look(house) == 0
    with organisation(house.id):
        from casemgmt.audit import context

        with context.circumstances(context.AuditContext(user_id=house.people["noor"].id)):
            open_dossier(house.actor("noor"), opened, Verb.READ, lambda found: found.id, data="timeline")
    assert look(house) == 1


def test_one_fewer_the_same_dossier_again_a_refusal_and_a_slow_day_are_no_alarm(house: House) -> None:
    read(house, 39)
    read(house, 60, who="hanneke", dossier_id=uuid4())
    read(house, 60, who="ria", outcome="denied")
    with organisation(house.id), transaction.atomic():
        for number in range(90):  # one each half minute: never more than twenty-one in ten minutes
            at = clock.now() - timedelta(seconds=30 * number)
            known = {"action": "read", "outcome": "shown", "dossier_id": uuid4(), "data": "timeline"}
            AccessEvent.objects.create(at=at, user_id=house.people["daan"].id, **known)
    assert look(house) == 0 and alarms(house) == []


def test_a_burst_is_told_once_and_says_how_far_it_went(house: House) -> None:
    read(house, 50, ago=timedelta(minutes=8))
    assert look(house) == 1 and look(house) == 0
    read(house, 20)
    assert look(house) == 0
    (alarm,) = alarms(house)
    assert alarm.dossiers == 70
    with organisation(house.id), transaction.atomic():
        assert Task.objects.filter(kind="work.mass_reading").count() == 1


def test_a_second_burst_after_a_pause_is_a_second_alarm(house: House) -> None:
    read(house, 45, ago=timedelta(minutes=20))
    assert look(house) == 1
    read(house, 45)
    assert look(house) == 1
    assert [alarm.dossiers for alarm in alarms(house)] == [45, 45]


def test_who_goes_on_after_the_alarm_was_looked_into_is_told_again(house: House) -> None:
    read(house, 45, ago=timedelta(minutes=9))
    everything_due()
    (first,) = alarms(house)
    assert said(house, "wim", first.id) == 303
    mail.outbox.clear()
    read(house, 39)
    assert look(house) == 0, "the bar is the same after a look"
    read(house, 1)
    everything_due()
    found = alarms(house)
    assert [(alarm.dossiers, alarm.looked_at is None) for alarm in found] == [(45, False), (40, True)]
    assert found[0].last_at == first.last_at, "what was looked into says what could be seen then"
    with organisation(house.id), transaction.atomic():
        (task,) = Task.objects.filter(kind="work.mass_reading", state="open")
    assert task.object_id == found[1].id and len(mail.outbox) == 1


def test_an_alarm_goes_on_for_an_hour_and_what_comes_after_is_judged_by_itself(house: House) -> None:
    began = timedelta(minutes=95)
    read(house, 45, ago=began)
    with organisation(house.id):
        reading.watch_day(house.id)
    for minutes in range(86, 14, -9):  # one each nine minutes: never a pause as long as the window
        read(house, 1, ago=timedelta(minutes=minutes))
    read(house, 100)
    with organisation(house.id):
        reading.watch_day(house.id)
    first, second = alarms(house)
    assert first.last_at - first.began_at <= LONGEST and first.dossiers < 60
    assert second.dossiers >= 100
    assert look(house) == 0, "told once"


def test_whoever_reads_on_all_day_is_an_alarm_each_hour_also_when_only_the_night_looks(house: House) -> None:
    read(house, 3 * 900, ago=timedelta(hours=2))  # fifteen a minute, for three hours
    with organisation(house.id):
        reading.watch_day(house.id)
    assert len(alarms(house)) == 3 and look(house) == 0


def test_a_burst_that_the_minutes_missed_is_found_though_a_later_one_was_told(house: House) -> None:
    read(house, 45, ago=timedelta(hours=5))
    read(house, 50)
    assert look(house) == 1
    with organisation(house.id):
        reading.watch_day(house.id)
        reading.watch_day(house.id)
    assert [alarm.dossiers for alarm in alarms(house)] == [45, 50]


def test_what_was_read_while_nothing_ran_is_found_in_the_night(house: House) -> None:
    read(house, 45, ago=timedelta(hours=5))
    assert look(house) == 0
    with organisation(house.id):
        reading.watch_day(house.id)
    assert len(alarms(house)) == 1


def test_the_house_rule_says_how_many(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    read(house, 12)
    assert look(house) == 0
    real = reading.profile_in_force

    def stricter(on: Any) -> Any:
        from casemgmt.policy.loader import with_value

        return with_value(real(on), "house_rules.mass_reading_dossiers", 12)

    monkeypatch.setattr(reading, "profile_in_force", stricter)
    assert look(house) == 1


def test_an_alarm_of_one_organisation_is_nothing_to_another(house: House) -> None:
    there = settle("veilig-thuis-hm")
    read(house, 50)
    everything_due()
    assert alarms(there) == [] and [message.to for message in mail.outbox] == [["wim@sterk-huis.example"]]
    assert "Noor" not in there.client("wim").get(there.url(PAGE)).content.decode()
    answer = there.client("wim").post(there.url(f"{PAGE}{alarms(house)[0].id}/bekeken/"))
    assert answer.status_code == 404


def test_only_who_reviews_access_reads_it_and_the_trail_says_that_they_looked(house: House) -> None:
    read(house, 50)
    look(house)
    for name in ("noor", "hanneke", "karin"):
        answer = house.client(name).get(house.url(PAGE))
        assert answer.status_code == 403 and "Noor" not in answer.content.decode().partition("<main")[2]
    assert house.client("wim").get(house.url(PAGE)).status_code == 200
    with organisation(house.id), transaction.atomic():
        (row,) = AccessEvent.objects.filter(data="mass-reading", action="read", outcome="shown")
    assert row.user_id == house.people["wim"].id


def said(house: House, who: str, alarm: UUID) -> int:
    return house.client(who).post(house.url(f"{PAGE}{alarm}/bekeken/")).status_code


def test_who_looked_into_it_ends_the_task_and_nobody_ends_their_own(house: House) -> None:
    employ(house, "rob", "internal_controller", "team Zuid")
    read(house, 50, who="wim")
    look(house)
    (alarm,) = alarms(house)
    assert said(house, "wim", alarm.id) == 409 and alarms(house)[0].looked_at is None
    assert said(house, "rob", alarm.id) == 303
    assert alarms(house)[0].looked_by_id == house.people["rob"].id
    with organisation(house.id), transaction.atomic():
        assert Task.objects.get(kind="work.mass_reading").state == "done"
    assert said(house, "rob", alarm.id) == 409 and said(house, "rob", uuid4()) == 404
    assert "Rob Test" in house.client("wim").get(house.url(PAGE)).content.decode()
    with organisation(house.id), pytest.raises(IntegrityError), transaction.atomic():
        ReadingAlarm.objects.update(looked_by_id=house.people["wim"].id)


def test_a_watch_that_was_given_up_is_left_for_a_person_and_begun_again_by_the_night(house: House) -> None:
    given_up = {"organisation_id": house.id, "kind": reading.WATCH, "subject": house.id}
    Job.objects.create(**given_up, due_at=clock.now(), failed_at=clock.now(), attempts=8)
    night.plan_minute()
    assert Job.objects.get(**given_up).failed_at is not None
    night.plan()
    night.plan_minute()
    assert Job.objects.get(**given_up).failed_at is None
