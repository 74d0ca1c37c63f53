"""Exceptions become pages: a store that is away is 503 without asking it, unfit input is 4xx, never 500."""

import json
import threading
import time
from urllib.parse import urlencode

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, OperationalError, connections
from django.test import Client, RequestFactory
from django.utils import translation

from casemgmt import celery, health, night, refusals
from casemgmt.base.errors import Conflict, NotAllowed, NotThere, Refused, Unavailable
from casemgmt.web.routes import declarations
from tests.accounts.test_staff_sign_in import filled

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


class Decision:
    """The least that a page shows of one."""

    explanation, articles, facts, sum = "De regel zegt nee.", ("SH-3.4",), (), None
    absolute, overrule_by, version = True, None, "1"


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (NotAllowed("Vraag uw beheerder."), 403, "Vraag uw beheerder."),
        (Refused(Decision()), 409, "De regel zegt nee."),
        (Conflict("Iemand was u voor."), 409, "Iemand was u voor."),
        (NotThere(), 404, ""),
        (Unavailable("vault"), 503, ""),
        (OperationalError("secret address"), 503, ""),
        (DataError("a NUL"), 400, ""),
        (SuspiciousOperation("x"), 400, ""),
        (RequestDataTooBig("x"), 413, ""),
    ],
)
def test_each_refusal_is_its_page(error, status, sentence, django_assert_num_queries):
    request = RequestFactory().get("/o/huis/")
    with django_assert_num_queries(0):
        page = refusals.page_for(request, error)
    assert page.status_code == status and sentence in page.content.decode()
    assert "secret address" not in page.content.decode()
    program = refusals.page_for(RequestFactory().get("/o/huis/", headers={"accept": "application/json"}), error)
    assert json.loads(program.content)["error"]["status"] == status


def test_a_store_that_is_away_is_told_without_contradiction():
    """Whether what was sent was carried out is not known, so the page may not deny it beside "wholly or not"."""
    for error in (OperationalError("x"), Unavailable("vault")):
        page = refusals.page_for(RequestFactory().post("/o/huis/"), error).content.decode()
        assert page.count("helemaal uitgevoerd of helemaal niet") == 1
        assert "niet uitgevoerd" not in page


def test_a_refusal_that_says_whom_to_ask_stands_alone():
    sent_away = "vraag het dan aan uw leidinggevende of aan de beheerder"
    page = refusals.page_for(RequestFactory().get("/o/huis/"), NotAllowed("Vraag het team.")).content.decode()
    assert "Vraag het team." in page and sent_away not in page and "Wat u kunt doen" not in page
    assert sent_away in refusals.page_for(RequestFactory().get("/o/huis/"), PermissionDenied()).content.decode()


def test_a_fault_of_ours_stays_a_fault():
    assert refusals.page_for(RequestFactory().get("/"), KeyError("x")) is None


@pytest.mark.parametrize("path", ["/", "/inloggen/", "/o/huis/", "/mijn/huis/inloggen/", "/inloggen/sessies/"])
def test_with_the_database_away_a_signed_in_visitor_gets_503_and_it_mends_itself(client, staff, path, monkeypatch):
    from django.db.backends.utils import CursorWrapper

    staff.sign_in(client)
    client.cookies["casemgmt_portal"] = client.cookies["casemgmt_session"].value
    client.raise_request_exception = False
    real = CursorWrapper.execute
    monkeypatch.setattr(CursorWrapper, "execute", _gone)
    answer = client.get(path)
    assert answer.status_code == 503 and "Retry-After" in answer
    monkeypatch.setattr(CursorWrapper, "execute", real)
    assert client.get("/inloggen/sessies/").status_code == 200


def _gone(*args, **kwargs):
    raise OperationalError("server closed the connection")


NASTY = [
    "/%00", "/o/%00/", "/?x=%00", "/inloggen/?next=%00", "/%ff%fe", "/?q=%ff%fe%ed%a0%80", "/" + "a" * 9000,
    "/inloggen/?next=" + "b" * 9000, "/mijn/%F0%9F%98%80/", "/o/huis/..%2f..%2f",
    "/inloggen/wachtwoord-vergeten/x-%00/",
    "/inloggen/tweede-stap/sleutels/99999999999999999999999/", "/inloggen/wachtwoord-vergeten/zzz-zz/",
    "/inloggen/?next=http://[", "/mijn/huis/inloggen/?next=http://[", "/?" + "&".join(f"a{n}=1" for n in range(1500)),
]  # fmt: skip


@pytest.mark.parametrize("path", NASTY)
def test_unsavoury_addresses_are_never_a_fault(client, staff, path):
    staff.sign_in(client)
    for browser in (client, Client()):
        browser.raise_request_exception = False
        assert browser.get(path).status_code < 500


VALUES = ["\x00", "\ud83d", "a" * 200_000, "{"]


