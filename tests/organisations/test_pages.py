"""The pages of those who manage users: who may, what they tell, and that they ask no more for more people."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from casemgmt.accounts.models import User
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Membership, SignInPlace, Unit
from casemgmt.work import members
from tests.organisations.conftest import HASH, LONG_AGO, House

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
PAGES = ("", "rol/", "tweede-stap/")


def asked(**more: str) -> dict[str, str]:
    return {"name": "Wim Bos", "email": "wim@example.org", "role": "caseworker", "ends_on": "", **more}


def test_the_administrator_opens_every_page(house: House) -> None:
    joris = house.client("joris")
    role = f"rol/{house.membership('noor')}/einde/"
    unit = house.units["team Zuid"]
    addresses = [house.person("noor", rest) for rest in (*PAGES, role)]
    for address in (*addresses, *map(house.url, ("medewerkers/uitnodigen/", "teams/", f"teams/{unit}/"))):
        answer = joris.get(address)
        assert answer.status_code == 200, address
        assert answer["Cache-Control"].startswith("no-store")


def test_others_open_none_of_them_and_each_try_leaves_one_row(house: House) -> None:
    noor = house.client("noor")
    addresses = [house.person("joris", rest) for rest in PAGES]
    addresses += [house.url(rest) for rest in ("medewerkers/uitnodigen/", "teams/", f"teams/{uuid4()}/")]
    for address in addresses:
        answer = noor.get(address)
        assert answer.status_code == 403 and "Joris Test" not in answer.content.decode()
    rows = house.events(outcome="denied")
    assert len(rows) == len(addresses) and all(ground == "role" for _action, _data, ground, _outcome in rows)
    assert "teams/" not in noor.get(house.url("dossiers/")).content.decode(), "the menu shows it to those who may"


def test_people_and_teams_of_elsewhere_are_not_there(house: House, elsewhere: House) -> None:
    joris, truus = house.client("joris"), elsewhere.people["truus"].id
    theirs = elsewhere.units["team Zuid"]
    for user_id, unit_id in ((truus, theirs), (uuid4(), uuid4())):
        for rest in PAGES:
            assert joris.get(house.url(f"medewerkers/{user_id}/{rest}")).status_code == 404
        assert joris.post(house.url(f"medewerkers/{user_id}/uitnodiging/")).status_code == 404
        assert joris.post(house.url(f"teams/{unit_id}/"), {"name": "team Gekaapt"}).status_code == 404
    role = f"rol/{elsewhere.membership('truus')}/einde/"
    assert joris.post(house.person("noor", role), {"when": "now"}).status_code == 404
    assert elsewhere.actor("truus").roles == ("caseworker",)


def test_inviting_on_the_page_keeps_what_was_typed_and_then_shows_the_colleague(house: House) -> None:
    joris, at = house.client("joris"), house.url("medewerkers/uitnodigen/")
    today = "2026-11-22"
    wrong = joris.post(at, asked(unit="", starts_on="2020-01-01"))
    assert wrong.status_code == 422 and "Wim Bos" in wrong.content.decode() and "verleden" in wrong.content.decode()
    unit = str(house.units["team Noord"])
    done = joris.post(at, asked(unit=unit, starts_on="2199-01-01"))
    page = joris.get(done["Location"]).content.decode()
    assert done.status_code == 303 and "Uitgenodigd, nog niet binnen" in page and "nog niet begonnen" in page
    assert "Wim Bos" in joris.get(house.url("medewerkers/")).content.decode()
    again = joris.post(at, asked(email=str(house.people["noor"].email), unit=unit, starts_on="2199-01-01"))
    assert again.status_code == 422 and "werkt hier al" in again.content.decode(), today


def test_a_role_is_given_and_ended_on_the_page(house: House) -> None:
    joris, unit = house.client("joris"), str(house.units["team Noord"])
    given = {"role": "manager", "unit": unit, "starts_on": "2199-01-01", "ends_on": "2199-12-31"}
    assert joris.post(house.person("noor", "rol/"), given).status_code == 303
    assert "clustermanager" in joris.get(house.person("noor")).content.decode()
    end = house.person("noor", f"rol/{house_role(house, 'manager')}/einde/")
    assert joris.post(end, {"when": ""}).status_code == 422
    assert joris.post(end, {"when": "on", "last_day": "2020-01-01"}).status_code == 422
    assert joris.post(end, {"when": "now"}).status_code == 303
    assert joris.get(end).status_code == 404


def house_role(house: House, role: str) -> Any:
    with organisation(house.id), transaction.atomic():
        return Membership.objects.get(user_id=house.people["noor"].id, role=role).id


def test_nobody_is_locked_out_by_a_post_without_a_word(house: House) -> None:
    joris = house.client("joris")
    assert joris.post(house.person("noor", "tweede-stap/"), {"loss": "lost"}).status_code == 422
    assert User.objects.get(id=house.people["noor"].id).has_usable_password()
    assert joris.post(house.person("noor", "tweede-stap/"), {"loss": "lost", "sure": "on"}).status_code == 303
    assert not User.objects.get(id=house.people["noor"].id).has_usable_password()


def test_ones_own_account_is_changed_by_a_colleague(house: House) -> None:
    joris = house.client("joris")
    assert "Dit is uw eigen account" in joris.get(house.person("joris")).content.decode()
    unit = str(house.units["team Noord"])
    given = {"role": "director", "unit": unit, "starts_on": "2199-01-01"}
    assert joris.post(house.person("joris", "rol/"), given).status_code == 403
    assert joris.post(house.person("joris", "tweede-stap/"), {"loss": "lost", "sure": "on"}).status_code == 403
    assert [row[2] for row in house.events(outcome="denied")] == ["not-allowed"] * 2


def test_teams_are_added_named_and_closed_on_their_pages(house: House) -> None:
    joris = house.client("joris")
    assert joris.post(house.url("teams/"), {"name": "team Oost"}).status_code == 303
    assert joris.post(house.url("teams/"), {"name": "team Oost"}).status_code == 422
    with organisation(house.id), transaction.atomic():
        made = Unit.objects.get(name="team Oost").id
    assert joris.post(house.url(f"teams/{made}/"), {"name": "team West"}).status_code == 303
    assert joris.post(house.url(f"teams/{made}/sluiten/"), {}).status_code == 422
    assert joris.post(house.url(f"teams/{made}/sluiten/"), {"sure": "on"}).status_code == 303
    assert "gesloten" in joris.get(house.url("teams/")).content.decode()
    busy = house.url(f"teams/{house.units['team Zuid']}/sluiten/")
    assert "werken nog mensen" in joris.post(busy, {"sure": "on"}).content.decode()


def test_who_forgot_the_tick_is_told_so_before_a_password_is_asked(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: False)
    joris, busy = house.client("joris"), house.url(f"teams/{house.units['team Zuid']}/sluiten/")
    forgot, asked = joris.post(busy, {}), joris.post(busy, {"sure": "on"})
    assert (forgot.status_code, asked.status_code) == (422, 422)
    assert "confirm-password" not in forgot.content.decode() and 'name="sure"' in forgot.content.decode()
    assert 'name="confirm-password"' in asked.content.decode()


def crowd(house: House, count: int) -> None:
    for number in range(count):
        user = User(kind="staff", email=f"n{number:03}@example.org", name=f"Naam {number:03}", username=uuid4().hex)
        user.password = HASH
        user.save()
        SignInPlace.objects.create(user_id=user.id, organisation=house.row)
        with organisation(house.id), transaction.atomic():
            Membership.objects.create(
                user_id=user.id, unit_id=house.units["team Zuid"], role="caseworker", starts_on=LONG_AGO
            )


def test_the_list_goes_on_where_it_stopped_and_asks_no_more_for_more_people(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(members, "AT_ONCE", 10)
    joris, at = house.client("joris"), house.url("medewerkers/")
    joris.get(at)
    with CaptureQueriesContext(connection) as few:
        joris.get(at)
    crowd(house, 25)
    with CaptureQueriesContext(connection) as many:
        joris.get(at)
    assert len(many) == len(few)
    names, after = [], None
    with organisation(house.id):
        while True:
            found = members.members(house.actor("joris"), LONG_AGO, after)
            names += [one.name for one in found.people]
            after = found.next
            if after is None:
                break
    assert names == sorted(names) and len(names) == len(set(names)) == 28
    assert joris.get(at + "?after=niets").status_code == 200
    assert joris.get(f"{at}?after={uuid4()}").status_code == 200


def test_the_pages_tell_nothing_of_clients(house: House) -> None:
    """They ask no table of dossiers at all."""
    joris = house.client("joris")
    with CaptureQueriesContext(connection) as queries:
        for address in (house.url("medewerkers/"), house.person("noor"), house.url("teams/")):
            joris.get(address)
    assert not [query["sql"] for query in queries if "dossiers_" in query["sql"]]
