"""Sessions, confirming and tries go by the house rules that the organisation published, from the next request on."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from casemgmt.accounts import acts as accounts
from casemgmt.accounts import house as house_rules
from casemgmt.accounts import limits
from casemgmt.accounts.confirm import PORTAL_CONFIRMED, confirmed
from casemgmt.accounts.confirmations import forget_old
from casemgmt.accounts.house import LOOSEST, SignInRules
from casemgmt.accounts.models import User
from casemgmt.accounts.second_factor import PORTAL_FLAG
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation, SignInPlace
from casemgmt.policy import acts
from casemgmt.policy.loader import newest_shipped, with_value
from casemgmt.policy.shipped import load_first

from .conftest import NOW, TODAY, Place, employ, in_force, row, worked_through

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
SECOND, MINUTE, HOUR = 1, 60, 3600
HERE = {
    "staff_idle_minutes": 10, "staff_session_hours": 6, "portal_idle_minutes": 7, "portal_session_hours": 1,
    "confirm_again_minutes": 2, "sign_in_account": 2, "sign_in_address": 9,
}  # fmt: skip
THERE = {
    "staff_idle_minutes": 25, "staff_session_hours": 9, "portal_idle_minutes": 18, "portal_session_hours": 3,
    "confirm_again_minutes": 8, "sign_in_account": 4, "sign_in_address": 15,
}  # fmt: skip
CHOSEN = {"sterk-huis": HERE, "gebiedsteam-opsterland": THERE}
BOUNDARY = [(-SECOND, True), (0, True), (SECOND, False)]


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One moment for all, and no count of an earlier test."""
    monkeypatch.setattr("casemgmt.base.clock.now", lambda: NOW)
    cache.clear()
    yield
    cache.clear()


def founded(slug: str, chosen: dict[str, int]) -> Place:
    """An organisation whose first version has these house rules, with Joris who administers it."""
    place = Place(Organisation.objects.create(slug=slug, name=slug.title(), kind="test", abbreviation="T"))
    profile = newest_shipped(slug)
    for name, value in chosen.items():
        profile = with_value(profile, f"house_rules.{name}", value)
    with organisation(place.id):
        load_first(profile=profile, source="gekozen.toml", at=NOW)
    employ(place, "joris", "organisation_administrator")
    return place


def publish(place: Place, chosen: dict[str, int]) -> None:
    """Joris drafts and submits, Hanneke publishes; it holds from today."""
    employ(place, "hanneke", "director")
    with organisation(place.id):
        draft = acts.start_draft(based_on=in_force(), by=place.actor("joris"), at=NOW)
        values = {f"house_rules.{name}": value for name, value in chosen.items()}
        acts.change_values(version_id=draft, values=values, by=place.actor("joris"), at=NOW)
        worked_through(place, draft)
        acts.submit(version_id=draft, from_date=TODAY, why="Strenger.", by=place.actor("joris"), at=NOW)
        acts.publish(version_id=draft, confirm=str(row(draft).number), by=place.actor("hanneke"), at=NOW)


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    """Two organisations that chose differently."""
    return {slug: founded(slug, chosen) for slug, chosen in CHOSEN.items()}


def at_door(place: Place) -> Client:
    """A client of the organisation in its portal, with both factors shown."""
    with organisation(place.id):
        user = accounts.create_portal_account(until=NOW + timedelta(days=14)).user
    User.objects.filter(id=user.id).update(is_active=True)
    SignInPlace.objects.create(user_id=user.id, organisation=place.row)
    client = Client(raise_request_exception=False)
    client.force_login(user, backend=BACKEND)
    client.cookies["casemgmt_portal"] = client.cookies["casemgmt_session"].value
    keep(client, **{PORTAL_FLAG: True})
    return client


def keep(client: Client, **values: Any) -> None:
    """Write in the session of a visitor."""
    session = client.session
    session.update(values)
    session.save()


def goes_on(client: Client, url: str, *, idle: int = 0, lasted: int = 0) -> bool:
    """Whether somebody who last did something so many seconds ago, and came in so long ago, is still in."""
    moment = NOW.timestamp()
    keep(client, seen_at=moment - idle, started_at=moment - max(idle, lasted))
    answer = client.get(url)
    return not (answer.status_code == 302 and "inloggen/?next=" in answer["Location"])