@pytest.mark.parametrize("value", VALUES, ids=["nul", "surrogate", "long", "brace"])
def test_unsavoury_forms_are_never_a_fault(staff, portal, value, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the hash is not what is tried here
    bad = []
    names = ("login", "password", "code", "name", "credential", "next", "email", "password1", "again", "language")
    body = urlencode(dict.fromkeys(names, value.encode("utf-8", "surrogatepass")))
    for signed_in in (False, True):
        browser = Client(raise_request_exception=False)
        if signed_in:
            staff.sign_in(browser)
        for route in declarations():
            if route.declaration and "POST" in route.declaration.methods:
                began = time.monotonic()
                answer = browser.post(filled(route.pattern), body, content_type="application/x-www-form-urlencoded")
                if time.monotonic() - began > 3:
                    bad.append((signed_in, route.pattern, time.monotonic() - began))
                if answer.status_code >= 500:
                    bad.append((signed_in, route.pattern, answer.status_code))
    assert bad == []


def test_unsavoury_cookies_and_bodies_are_never_a_fault(place):
    browser = Client(raise_request_exception=False)
    for value in ("\x00", "x" * 5000, "é", "'"):
        # As it comes over the line: the library that writes cookies refuses some of these by itself.
        sent = f"casemgmt_session={value}; casemgmt_portal={value}"
        for path in ("/", "/mijn/huis/inloggen/", "/inloggen/sessies/"):
            assert browser.get(path, headers={"cookie": sent}).status_code < 500, value
    for content_type in (
        "application/x-www-form-urlencoded; charset=utf-16",
        "multipart/form-data",
        "text/x; charset=q",
    ):
        answer = browser.generic("POST", "/inloggen/", b"\xff\xfe\x00login=1", content_type=content_type)
        assert answer.status_code < 500


def test_a_body_that_is_too_large_is_413(client):
    body = b"login=" + b"a" * 3_000_000
    client.raise_request_exception = False
    answer = client.post("/inloggen/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413


def test_a_wrong_host_is_400(client):
    assert client.get("/inloggen/", headers={"host": "kwaad.example"}).status_code == 400


def test_health_tells_machines_and_people(client, monkeypatch):
    health.beat()
    health.planned()
    monkeypatch.setattr(health, "LEAST_FREE", 1)
    answer = client.get("/health/")
    assert answer.status_code == 200 and answer.json()["well"] is True
    assert set(answer.json()["parts"]) == {"database", "vault", "key", "broker", "worker", "disk", "printer"} | {
        "beat",
        "ledger",
        "doors",
        "files",
        "letters",
        "maintenance",
    }
    page = client.get("/health/", headers={"accept": "text/html,application/json"})
    assert page["Content-Type"].startswith("text/html") and page.status_code == 200


def test_health_names_what_is_away(client, monkeypatch):
    monkeypatch.setitem(connections["vault"].settings_dict, "PORT", "1")
    monkeypatch.setitem(connections["vault"].settings_dict, "HOST", "127.0.0.1")
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert not answer.json()["parts"]["vault"]["well"] and answer.json()["parts"]["database"]["well"]
    assert "127.0.0.1" not in answer.content.decode()


def test_health_answers_in_time_when_something_hangs(client, monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(health, "_broker", lambda: over.wait(30))
    for _ in range(2):
        began = time.monotonic()
        answer = client.get("/health/")
        assert time.monotonic() - began < 2 and answer.json()["parts"]["broker"]["well"] is False
    over.set()
    health._running["broker"].join()


def test_a_silent_worker_is_noticed(client):
    assert client.get("/health/").json()["parts"]["worker"]["well"] is False


def test_a_dead_beat_is_noticed_though_the_worker_does_what_others_ring_for(client, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE", 1)

    def told() -> tuple[int, list[str]]:
        answer = client.get("/health/")
        return answer.status_code, [key for key, part in answer.json()["parts"].items() if not part["well"]]

    celery.poll()
    assert told() == (503, ["beat"])
    celery.plan_minute()
    assert told() == (200, [])
    at = time.time()
    monkeypatch.setattr(health.time, "time", lambda: at + health.SILENT_AFTER + 1)
    celery.poll()  # a doorbell, or the beat of another installation
    assert told() == (503, ["beat"])
    page = client.get("/health/", headers={"accept": "text/html"}).content.decode()
    assert "Heeft al vijf minuten niets ingepland" in page and "het proces beat" in page
    with translation.override("en"):
        (said,) = [part.sentence for part in health.parts() if part.key == "beat"]
    assert said.startswith("Has planned nothing for five minutes.")


def test_beat_is_heard_when_planning_fails_for_that_is_told_by_what_fails(monkeypatch):
    def away() -> None:
        raise OperationalError

    monkeypatch.setattr(night, "all_organisations", away)
    with pytest.raises(OperationalError):
        celery.plan_minute()
    assert health.beat_is_heard()


def test_beat_plans_the_first_minute_when_it_starts_and_starts_without_a_broker_too(monkeypatch):
    asked = []
    monkeypatch.setattr(celery.plan_minute, "apply_async", lambda **known: asked.append(known))
    celery.plan_at_once()
    assert asked == [{"expires": 60}]
    assert celery.plan_at_once in [receiver() for _key, receiver in celery.beat_init.receivers]

    def away(**known: object) -> None:
        raise celery.OperationalError

    monkeypatch.setattr(celery.plan_minute, "apply_async", away)
    celery.plan_at_once()


def test_health_warns_when_letters_are_printed_with_a_network_and_turns_nobody_away(client, monkeypatch):
    monkeypatch.setattr(health, "LEAST_FREE", 1)
    health.planned()
    for shut, warning in ((False, True), (True, False)):
        monkeypatch.setattr(health, "without_network", lambda shut=shut: shut)
        health.beat()
        answer = client.get("/health/")
        assert answer.status_code == 200 and answer.json()["well"] is True
        assert answer.json()["parts"]["printer"]["warning"] is warning
        page = client.get("/health/", headers={"accept": "text/html"}).content.decode()
        assert ("niet van het netwerk afsluiten" in page) is warning


def test_nothing_is_for_search_engines(client):
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


def test_several_places_are_a_choice_and_none_is_explained(client, staff):
    from casemgmt.organisations.models import Organisation, SignInPlace

    staff.sign_in(client)
    other = Organisation.objects.create(slug="elders", name="Elders", kind="test", abbreviation="EL")
    SignInPlace.objects.create(user_id=staff.user.id, organisation=other)
    page = client.get("/").content.decode()
    assert "/o/elders/" in page and "/o/huis/" in page
    SignInPlace.objects.all().delete()
    assert client.get("/").status_code == 200
