"""The administrator's pages: who works here, and background work that stopped. Neither tells of any dossier."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from casemgmt.accounts.acts import create_portal_account
from casemgmt.audit import context
from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock, jobs
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import SignInPlace
from tests.retention.places import House, employ, settle

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
OTHERS = ("noor", "hanneke", "ria", "karin", "wim")
STAFF, BACKGROUND = "medewerkers/", "achtergrondwerk/"


@pytest.fixture(autouse=True)
def confirmed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everybody confirmed just now, and whoever signed in for one test is nobody in the next."""
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: True)
    with context.circumstances(context.AuditContext()):
        yield


@pytest.fixture
def house(db: None) -> House:
    made = settle()
    employ(made, "joris", "organisation_administrator", "team Zuid")
    return made


def given_up(house: House, kind: str = "letters.render", error: str = "OSError") -> UUID:
    """A job that was tried eight times in vain."""
    row = Job.objects.create(
        organisation_id=house.id,
        kind=kind,
        subject=uuid4(),
        due_at=clock.now(),
        attempts=jobs.MAX_ATTEMPTS,
        failed_at=clock.now() - timedelta(hours=3),
        last_error=error,
    )
    return UUID(str(row.id))


def events(house: House, **which: Any) -> list[AccessEvent]:
    with organisation(house.id), transaction.atomic():
        return list(AccessEvent.objects.filter(**which))


def member(house: House, name: str, rest: str) -> str:
    return house.url(f"{STAFF}{house.people[name].id}/{rest}/")


# ---- Accounts ----


def test_the_administrator_sees_who_works_here_with_role_and_team(house: House) -> None:
    client_account(house)
    answer = house.client("joris").get(house.url(STAFF))
    page = answer.content.decode()
    assert answer.status_code == 200 and answer.headers["Cache-Control"].startswith("no-store")
    assert page.count('<th scope="row">') == len(house.people), "staff only: a client's account is nobody's colleague"
    assert "Noor Test" in page and "(team Zuid)" in page and "Dit is uw eigen account" in page


def client_account(house: House) -> UUID:
    with organisation(house.id), transaction.atomic():
        user = create_portal_account(until=clock.now() + timedelta(days=14)).user
        SignInPlace.objects.create(user_id=user.id, organisation=house.row)
    return UUID(str(user.id))


def test_a_closed_account_is_out_with_the_next_click_and_opens_again_without_being_signed_in(house: House) -> None:
    joris, noor = house.client("joris"), house.client("noor")
    key = noor.cookies["casemgmt_session"].value
    UserSession.objects.create(user=house.people["noor"], session_key=key, ip="127.0.0.1", user_agent="test")
    assert noor.get(house.url("dossiers/")).status_code == 200
    assert joris.post(member(house, "noor", "sluiten")).status_code == 303
    assert noor.get(house.url("dossiers/")).status_code in (302, 303)
    assert not Session.objects.filter(session_key=key).exists()
    assert "gesloten" in joris.get(house.url(STAFF)).content.decode()
    assert joris.post(member(house, "noor", "openen")).status_code == 303
    assert noor.get(house.url("dossiers/")).status_code in (302, 303), "opening signs nobody in"
    assert house.client("noor").get(house.url("dossiers/")).status_code == 200
    rows = events(house, data="staff-account", object_id=house.people["noor"].id)
    assert sorted((row.ground, row.user_id == house.people["joris"].id) for row in rows) == [
        ("closed", True),
        ("opened", True),
    ]


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_sees_or_closes_accounts_and_trying_is_recorded(house: House, name: str) -> None:
    browser = house.client(name)
    assert browser.get(house.url(STAFF)).status_code == 403
    for rest in ("sluiten", "openen"):
        assert browser.post(member(house, "daan", rest)).status_code == 403
    house.people["daan"].refresh_from_db()
    assert house.people["daan"].is_active
    assert len(events(house, outcome="denied", user_id=house.people[name].id)) == 3


def test_nobody_closes_their_own_account(house: House) -> None:
    assert house.client("joris").post(member(house, "joris", "sluiten")).status_code == 409
    house.people["joris"].refresh_from_db()
    assert house.people["joris"].is_active


def test_an_account_that_opens_another_organisation_is_left_to_the_operator(house: House) -> None:
    other = settle("veilig-thuis-hm")
    SignInPlace.objects.create(user_id=house.people["noor"].id, organisation=other.row)
    joris = house.client("joris")
    page = joris.get(house.url(STAFF)).content.decode()
    assert "Vraag het de technisch beheerder" in page and "Veilig-Thuis" not in page
    assert joris.post(member(house, "noor", "sluiten")).status_code == 409
    house.people["noor"].refresh_from_db()
    assert house.people["noor"].is_active