@pytest.mark.parametrize(("over", "stays"), BOUNDARY)
@pytest.mark.parametrize("slug", CHOSEN)
def test_staff_who_do_nothing_go_out_after_the_minutes_of_their_own_organisation(
    places: dict[str, Place], slug: str, over: int, stays: bool
) -> None:
    place, minutes = places[slug], CHOSEN[slug]["staff_idle_minutes"]
    assert goes_on(place.client("joris"), place.url(), idle=minutes * MINUTE + over) is stays


@pytest.mark.parametrize(("over", "stays"), BOUNDARY)
@pytest.mark.parametrize("slug", CHOSEN)
def test_staff_sign_in_again_after_the_hours_of_their_own_organisation(
    places: dict[str, Place], slug: str, over: int, stays: bool
) -> None:
    place, hours = places[slug], CHOSEN[slug]["staff_session_hours"]
    assert goes_on(place.client("joris"), place.url(), lasted=hours * HOUR + over) is stays


@pytest.mark.parametrize(("over", "stays"), BOUNDARY)
@pytest.mark.parametrize("slug", CHOSEN)
def test_in_the_portal_the_minutes_and_hours_of_the_organisation_count_too(
    places: dict[str, Place], slug: str, over: int, stays: bool
) -> None:
    chosen, url = CHOSEN[slug], f"/mijn/{slug}/bevestigen/"
    client = at_door(places[slug])
    assert goes_on(client, url)
    assert goes_on(client, url, idle=chosen["portal_idle_minutes"] * MINUTE + over) is stays
    assert goes_on(at_door(places[slug]), url, lasted=chosen["portal_session_hours"] * HOUR + over) is stays


def test_a_published_change_counts_from_the_next_request(places: dict[str, Place]) -> None:
    place = places["gebiedsteam-opsterland"]
    client = place.client("joris")
    assert goes_on(client, place.url(), idle=20 * MINUTE)
    publish(place, {"staff_idle_minutes": 19})
    assert not goes_on(client, place.url(), idle=20 * MINUTE)


def test_who_works_at_both_has_the_strictest_where_neither_is_meant(places: dict[str, Place]) -> None:
    here, there = places.values()
    own, twelve = "/inloggen/sessies/", 12 * MINUTE
    assert goes_on(there.client("joris"), own, idle=twelve)
    assert not goes_on(here.client("joris"), own, idle=twelve)
    SignInPlace.objects.create(user_id=there.people["joris"].id, organisation=here.row)
    assert not goes_on(there.client("joris"), own, idle=twelve)
    assert goes_on(there.client("joris"), there.url(), idle=twelve)


@pytest.mark.parametrize("page", ["regels/", "reglement/"])
def test_a_visit_where_more_is_allowed_brings_back_no_session_that_was_over_here(
    places: dict[str, Place], page: str
) -> None:
    here, there = places.values()
    SignInPlace.objects.create(user_id=here.people["joris"].id, organisation=there.row)
    client = here.client("joris")
    assert goes_on(client, here.url())
    keep(client, seen_at=NOW.timestamp() - 12 * MINUTE)
    assert client.get(f"/o/{there.row.slug}/{page}").status_code in (200, 403)
    assert client.session["seen_at"] == NOW.timestamp()
    assert client.get(here.url()).status_code == 302


def test_a_session_that_is_over_is_not_kept_alive_by_asking(places: dict[str, Place]) -> None:
    place = places["sterk-huis"]
    client = place.client("joris")
    assert not goes_on(client, place.url(), idle=11 * MINUTE)
    assert client.get(place.url()).status_code == 302
    assert "_auth_user_id" not in client.session


