"""Clients come in with a letter the first time, and with password and code after that."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client

from casemgmt.accounts import acts
from casemgmt.accounts.confirm import PORTAL_CONFIRMED
from casemgmt.accounts.models import PortalInvitation
from casemgmt.audit.models import PlatformEvent
from casemgmt.base import clock
from casemgmt.base.errors import Conflict
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation
from tests.accounts.conftest import PASSWORD, totp

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

LETTER, FIRST_PASSWORD, APP = (f"/mijn/huis/inloggen/{page}/" for page in ("brief", "wachtwoord", "app"))
IN, CODE, CODES = "/mijn/huis/inloggen/", "/mijn/huis/inloggen/code/", "/mijn/huis/inloggen/herstelcodes/"
# Leads on whoever is in and confirmed, and to the door whoever is not.
ASKS = "/mijn/huis/bevestigen/?next=/mijn/huis/x/"


def test_the_whole_first_time_with_a_letter(client, invited):
    typed = invited.code.lower().replace("-", " ")
    assert client.post(LETTER, {"name": invited.signin_name, "code": typed})["Location"] == FIRST_PASSWORD
    assert invited.signin_name in client.get(FIRST_PASSWORD).content.decode()
    assert client.post(FIRST_PASSWORD, {"password": "kort", "again": "kort"}).status_code == 422
    assert client.post(FIRST_PASSWORD, {"password": PASSWORD, "again": PASSWORD + "x"}).status_code == 422
    assert client.post(FIRST_PASSWORD, {"password": PASSWORD, "again": PASSWORD})["Location"] == APP
    page = client.get(APP).content.decode()
    secret = page.split('data-testid="totp-secret">')[1].split("<")[0]
    assert client.post(APP, {"code": "000000"}).status_code == 422
    assert secret in client.get(APP).content.decode()
    key = client.cookies["casemgmt_portal"].value
    assert client.post(APP, {"code": totp(secret)})["Location"] == CODES
    assert client.cookies["casemgmt_portal"].value != key
    assert client.get(CODES).content.decode().count("<li><code>") == 10
    assert client.get(CODES)["Location"] == "/mijn/huis/"
    assert Client().post(LETTER, {"name": invited.signin_name, "code": invited.code}).status_code == 422
    assert ("invitation-accepted", "done") in PlatformEvent.objects.values_list("data", "outcome")


def test_stopping_halfway_leaves_the_letter_usable(client, invited):
    client.post(LETTER, {"name": invited.signin_name, "code": invited.code})
    client.post(FIRST_PASSWORD, {"password": PASSWORD, "again": PASSWORD})
    other = Client()
    assert other.post(LETTER, {"name": invited.signin_name, "code": invited.code}).status_code == 303
    invited.user.refresh_from_db()
    assert not invited.user.has_usable_password() and not Authenticator.objects.exists()


def test_no_step_can_be_skipped(client, invited):
    for page in (FIRST_PASSWORD, APP):
        assert client.get(page)["Location"] == LETTER
    client.post(LETTER, {"name": invited.signin_name, "code": invited.code})
    assert client.get(APP)["Location"] == LETTER
    assert client.get(CODES)["Location"].startswith(IN + "?next=")


def test_a_letter_ends_at_its_moment(client, invited):
    PortalInvitation.objects.update(expires_at=clock.now() + timedelta(seconds=30))
    assert client.post(LETTER, {"name": invited.signin_name, "code": invited.code}).status_code == 303
    PortalInvitation.objects.update(expires_at=clock.now())
    assert Client().post(LETTER, {"name": invited.signin_name, "code": invited.code}).status_code == 422


def test_the_code_of_a_letter_is_not_kept(invited):
    kept = PortalInvitation.objects.get(user_id=invited.user.id)
    assert invited.code.replace("-", "") not in kept.code_hash and len(kept.code_hash) == 64


def test_a_letter_of_another_organisation_opens_nothing(client, invited):
    Organisation.objects.create(slug="elders", name="Elders", kind="test", abbreviation="EL")
    answer = client.post("/mijn/elders/inloggen/brief/", {"name": invited.signin_name, "code": invited.code})
    assert answer.status_code == 422


@pytest.fixture
def new_letter(portal, place):
    """Staff sends a new letter to somebody who was in before; called, it gives the code."""

    def renew() -> str:
        with organisation(place.id):
            return acts.renew_invitation(user_id=portal.user.id, until=clock.now() + timedelta(days=14))

    return renew


def test_a_new_letter_ends_all_that_was_there_before_anybody_types_its_code(client, portal, new_letter):
    """Whoever has the lost phone and knows the password is not in for as long as the letter is on its way."""
    portal.sign_in(client)
    halfway = Client()
    assert halfway.post(IN, {"name": portal.name, "password": PASSWORD})["Location"] == CODE
    assert client.get(ASKS)["Location"] == "/mijn/huis/x/"
    new_letter()
    assert client.get(ASKS)["Location"].startswith(IN + "?next="), "a running session is out with the next click"
    assert not UserSession.objects.exists() and not Session.objects.filter(session_key=key_of(client)).exists()
    for typed in (totp(portal.secret), portal.codes[0]):
        assert halfway.post(CODE, {"code": typed}).status_code == 422
    assert Client().post(IN, {"name": portal.name, "password": PASSWORD}).status_code == 422
    portal.user.refresh_from_db()
    assert portal.user.is_active and not portal.user.has_usable_password() and not Authenticator.objects.exists()


def test_a_new_letter_that_is_accepted_gives_a_password_and_an_app_of_its_own(portal, new_letter):
    fresh, own = Client(), "heel andere losse woorden"
    assert fresh.post(LETTER, {"name": portal.name, "code": new_letter()}).status_code == 303
    fresh.post(FIRST_PASSWORD, {"password": own, "again": own})
    secret = fresh.get(APP).content.decode().split('data-testid="totp-secret">')[1].split("<")[0]
    assert fresh.post(APP, {"code": totp(secret)})["Location"] == CODES
    assert fresh.get(ASKS)["Location"] == "/mijn/huis/x/"
    assert Authenticator.objects.filter(user=portal.user).count() == 2
    later = Client()
    assert later.post(IN, {"name": portal.name, "password": PASSWORD}).status_code == 422
    assert later.post(IN, {"name": portal.name, "password": own})["Location"] == CODE
    assert later.post(CODE, {"code": portal.codes[0]}).status_code == 422


def test_a_visit_that_began_with_an_old_letter_does_not_end_with_the_new_one(client, invited, place):
    """Typed before the new letter was made, the old code must not choose the password a quarter of an hour after."""
    old = PortalInvitation.objects.get(user_id=invited.user.id)
    client.post(LETTER, {"name": invited.signin_name, "code": invited.code})
    client.post(FIRST_PASSWORD, {"password": PASSWORD, "again": PASSWORD})
    secret = client.get(APP).content.decode().split('data-testid="totp-secret">')[1].split("<")[0]
    with organisation(place.id):
        code = acts.renew_invitation(user_id=invited.user.id, until=clock.now() + timedelta(days=14))
    assert client.post(APP, {"code": totp(secret)})["Location"] == LETTER
    with pytest.raises(Conflict):
        acts.accept_invitation(invitation_id=old.id, password_hash="x", totp_secret=secret, at=clock.now())
    assert Client().post(LETTER, {"name": invited.signin_name, "code": invited.code}).status_code == 422
    assert Client().post(LETTER, {"name": invited.signin_name, "code": code}).status_code == 303
    assert not Authenticator.objects.exists()


def test_signing_in_later(client, portal):
    first = client.post(IN, {"name": portal.name.upper(), "password": PASSWORD})
    assert (first.status_code, first["Location"]) == (303, CODE)
    key = client.cookies["casemgmt_portal"].value
    second = client.post(CODE, {"code": totp(portal.secret)})
    assert second["Location"] == "/mijn/huis/"
    assert client.cookies["casemgmt_portal"].value != key
    assert "casemgmt_session" not in client.cookies
    assert client.cookies["casemgmt_portal"]["path"] == "/mijn/"


@pytest.mark.parametrize("wanted", ["/mijn/huis/a%0d%0aX:y", "/mijn/huis/a%09b", "/mijn/huis/a%ED%A0%80b"])
def test_a_next_that_is_no_address_costs_nobody_their_code(client, portal, wanted):
    address = f"{IN}?next={wanted}"
    assert client.post(address, {"name": portal.name, "password": PASSWORD})["Location"] == CODE
    inside = client.post(CODE, {"code": totp(portal.secret)})
    assert (inside.status_code, inside["Location"]) == (303, "/mijn/huis/")
    assert client.get(ASKS)["Location"] == "/mijn/huis/x/"
    assert client.get(f"/mijn/huis/bevestigen/?next={wanted}")["Location"] == "/mijn/huis/"


def test_a_next_with_an_accent_leads_there(client, portal):
    client.post(f"{IN}?next=/mijn/huis/?q=Zo%C3%AB", {"name": portal.name, "password": PASSWORD})
    assert client.post(CODE, {"code": totp(portal.secret)})["Location"] == "/mijn/huis/?q=Zo%C3%AB"


def test_a_recovery_code_lets_in_once(portal):
    for expected in (303, 422):
        browser = Client()
        browser.post(IN, {"name": portal.name, "password": PASSWORD})
        assert browser.post(CODE, {"code": portal.codes[0]}).status_code == expected


def test_a_code_of_the_app_lets_in_once(portal):
    code = totp(portal.secret)
    for expected in (303, 422):
        browser = Client()
        browser.post(IN, {"name": portal.name, "password": PASSWORD})
        assert browser.post(CODE, {"code": code}).status_code == expected


def test_name_and_password_alone_open_nothing(client, portal):
    client.post(IN, {"name": portal.name, "password": PASSWORD})
    assert client.get("/mijn/huis/bevestigen/")["Location"].startswith(IN + "?next=")


@pytest.mark.parametrize("door", ["staff", "portal"])
def test_whoever_was_signed_out_reads_so_at_the_door_and_a_stranger_does_not(client, staff, portal, door):
    person, page = (staff, "/inloggen/sessies/") if door == "staff" else (portal, ASKS)
    assert "sessie=" not in client.get(page)["Location"]
    person.sign_in(client)
    Session.objects.all().delete()
    there = client.get(page)["Location"]
    assert there.startswith("/inloggen/?next=" if door == "staff" else IN + "?next=")
    assert "U bent uitgelogd" in client.get(there).content.decode()
    assert "sessie=" not in client.get(page)["Location"], "said once, not for ever after"


def test_whoever_went_out_is_not_told_that_they_were_sent_out(client, portal):
    portal.sign_in(client)
    client.post("/mijn/huis/uitloggen/")
    assert "sessie=" not in client.get(ASKS)["Location"]


def test_unknown_closed_and_wrong_get_the_same_answer(portal):
    import re

    def answer(name: str, password: str) -> str:
        got = Client().post(IN, {"name": name, "password": password})
        return f"{got.status_code}" + re.sub(r'value="[^"]*"', "", got.content.decode())

    wrong = answer(portal.name, "iets heel anders hier")
    assert answer("peer-peer-1000", PASSWORD) == wrong
    acts.disable_account(user_id=portal.user.id)
    assert answer(portal.name, PASSWORD) == wrong
    assert set(PlatformEvent.objects.values_list("data", "user_id")) == {("sign-in-failed", None)}


def test_an_unknown_name_costs_a_hash_too(client, portal, monkeypatch):
    from django.contrib.auth.hashers import Argon2PasswordHasher

    spent = []
    for act in ("encode", "verify"):
        real = getattr(Argon2PasswordHasher, act)
        monkeypatch.setattr(Argon2PasswordHasher, act, lambda *a, real=real, **k: spent.append(1) or real(*a, **k))
    client.post(IN, {"name": "peer-peer-1000", "password": PASSWORD})
    assert len(spent) == 1


def test_a_staff_session_never_works_in_the_portal_and_the_other_way_round(client, staff, portal):
    staff.sign_in(client)
    client.cookies["casemgmt_portal"] = client.cookies["casemgmt_session"].value
    assert client.get("/mijn/huis/bevestigen/")["Location"].startswith(IN)
    visitor = Client()
    portal.sign_in(visitor)
    visitor.cookies["casemgmt_session"] = visitor.cookies["casemgmt_portal"].value
    assert visitor.get("/inloggen/sessies/")["Location"].startswith("/inloggen/?next=")


def test_staff_cannot_sign_in_at_the_portal_nor_clients_at_the_staff_door(client, staff, portal):
    assert client.post(IN, {"name": staff.user.username, "password": PASSWORD}).status_code == 422
    assert client.post("/inloggen/", {"login": portal.name, "password": PASSWORD}).status_code == 422


def test_confirming_again_in_the_portal_lasts_five_minutes(client, portal):
    portal.sign_in(client)
    assert client.get("/mijn/huis/bevestigen/?next=/mijn/huis/x/")["Location"] == "/mijn/huis/x/"
    session = _portal_session(client)
    session[PORTAL_CONFIRMED] -= 301
    session.save()
    asked = client.get("/mijn/huis/bevestigen/?next=/mijn/huis/x/")
    assert (asked.status_code, asked.headers.get("Location")) == (200, None)
    assert client.post("/mijn/huis/bevestigen/", {"code": "000000"}).status_code == 422
    answer = client.post("/mijn/huis/bevestigen/", {"code": portal.codes[1], "next": "//kwaad.example/"})
    assert answer["Location"] == "/mijn/huis/"


def test_signing_out(client, portal):
    portal.sign_in(client)
    assert client.post("/mijn/huis/uitloggen/")["Location"] == IN
    assert client.get("/mijn/huis/bevestigen/")["Location"].startswith(IN)


def test_at_signing_out_the_browser_is_told_to_forget_what_it_kept(client, portal):
    portal.sign_in(client)
    assert client.post("/mijn/huis/uitloggen/")["Clear-Site-Data"] == '"cache"'


def test_erasing_leaves_an_opaque_row_and_nothing_else(client, portal):
    portal.sign_in(client)
    for _ in range(2):
        acts.erase_portal_account(portal.user.id)
    portal.user.refresh_from_db()
    assert not portal.user.is_active and not portal.user.has_usable_password() and portal.user.last_login is None
    assert not Authenticator.objects.exists() and not PortalInvitation.objects.exists()
    assert not UserSession.objects.exists() and not Session.objects.exists()
    assert portal.name not in portal.user.username
    assert client.get("/mijn/huis/bevestigen/")["Location"].startswith(IN)


def test_a_staff_account_is_never_erased(staff):
    with pytest.raises(type(staff.user).DoesNotExist):
        acts.erase_portal_account(staff.user.id)


def test_a_closed_account_gets_no_new_letter(portal, place):
    acts.disable_account(user_id=portal.user.id)
    with organisation(place.id), pytest.raises(Conflict):
        acts.renew_invitation(user_id=portal.user.id, until=clock.now() + timedelta(days=14))


def test_the_tab_and_quick_exit_are_those_of_the_portal(client, invited):
    page = client.get(IN).content.decode()
    assert "<title>Het Huis" not in page and "data-quick-exit" in page


def key_of(client: Client) -> str:
    return client.cookies["casemgmt_portal"].value


def _portal_session(client: Client):
    from django.contrib.sessions.backends.db import SessionStore

    return SessionStore(key_of(client))