def test_another_organisations_people_and_clients_are_not_there(house: House) -> None:
    other, client_id = settle("veilig-thuis-hm"), client_account(house)
    joris = house.client("joris")
    for who in (other.people["noor"].id, client_id, uuid4()):
        for rest in ("sluiten", "openen"):
            assert joris.post(house.url(f"{STAFF}{who}/{rest}/")).status_code == 404
    other.people["noor"].refresh_from_db()
    assert other.people["noor"].is_active
    assert joris.get(other.url(STAFF)).status_code in (403, 404)


def test_closing_twice_and_opening_what_is_open_change_nothing(house: House) -> None:
    joris = house.client("joris")
    assert joris.post(member(house, "noor", "openen")).status_code == 409
    joris.post(member(house, "noor", "sluiten"))
    assert joris.post(member(house, "noor", "sluiten")).status_code == 409
    assert joris.get(member(house, "noor", "sluiten")).status_code == 405
    assert sorted(event.outcome for event in events(house, data="staff-account")) == ["denied", "denied", "done"]


def test_accounts_are_closed_only_by_who_just_confirmed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: False)
    answer = house.client("joris").post(member(house, "noor", "sluiten"))
    assert answer.status_code == 422 and 'name="confirm-password"' in answer.content.decode()
    house.people["noor"].refresh_from_db()
    assert house.people["noor"].is_active


# ---- Background work ----


def test_work_that_stopped_is_named_in_plain_words_and_says_nothing_of_anybody(house: House) -> None:
    given_up(house)
    given_up(house, "work.remind", jobs.KILLED)
    given_up(house, "policy.simulate", "KeyError")
    going = Job.objects.create(organisation_id=house.id, kind="policy.begins", subject=uuid4(), due_at=clock.now())
    page = house.client("joris").get(house.url(BACKGROUND)).content.decode()
    for words in ("Brieven afdrukken", "gaf geen antwoord", "viel de worker uit", "(KeyError)"):
        assert words in page
    assert "Nieuwe regels laten ingaan" not in page, "what still goes on by itself has not stopped"
    for subject in (*Job.objects.values_list("subject", flat=True), going.subject):
        assert str(subject) not in page


def test_the_administrator_lets_it_be_tried_again(house: House) -> None:
    job_id = given_up(house)
    joris = house.client("joris")
    assert joris.post(house.url(f"{BACKGROUND}{job_id}/opnieuw/")).status_code == 303
    row = Job.objects.get(id=job_id)
    assert (row.failed_at, row.attempts, row.last_error) == (None, 0, "")
    (event,) = events(house, data="background-work", object_id=job_id)
    assert event.user_id == house.people["joris"].id and event.dossier_id is None
    assert joris.post(house.url(f"{BACKGROUND}{job_id}/opnieuw/")).status_code == 409
    assert joris.get(house.url(f"{BACKGROUND}{job_id}/opnieuw/")).status_code == 405


def test_a_destruction_is_not_for_an_administrator_to_start(house: House) -> None:
    job_id = given_up(house, "retention.destroy")
    joris = house.client("joris")
    page = joris.get(house.url(BACKGROUND)).content.decode()
    assert "Wie de vernietigingslijst behandelt" in page and "opnieuw/" not in page
    assert joris.post(house.url(f"{BACKGROUND}{job_id}/opnieuw/")).status_code == 409
    assert Job.objects.get(id=job_id).failed_at is not None


@pytest.mark.parametrize("name", OTHERS)
def test_nobody_else_sees_or_starts_it_and_trying_is_recorded(house: House, name: str) -> None:
    job_id, browser = given_up(house), house.client(name)
    assert browser.get(house.url(BACKGROUND)).status_code == 403
    assert browser.post(house.url(f"{BACKGROUND}{job_id}/opnieuw/")).status_code == 403
    assert Job.objects.get(id=job_id).failed_at is not None
    assert len(events(house, outcome="denied", user_id=house.people[name].id)) == 2


def test_another_organisations_work_is_not_there(house: House) -> None:
    job_id = given_up(settle("veilig-thuis-hm"))
    joris = house.client("joris")
    assert "Alles loopt" in joris.get(house.url(BACKGROUND)).content.decode()
    for which in (job_id, uuid4()):
        assert joris.post(house.url(f"{BACKGROUND}{which}/opnieuw/")).status_code == 404
    assert Job.objects.get(id=job_id).failed_at is not None


def test_every_kind_of_work_has_a_name_that_people_use() -> None:
    nameless = {kind for kind, _ in jobs.handlers if kind not in jobs.names and not kind.startswith("test.")}
    assert nameless == set()