def test_the_rules_of_a_session_cost_a_page_no_question_of_its_own(
    places: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = places["sterk-huis"]
    client = place.client("joris")
    client.get(place.url())
    asked_for = []
    for here in (house_rules._here, [SignInRules]):  # as it is, and with rules that no database was asked for
        monkeypatch.setattr(house_rules, "_here", here)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(place.url("onderdeel/house_rules/")).status_code == 200
        asked_for.append([re.findall(r'(?:FROM|INTO|UPDATE) "(\w+)"', one["sql"]) for one in seen.captured_queries])
    assert asked_for[0] == asked_for[1] != []


def test_an_address_that_is_no_page_keeps_no_session_alive(places: dict[str, Place]) -> None:
    place = places["sterk-huis"]
    client = place.client("joris")
    assert client.get(place.url()).status_code == 200
    keep(client, seen_at=NOW.timestamp() - 9 * MINUTE)
    assert client.get("/bestaat-niet/").status_code == 404
    assert client.session["seen_at"] == NOW.timestamp() - 9 * MINUTE


def asked(place: Place, client: Client, user: User) -> Any:
    """A request with somebody's session."""
    request: Any = RequestFactory().get(place.url())
    request.session, request.user = client.session, user
    return request


@pytest.mark.parametrize(("over", "holds"), [(-SECOND, True), (0, False), (SECOND, False)])
@pytest.mark.parametrize("slug", CHOSEN)
def test_confirming_holds_for_the_minutes_of_the_organisation(
    places: dict[str, Place], monkeypatch: pytest.MonkeyPatch, slug: str, over: int, holds: bool
) -> None:
    place, moment = places[slug], time.time()
    monkeypatch.setattr(time, "time", lambda: moment)
    at = CHOSEN[slug]["confirm_again_minutes"] * MINUTE + over
    staff, client = place.client("joris"), at_door(place)
    user = place.people["joris"]
    records = [{"method": "password", "at": moment - at, "reauthenticated": True}]
    keep(staff, account_authentication_methods=records, account_authentication_methods_user=str(user.pk))
    keep(client, **{PORTAL_CONFIRMED: NOW.timestamp() - at})
    with organisation(place.id):
        assert confirmed(asked(place, staff, user)) is holds
        assert confirmed(asked(place, client, User.objects.get(id=client.session["_auth_user_id"]))) is holds
    request = asked(place, staff, user)
    forget_old(request)  # what allauth's own pages look at, which belong to no organisation
    assert request.session["account_authentication_methods"][0]["reauthenticated"] is holds


def tries(name: str, inside: AbstractContextManager[Any]) -> int:
    """How many tries are let through, at an address of its own, before somebody waits."""
    with inside:
        for number in range(30):
            try:
                limits.attempt(name, f"address of {name}")
            except limits.TooOften:
                return number
    return 30


def test_tries_are_counted_by_the_organisation_of_the_door_and_before_that_by_the_strictest(
    places: dict[str, Place],
) -> None:
    here, there = places.values()
    assert tries("aan de deur van Opsterland", organisation(there.id)) == THERE["sign_in_account"]
    assert tries("aan de deur van Sterk Huis", organisation(here.id)) == HERE["sign_in_account"]
    assert tries("aan de deur van allen", nullcontext()) == HERE["sign_in_account"]


@pytest.mark.parametrize("slug", CHOSEN)
def test_one_address_has_as_many_tries_as_the_organisation_lets_it(places: dict[str, Place], slug: str) -> None:
    passed = 0
    with organisation(places[slug].id):
        for number in range(30):
            try:
                limits.attempt(f"naam{number}", "10.0.0.9")
            except limits.TooOften:
                break
            passed += 1
    assert passed == CHOSEN[slug]["sign_in_address"]


def test_the_door_of_all_knows_a_stricter_rule_at_once(places: dict[str, Place]) -> None:
    there = places["gebiedsteam-opsterland"]
    assert tries("eerst", nullcontext()) == HERE["sign_in_account"]
    publish(there, {"sign_in_account": 1})
    assert tries("daarna", nullcontext()) == 1


def test_the_portal_door_says_to_wait_after_the_tries_of_its_organisation(places: dict[str, Place]) -> None:
    client, typed = Client(), {"name": "maan-vis-1234", "password": "iets heel anders"}
    told = [client.post("/mijn/sterk-huis/inloggen/", typed).content.decode() for _ in range(3)]
    assert ["niet op slot" in page for page in told] == [False, False, True]


def test_no_version_is_looser_than_the_house_rules_allow(
    places: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = SignInRules(600, 600, 600, 600, 600, 600, 600)
    monkeypatch.setattr(house_rules, "_here", [lambda: endless])
    with organisation(places["sterk-huis"].id):
        assert house_rules.rules_at_the_door() == LOOSEST == SignInRules(30, 12, 30, 12, 15, 5, 20)


def test_an_organisation_without_a_regulation_has_the_defaults(places: dict[str, Place]) -> None:
    empty = Organisation.objects.create(slug="leeg", name="Leeg", kind="test", abbreviation="L")
    with organisation(empty.id):
        assert house_rules.rules_at_the_door() == SignInRules(20, 12, 15, 2, 5, 5, 20)
