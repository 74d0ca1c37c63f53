"""Tries are counted in the shared cache; too many wait, nobody locks out another, and no cache means no sign-in."""

import pytest
from django.core.cache import caches
from django.test import Client, override_settings

from casemgmt.accounts import limits
from tests.accounts.conftest import PASSWORD, totp

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

AWAY = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://127.0.0.1:1/0",
    }
}
WRONG = {"login": "vera@example.org", "password": "iets heel anders hier"}


def wait(name: str, address: str) -> int:
    """How long the next try must wait."""
    try:
        limits.attempt(name, address)
    except limits.TooOften as error:
        return error.seconds
    return 0


def test_five_a_minute_an_account_then_a_growing_wait(monkeypatch):
    now = [1_000_000.0]
    monkeypatch.setattr(limits.time, "time", lambda: now[0])
    waits = []
    for _round in range(6):
        assert [wait("vera", "10.0.0.1") for _ in range(5)] == [0] * 5
        waits.append(wait("vera", "10.0.0.1"))
        now[0] += waits[-1] + 1
        from django.core.cache import cache

        cache.delete(limits._key("account", "vera"))
        cache.delete(limits._key("address", "10.0.0.1"))
    assert waits == [60, 120, 240, 480, 900, 900]


def test_twenty_a_minute_an_address():
    assert [wait(f"naam{n}", "10.0.0.1") for n in range(20)] == [0] * 20
    assert wait("naam21", "10.0.0.1") == 60
    assert wait("naam22", "10.0.0.2") == 0


def test_others_do_not_lock_out_who_signed_in_here_before():
    limits.attempt("vera", "10.0.0.1")
    limits.succeeded("vera", "10.0.0.1")
    for n in range(2, 20):
        wait("vera", f"10.0.0.{n}")
    assert wait("vera", "10.0.0.99") == 60
    assert wait("vera", "10.0.0.1") == 0


def test_the_cache_learns_no_name():
    limits.attempt("vera@example.org", "10.0.0.1")
    keys = b" ".join(caches["default"]._cache.get_client().keys("*"))
    assert b"vera" not in keys and b"10.0.0.1" not in keys


def test_the_sixth_try_at_the_staff_door_waits_and_the_right_password_too(client, staff):
    for _ in range(5):
        assert client.post("/inloggen/", WRONG).status_code == 422
    answer = client.post("/inloggen/", {**WRONG, "password": PASSWORD})
    assert answer.status_code == 422
    assert "uw account is niet op slot" in answer.content.decode().lower() or "not locked" in answer.content.decode()


def test_the_sixth_try_at_the_portal_waits(client, portal):
    for _ in range(5):
        client.post("/mijn/huis/inloggen/", {"name": portal.name, "password": "iets heel anders"})
    answer = client.post("/mijn/huis/inloggen/", {"name": portal.name, "password": PASSWORD})
    assert answer.status_code == 422


def test_codes_are_counted_too(client, staff):
    client.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD})
    for _ in range(5):
        client.post("/inloggen/code/", {"code": "000000"})
    assert client.post("/inloggen/code/", {"code": totp(staff.secret)}).status_code == 422


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/inloggen/", {"login": "vera@example.org", "password": PASSWORD}),
        ("/mijn/huis/inloggen/", {"name": "maan-vis-1234", "password": PASSWORD}),
        ("/mijn/huis/inloggen/brief/", {"name": "maan-vis-1234", "code": "AAAA-BBBB-CCCC-DDDD"}),
    ],
)
def test_without_the_cache_nobody_signs_in_and_a_sentence_says_so(staff, path, data):
    with override_settings(CACHES=AWAY):
        browser = Client(raise_request_exception=False)
        assert browser.get(path).status_code == 200
        answer = browser.post(path, data)
        assert answer.status_code == 503
        assert "Probeer het zo weer" in answer.content.decode() or "Try again soon" in answer.content.decode()
        assert answer["Retry-After"] == "30"
    assert Client().post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD}).status_code == 303
