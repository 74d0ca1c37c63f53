"""The pages of keeping and letting go, as people with and without the right meet them; all work without script."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock, jobs
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Membership
from casemgmt.work.models import Task
from dossiers.models import Dossier
from retention import acts, destruction, night, signing
from retention.models import Certificate, EndDate, Hold, Removal
from tests.reasons import reasons
from tests.retention.places import House, dossier, keeping, settle

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
NUMBER = "SH-2004-0001"


def removal(house: House) -> Removal:
    with organisation(house.id), transaction.atomic():
        return Removal.objects.get()


def on_list(house: House, removal_id: UUID, rest: str = "") -> str:
    return house.url(f"bewaren/lijst/{removal_id}/{rest}")


def reviewed(house: House, removal_id: UUID, by: str = "karin") -> None:
    answer = house.client(by).post(on_list(house, removal_id, "beoordelen/"), {"judgement": "agree"})
    assert answer.status_code == 303


def approved(house: House, removal_id: UUID) -> None:
    reviewed(house, removal_id)
    answer = house.client("ria").post(on_list(house, removal_id, "goedkeuren/"), {"typed": NUMBER})
    assert answer.status_code == 303


def destroyed(house: House, removal_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    approved(house, removal_id)
    shift = removal(house).cooling_until - clock.now() + timedelta(seconds=1)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + shift)
    with organisation(house.id):
        destruction.destroy(removal_id)


# ---- Who may ----

GETS_ONE = ("", "sluiten/")
POSTS_ONE = (
    "sluiten/",
    "sluiten/vooraf/",
    "heropenen/",
    "oordeel/",
    "tegenhouden/",
    "verlengen/",
    "jongere/dea85cbe-dafc-4572-8534-05dab9346ad7/",
)


@pytest.mark.parametrize("rest", GETS_ONE)
def test_a_colleague_of_another_team_reads_nothing(house: House, open_one: UUID, rest: str) -> None:
    assert house.client("daan").get(keeping(house, open_one, rest)).status_code == 403


@pytest.mark.parametrize("rest", POSTS_ONE)
def test_a_colleague_of_another_team_changes_nothing(house: House, open_one: UUID, rest: str) -> None:
    given = {"closed_on": "01-05-2010", "why": "x", "answer": "inspected", "until": "01-05-2040", "reason": "x"}
    assert house.client("daan").post(keeping(house, open_one, rest), given).status_code == 403
    assert house.client("wim").post(keeping(house, open_one, rest), given).status_code == 403
    with organisation(house.id), transaction.atomic():
        assert Dossier.objects.get().state == "open"
        assert not Hold.objects.exists()


def test_somebody_of_another_organisation_meets_the_404_of_what_never_was(house: House, listed: UUID) -> None:
    other = settle("gebiedsteam-opsterland")
    with organisation(house.id), transaction.atomic():
        there = Dossier.objects.get().id
    for name in ("noor", "hanneke"):
        stranger = other.client(name)
        assert stranger.get(keeping(house, there)).status_code == 404
        assert stranger.get(keeping(other, there)).status_code == 404
        assert stranger.post(keeping(other, there, "tegenhouden/"), {"why": "x"}).status_code == 404
    manager = other.client("hanneke")
    assert manager.get(on_list(other, listed)).status_code == manager.get(on_list(other, uuid4())).status_code == 404
    for rest in ("beoordelen/", "goedkeuren/", "stoppen/", "terug/", "opnieuw/"):
        answer = manager.post(on_list(other, listed, rest), {"judgement": "agree", "typed": NUMBER})
        assert answer.status_code == 404
    assert removal(house).state == "proposed"


LIST_GETS = ("bewaren/", "bewaren/vooruitzicht/", "bewaren/verklaringen/")


@pytest.mark.parametrize("rest", LIST_GETS)
def test_the_pages_of_letting_go_open_for_both_desks_and_nobody_else(house: House, listed: UUID, rest: str) -> None:
    for name in ("hanneke", "ria", "karin"):
        assert house.client(name).get(house.url(rest)).status_code == 200
    for name in ("noor", "wim"):
        assert house.client(name).get(house.url(rest)).status_code == 403
    assert Client().get(house.url(rest)).status_code == 302


@pytest.mark.parametrize(
    ("rest", "who"),
    [("beoordelen/", "ria"), ("terug/", "ria"), ("goedkeuren/", "karin"), ("opnieuw/", "karin"), ("stoppen/", "noor")],
)
def test_who_lacks_the_right_for_a_step_is_refused(house: House, listed: UUID, rest: str, who: str) -> None:
    given = {"judgement": "agree", "typed": NUMBER}
    assert house.client(who).post(on_list(house, listed, rest), given).status_code == 403
    assert removal(house).state == "proposed"


def test_other_methods_are_refused(house: House, listed: UUID, closed_one: UUID) -> None:
    boss = house.client("hanneke")
    for rest in ("beoordelen/", "terug/", "stoppen/", "opnieuw/"):
        assert boss.get(on_list(house, listed, rest)).status_code == 405
    assert boss.post(house.url("bewaren/")).status_code == 405
    assert boss.delete(on_list(house, listed)).status_code == 405
    noor = house.client("noor")
    for rest in ("heropenen/", "tegenhouden/", "verlengen/", "sluiten/vooraf/"):
        assert noor.get(keeping(house, closed_one, rest)).status_code == 405
    assert Client().post(house.url("bewaren/sleutel.pem")).status_code == 405


# ---- The removal list ----


def test_the_list_shows_numbers_and_no_names(house: House, listed: UUID) -> None:
    for address in (house.url("bewaren/"), on_list(house, listed)):
        text = house.client("karin").get(address).content.decode()
        assert NUMBER in text
        assert "Marker" not in text
        assert "Kind0" not in text


def test_the_pane_explains_why_now_and_what_can_oppose(house: House, listed: UUID) -> None:
    text = house.client("hanneke").get(on_list(house, listed)).content.decode()
    assert "1 mei 2025" in text
    assert "SH-4.2.1" in text
    assert "checked" not in text
    piece = house.client("hanneke").get(on_list(house, listed), headers={"HX-Request": "true"}).content.decode()
    assert NUMBER in piece
    assert "<html" not in piece


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"judgement": "destroy"},
        {"judgement": "keep"},
        {"judgement": "extend", "why": "x"},
        {"judgement": "extend", "why": "x", "until": "01-01-2020"},
        {"judgement": "keep", "why": "\x00"},
    ],
)
def test_a_judgement_that_is_not_one_is_refused(house: House, listed: UUID, given: dict[str, str]) -> None:
    assert house.client("karin").post(on_list(house, listed, "beoordelen/"), given).status_code == 422
    assert removal(house).state == "proposed"


def test_keeping_with_a_reason_holds_the_dossier_back(house: House, listed: UUID) -> None:
    given = {"judgement": "keep", "why": "Zus vraagt inzage"}
    assert house.client("karin").post(on_list(house, listed, "beoordelen/"), given).status_code == 303
    assert removal(house).state == "kept"
    assert "Zus vraagt inzage" in house.client("karin").get(on_list(house, listed)).content.decode()


def test_extending_on_the_list_moves_the_end_date(house: House, listed: UUID) -> None:
    given = {"judgement": "extend", "why": "Nog nodig", "until": "01-05-2029"}
    assert house.client("karin").post(on_list(house, listed, "beoordelen/"), given).status_code == 303
    with organisation(house.id), transaction.atomic():
        assert EndDate.objects.get().due_on == date(2029, 5, 1)


def test_nobody_can_agree_while_something_opposes(house: House, listed: UUID, closed_one: UUID) -> None:
    house.client("noor").post(keeping(house, closed_one, "tegenhouden/"), {"why": "Klacht loopt"})
    answer = house.client("karin").post(on_list(house, listed, "beoordelen/"), {"judgement": "agree"})
    assert answer.status_code == 422
    assert removal(house).state == "proposed"
    with organisation(house.id), pytest.raises(acts.Conflict), transaction.atomic():
        acts.review(Removal.objects.get(), by=house.actor("karin"), at=clock.now())


def test_a_review_can_be_undone_until_it_is_approved(house: House, listed: UUID) -> None:
    reviewed(house, listed)
    karin = house.client("karin")
    assert karin.post(on_list(house, listed, "terug/")).status_code == 303
    assert removal(house).state == "proposed"
    assert removal(house).reviewed_by_id is None
    assert karin.post(on_list(house, listed, "terug/")).status_code == 409


def test_who_reviewed_reads_why_somebody_else_must_approve(house: House, listed: UUID) -> None:
    reviewed(house, listed, by="hanneke")
    boss = house.client("hanneke")
    sentence = "U heeft dit dossier zelf beoordeeld."
    assert sentence in boss.get(on_list(house, listed)).content.decode()
    answer = boss.post(on_list(house, listed, "goedkeuren/"), {"typed": NUMBER})
    assert answer.status_code == 403
    assert sentence in answer.content.decode()
    assert removal(house).state == "agreed"


@pytest.mark.parametrize("typed", ["", "ja", "SH-2004-0002", "\x00"])
def test_approving_without_the_right_number_is_refused(house: House, listed: UUID, typed: str) -> None:
    reviewed(house, listed)
    assert house.client("ria").post(on_list(house, listed, "goedkeuren/"), {"typed": typed}).status_code == 422
    assert removal(house).state == "agreed"


def test_approving_asks_first_who_it_is(house: House, listed: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewed(house, listed)
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: False)
    answer = house.client("ria").post(on_list(house, listed, "goedkeuren/"), {"typed": NUMBER})
    assert answer.status_code == 422
    assert 'name="confirm-password"' in answer.content.decode()
    assert f'name="typed" value="{NUMBER}"' in answer.content.decode()
    assert removal(house).state == "agreed"


def test_each_destruction_is_approved_for_itself_and_the_list_only_leads_there(house: House, listed: UUID) -> None:
    second = "SH-2004-0002"
    dossier(house, second, closed_on=date(2010, 6, 1))
    with organisation(house.id):
        night.propose_due(house.id)
        with transaction.atomic():
            ids = set(Removal.objects.values_list("id", flat=True))
    for one in ids:
        reviewed(house, one)
    ria = house.client("ria")
    page = ria.get(house.url("bewaren/")).content.decode()
    assert all(f'href="{on_list(house, one)}"' in page for one in ids)
    assert 'name="removals"' not in page and 'name="typed"' not in page
    assert ria.post(house.url("bewaren/vaststellen/"), {"removals": list(ids), "typed": "2"}).status_code == 404
    assert ria.post(on_list(house, listed, "goedkeuren/"), {"typed": second}).status_code == 422
    assert ria.post(on_list(house, listed, "goedkeuren/"), {"typed": NUMBER}).status_code == 303
    with organisation(house.id), transaction.atomic():
        states = {row.id: row.state for row in Removal.objects.all()}
    assert states == {one: "approved" if one == listed else "agreed" for one in ids}


# ---- Steps in their order (C1), twice (C3), and a right that is lost (C2) ----


def test_steps_cannot_be_skipped_by_hand_made_requests(house: House, listed: UUID) -> None:
    ria, boss = house.client("ria"), house.client("hanneke")
    assert ria.post(on_list(house, listed, "goedkeuren/"), {"typed": NUMBER}).status_code == 409
    assert ria.post(on_list(house, listed, "opnieuw/")).status_code == 409
    with organisation(house.id):
        destruction.destroy(listed)
    assert removal(house).state == "proposed"
    approved(house, listed)
    assert boss.post(on_list(house, listed, "beoordelen/"), {"judgement": "agree"}).status_code == 409
    assert ria.post(on_list(house, listed, "stoppen/")).status_code == 303
    assert ria.post(on_list(house, listed, "goedkeuren/"), {"typed": NUMBER}).status_code == 409
    assert boss.post(on_list(house, listed, "beoordelen/"), {"judgement": "keep", "why": "x"}).status_code == 409
    assert removal(house).state == "cancelled"


def test_the_same_form_sent_twice_has_one_effect(house: House, listed: UUID) -> None:
    reviewed(house, listed)
    again = house.client("karin").post(on_list(house, listed, "beoordelen/"), {"judgement": "agree"})
    assert again.status_code == 409
    ria = house.client("ria")
    codes = [ria.post(on_list(house, listed, "goedkeuren/"), {"typed": NUMBER}).status_code for _ in range(2)]
    assert codes == [303, 409]
    assert Job.objects.filter(kind=acts.DESTROY).count() == 1


def test_an_approver_who_lost_the_right_before_the_day_has_approved_nothing(
    house: House, listed: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(house, listed)
    with organisation(house.id), transaction.atomic():
        Membership.objects.filter(user_id=house.people["ria"].id).delete()
    real, shift = clock.now, removal(house).cooling_until - clock.now() + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: real() + shift)
    with organisation(house.id):
        destruction.destroy(listed)
        with transaction.atomic():
            assert Task.objects.filter(kind="retention.stopped", object_id=listed).exists()
    assert removal(house).state == "stopped"
    assert "niet meer dat recht" in house.client("hanneke").get(on_list(house, listed)).content.decode()


def test_an_approved_one_shows_its_cooling_off_and_can_be_stopped(house: House, listed: UUID) -> None:
    approved(house, listed)
    assert "bewaren/lijst/" in house.client("karin").get(on_list(house, listed)).content.decode()
    assert house.client("karin").post(on_list(house, listed, "stoppen/")).status_code == 303
    assert house.client("karin").post(on_list(house, listed, "stoppen/")).status_code == 409


# ---- Afterwards ----


def test_what_was_destroyed_is_found_nowhere_and_its_certificate_verifies(
    house: House, listed: UUID, closed_one: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    destroyed(house, listed, monkeypatch)
    boss = house.client("hanneke")
    assert house.client("noor").get(keeping(house, closed_one)).status_code == 404
    assert boss.get(keeping(house, closed_one)).status_code == 404
    for address in (house.url("bewaren/"), on_list(house, listed), house.url("bewaren/verklaringen/")):
        answer = boss.get(address)
        assert answer.status_code == 200
        assert NUMBER not in answer.content.decode()
    with organisation(house.id), transaction.atomic():
        row = Certificate.objects.get()
    page = boss.get(house.url(f"bewaren/verklaringen/{row.id}/"))
    assert page.status_code == 200
    assert row.number in page.content.decode()
    (why,) = reasons(page.content.decode())
    assert "Wij bewaren het dossier vijftien jaar" in why[0][0] and all(why), why
    assert house.client("noor").get(house.url(f"bewaren/verklaringen/{row.id}/")).status_code == 403
    assert boss.get(house.url(f"bewaren/verklaringen/{uuid4()}/")).status_code == 404
    assert boss.post(on_list(house, listed, "stoppen/")).status_code == 404


def test_taking_a_certificate_along_is_recorded_and_safe(
    house: House, listed: UUID, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    from retention.certificates import verify

    destroyed(house, listed, monkeypatch)
    with organisation(house.id), transaction.atomic():
        row = Certificate.objects.get()
    answer = house.client("karin").get(house.url(f"bewaren/verklaringen/{row.id}/bestand/"))
    key = Client().get(house.url("bewaren/sleutel.pem"))
    assert verify(answer.content.decode(), key.content.decode()).content["number"] == row.number
    page = house.client("karin").get(house.url(f"bewaren/verklaringen/{row.id}/")).content.decode()
    assert signing.present_id() in page and "Alle organisaties erin tekenen met dezelfde sleutel" in page
    assert Client().get(house.url(f"bewaren/sleutel.pem?id={signing.present_id()}")).content == key.content
    assert Client().get(house.url("bewaren/sleutel.pem?id=x")).status_code == 404
    settings.SIGNING_KEY = base64.b64encode(bytes(range(32))).decode()
    assert (
        "Geen sleutel van deze installatie"
        in house.client("karin").get(house.url(f"bewaren/verklaringen/{row.id}/")).content.decode()
    )
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    with organisation(house.id), transaction.atomic():
        assert AccessEvent.objects.filter(action="export", data="certificate").count() == 1


def test_a_destruction_that_does_not_get_on_is_seen_and_can_be_tried_again(
    house: House, listed: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    approved(house, listed)
    Job.objects.filter(kind=acts.DESTROY).update(failed_at=clock.now(), attempts=8, last_error="OSError")
    with organisation(house.id), transaction.atomic():
        Removal.objects.update(state="shredded")
        Dossier.objects.update(state="frozen")
    ria = house.client("ria")
    assert "OSError" in ria.get(on_list(house, listed)).content.decode()
    with organisation(house.id):
        night.propose_due(house.id)
        with transaction.atomic():
            assert Task.objects.filter(kind="retention.stuck", object_id=listed).count() == 1
    assert ria.post(on_list(house, listed, "opnieuw/")).status_code == 303
    assert Job.objects.get(kind=acts.DESTROY).failed_at is None


def test_the_horizon_counts_end_dates(house: House, closed_one: UUID) -> None:
    dossier(house, "SH-2004-0003", closed_on=date(2015, 1, 1))
    text = house.client("ria").get(house.url("bewaren/vooruitzicht/")).content.decode()
    assert "2025" in text
    assert "2030" in text


def test_the_list_costs_the_same_number_of_queries_however_long_it_is(
    house: House, listed: UUID, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    from retention.lists import removal_list

    with organisation(house.id):
        actor = house.actor("karin")
        with django_assert_max_num_queries(24):
            removal_list(actor, clock.today())
        for index in range(4):
            dossier(house, f"SH-2005-000{index}", closed_on=date(2010, 5, 1))
        night.propose_due(house.id)
        with django_assert_max_num_queries(24):
            found = removal_list(actor, clock.today())
    assert found.to_review == 5


def test_a_long_list_is_read_in_parts_that_join(
    house: House, closed_one: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    from retention import lists

    for index in range(4):
        dossier(house, f"SH-2005-000{index}", closed_on=date(2010, 5, 1))
    monkeypatch.setattr(lists, "PAGE", 2)
    with organisation(house.id):
        night.propose_due(house.id)
        actor, seen, after = house.actor("karin"), [], ""
        while True:
            found = lists.removal_list(actor, clock.today(), after)
            seen += [row.name for row in found.groups[0].rows]
            after = found.next
            if not after:
                break
    assert len(seen) == len(set(seen)) == 5


def test_an_address_with_a_strange_key_begins_at_the_top(house: House, listed: UUID) -> None:
    for key in ("x", "2025-05-01~", "~" + str(uuid4()), "%00", "é" * 300):
        assert house.client("karin").get(house.url("bewaren/"), {"after": key}).status_code in (200, 400)


def test_a_stopped_run_goes_on_when_a_person_says_the_number_is_right(
    house: House, closed_one: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(night, "unlikely", lambda number: True)
    with organisation(house.id):
        night.propose_due(house.id)
        night.propose_due(house.id)
        with transaction.atomic():
            assert not Removal.objects.exists()
            assert Task.objects.filter(kind="retention.unlikely").count() == 1
    karin = house.client("karin")
    assert "bewaren/toch/" in karin.get(house.url("bewaren/")).content.decode()
    assert karin.post(house.url("bewaren/toch/")).status_code == 303
    assert karin.post(house.url("bewaren/toch/")).status_code == 409
    jobs.run_due()
    assert removal(house).state == "proposed"


def test_the_night_calls_for_review_once_and_the_last_review_ends_it(house: House, listed: UUID) -> None:
    with organisation(house.id):
        night.propose_due(house.id)
        with transaction.atomic():
            assert Task.objects.get(kind="retention.review").state == "open"
    reviewed(house, listed)
    with organisation(house.id), transaction.atomic():
        assert Task.objects.get(kind="retention.review").state == "done"


def test_a_reviewed_removal_waits_in_the_inbox_of_others_who_may_approve(house: House, listed: UUID) -> None:
    reviewed(house, listed, by="hanneke")
    assert NUMBER in house.client("ria").get(house.url("goedkeuren/")).content.decode()
    assert NUMBER not in house.client("hanneke").get(house.url("goedkeuren/")).content.decode()
