"""What keeping puts before people is due by the house rule in force, and nobody is asked again too soon."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.work.models import Task
from retention import calling, night
from retention.facts import Answers
from retention.vocabulary import ASK_YOUTH, REVIEW_LIST, STUCK_TASK, UNLIKELY_TASK
from tests.retention.places import House, dossier, settle

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
MOMENT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def nightfall(house: House, moment: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)
    with organisation(house.id):
        night.propose_due(house.id)


def due(house: House, kind: str) -> list[date]:
    with organisation(house.id), transaction.atomic():
        return list(Task.objects.filter(kind=kind).order_by("made_at").values_list("due_on", flat=True))


def test_the_removal_list_is_to_be_looked_at_within_the_house_term(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    house = settle()
    dossier(house, closed_on=date(2010, 5, 1))
    nightfall(house, MOMENT, monkeypatch)
    assert due(house, REVIEW_LIST) == [date(2026, 12, 6)]


def test_a_stuck_destruction_is_to_be_looked_at_within_the_house_term(db: None) -> None:
    house = settle()
    with organisation(house.id), transaction.atomic():
        calling.call_about_stuck(house.id, at=MOMENT)
    assert due(house, STUCK_TASK) == [date(2026, 11, 25)]


def test_an_unlikely_number_is_to_be_looked_at_today(db: None) -> None:
    house = settle()
    with organisation(house.id), transaction.atomic():
        calling.call_about_unlikely(at=MOMENT)
    assert due(house, UNLIKELY_TASK) == [date(2026, 11, 22)]


@pytest.mark.rule("VT-18.4.a")
def test_a_youth_who_was_asked_is_asked_again_after_ninety_days_and_not_a_day_before(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = settle("veilig-thuis-hm")
    helps = Answers(keeping_helps=True, why="Zorgen over het jongste kind")
    dossier(house, born=(date(1998, 1, 1),), closed_on=date(2010, 5, 1), answers=helps)
    nightfall(house, MOMENT, monkeypatch)
    with organisation(house.id), transaction.atomic():
        Task.objects.update(state=Task.State.DONE, done_at=MOMENT)
    nightfall(house, MOMENT + timedelta(days=89), monkeypatch)
    assert due(house, ASK_YOUTH) == [date(2026, 12, 6)]
    nightfall(house, MOMENT + timedelta(days=90), monkeypatch)
    assert due(house, ASK_YOUTH) == [date(2026, 12, 6), date(2027, 3, 6)]
