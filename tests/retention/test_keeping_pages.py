"""The section “Bewaren” of a dossier: closing, its end date, judgements, holds and extension."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from dossiers.models import Dossier
from retention.models import EndDate, Hold
from tests.retention.places import House, keeping

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_an_open_dossier_says_that_its_clock_stands_still(house: House, open_one: UUID) -> None:
    page = house.client("noor").get(keeping(house, open_one))
    assert page.status_code == 200
    assert "bewaren/sluiten/" in page.content.decode()


@pytest.mark.rule("SH-4.2.1")
def test_a_closed_dossier_shows_its_end_date_with_sum_and_article(house: House, closed_one: UUID) -> None:
    text = house.client("noor").get(keeping(house, closed_one)).content.decode()
    assert "1 mei 2025" in text
    assert "15 jaar" in text
    assert "SH-4.2.1" in text


def test_before_closing_one_sees_until_when_it_will_be_kept(house: House, open_one: UUID) -> None:
    noor = house.client("noor")
    given = {"closed_on": "01-05-2010"}
    page = noor.post(keeping(house, open_one, "sluiten/vooraf/"), given)
    assert page.status_code == 200
    assert "1 mei 2025" in page.content.decode()
    piece = noor.post(keeping(house, open_one, "sluiten/vooraf/"), given, headers={"HX-Request": "true"})
    assert "<html" not in piece.content.decode()
    with organisation(house.id), transaction.atomic():
        assert Dossier.objects.get().state == "open"
        assert not EndDate.objects.exists()


def test_closing_stores_the_end_date_and_reopening_forgets_it(house: House, open_one: UUID) -> None:
    noor = house.client("noor")
    assert noor.post(keeping(house, open_one, "sluiten/"), {"closed_on": "1 mei 2010"}).status_code == 303
    with organisation(house.id), transaction.atomic():
        assert EndDate.objects.get().due_on == date(2025, 5, 1)
    assert noor.get(keeping(house, open_one, "sluiten/")).status_code == 409
    assert noor.post(keeping(house, open_one, "heropenen/")).status_code == 303
    assert noor.post(keeping(house, open_one, "heropenen/")).status_code == 409
    with organisation(house.id), transaction.atomic():
        assert not EndDate.objects.exists()


@pytest.mark.parametrize("day", ["", "31-02-2010", "29-02-2004", "01-01-2190", "\x00", "gisteren"])
def test_a_closing_day_that_cannot_be_is_refused_and_nothing_is_lost(house: House, open_one: UUID, day: str) -> None:
    answer = house.client("noor").post(keeping(house, open_one, "sluiten/"), {"closed_on": day})
    assert answer.status_code == 422
    with organisation(house.id), transaction.atomic():
        assert Dossier.objects.get().state == "open"


def test_a_judgement_needs_a_reason(house: House, open_one: UUID) -> None:
    given = {"closed_on": "01-05-2010", "substantial_interest_of_other": "on"}
    noor = house.client("noor")
    assert noor.post(keeping(house, open_one, "sluiten/"), given).status_code == 422
    answer = noor.post(keeping(house, open_one, "sluiten/"), given | {"why": "Broer wil het later inzien"})
    assert answer.status_code == 303


def test_judgements_can_be_changed_after_closing(house: House, closed_one: UUID) -> None:
    noor = house.client("noor")
    assert noor.get(keeping(house, closed_one, "oordeel/")).status_code == 200
    given = {"adoption_or_relinquishment": "on", "why": "Afstand bij de geboorte"}
    assert noor.post(keeping(house, closed_one, "oordeel/"), {"law_forbids": "on"}).status_code == 422
    assert noor.post(keeping(house, closed_one, "oordeel/"), given).status_code == 303
    with organisation(house.id), transaction.atomic():
        assert EndDate.objects.get().due_on == date(2110, 5, 1)


def test_a_hold_needs_a_reason_and_can_be_lifted_once(house: House, closed_one: UUID) -> None:
    noor = house.client("noor")
    assert noor.post(keeping(house, closed_one, "tegenhouden/"), {"why": " "}).status_code == 422
    assert noor.post(keeping(house, closed_one, "tegenhouden/"), {"why": "Klacht loopt"}).status_code == 303
    with organisation(house.id), transaction.atomic():
        hold = Hold.objects.get()
    assert "Klacht loopt" in noor.get(keeping(house, closed_one)).content.decode()
    lift = keeping(house, closed_one, f"tegenhouden/{hold.id}/opheffen/")
    assert noor.post(lift).status_code == 303
    assert noor.post(lift).status_code == 409
    assert noor.post(keeping(house, closed_one, f"tegenhouden/{uuid4()}/opheffen/")).status_code == 404


@pytest.mark.rule("SH-4.2.1")
def test_keeping_longer_needs_a_reason_and_a_later_day(house: House, closed_one: UUID) -> None:
    noor, address = house.client("noor"), keeping(house, closed_one, "verlengen/")
    assert noor.post(address, {"until": "01-05-2028"}).status_code == 422
    assert noor.post(address, {"until": "01-05-2025", "reason": "Nodig"}).status_code == 422
    assert noor.post(address, {"until": "01-05-2028", "reason": "Nodig"}).status_code == 303
    with organisation(house.id), transaction.atomic():
        assert EndDate.objects.get().due_on == date(2028, 5, 1)
