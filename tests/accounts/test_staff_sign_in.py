"""Staff sign in with a password and a second factor, and never with less."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver

from casemgmt.accounts import urls
from casemgmt.accounts.models import User
from casemgmt.accounts.sessions import end_sessions
from casemgmt.audit.models import PlatformEvent
from casemgmt.web.routes import declarations
from tests.accounts.conftest import PASSWORD, totp

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

OURS = 'class="plain'


def words() -> list[tuple[str, str]]:
    """What the trail says, oldest first."""
    return list(PlatformEvent.objects.order_by("at").values_list("data", "outcome"))


def filled(pattern: str) -> str:
    """An address for a pattern of the URLconf."""
    import re

    samples = {"organisation": "huis", "pk": "1", "key": "set-password", "uidb36": "abc"}
    samples |= {"uuid": "11111111-1111-4111-8111-111111111111"}

    def sample(match: re.Match[str]) -> str:
        kind, _, name = match[1].rpartition(":")
        return samples.get(name) or samples.get(kind) or ("1" if kind == "int" else "x")

    return "/" + re.sub(r"<([^>]+)>", sample, pattern)


def test_sign_in_with_a_plain_http_client(client, staff):
    assert OURS in client.get("/inloggen/").content.decode()
    first = client.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD})
    assert (first.status_code, first["Location"]) == (303, "/inloggen/code/")
    assert OURS in client.get("/inloggen/code/").content.decode()
    second = client.post("/inloggen/code/", {"code": totp(staff.secret)})
    assert (second.status_code, second["Location"]) == (303, "/")
    assert client.get("/")["Location"] == "/o/huis/"
    assert ("sign-in", "done") in words()


def test_the_session_key_changes_at_sign_in(client, staff):
    client.get("/inloggen/")
    client.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD})
    before = client.cookies["casemgmt_session"].value
    client.post("/inloggen/code/", {"code": totp(staff.secret)})
    assert client.cookies["casemgmt_session"].value != before


def test_the_address_asked_for_comes_after_signing_in(client, staff):
    client.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD, "next": "/inloggen/sessies/"})
    answer = client.post("/inloggen/code/", {"code": totp(staff.secret)})
    assert answer["Location"] == "/inloggen/sessies/"


def test_an_address_elsewhere_is_never_followed(client, staff):
    client.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD, "next": "https://kwaad.example/"})
    assert client.post("/inloggen/code/", {"code": totp(staff.secret)})["Location"] == "/"


def test_a_wrong_password_is_422_and_leaves_a_row_without_what_was_typed(client, staff):
    answer = client.post("/inloggen/", {"login": "vera@example.org", "password": "iets heel anders hier"})
    assert answer.status_code == 422
    assert words() == [("sign-in-failed", "denied")]
    assert PlatformEvent.objects.get().user_id is None


def test_unknown_and_wrong_get_the_same_page(client, staff):
    import re

    def page(login: str) -> str:
        answer = client.post("/inloggen/", {"login": login, "password": "iets heel anders hier"})
        text = re.sub(r'value="[^"]*"', "", answer.content.decode())
        return f"{answer.status_code} {text}"

    assert page("vera@example.org") == page("niemand@example.org")


def test_a_code_works_once(client, staff):
    code = totp(staff.secret)
    client.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD})
    assert client.post("/inloggen/code/", {"code": code}).status_code == 303
    other = Client()
    other.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD})
    from django.core.cache import cache

    for key in cache._cache.get_client().keys("*allauth*used*"):
        cache._cache.get_client().delete(key)  # what allauth itself forgets after half a minute
    assert other.post("/inloggen/code/", {"code": code}).status_code == 422


def test_a_wrong_code_leaves_a_row(client, staff):
    client.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD})
    assert client.post("/inloggen/code/", {"code": "000000"}).status_code == 422
    assert words()[-1] == ("second-factor-failed", "denied")


def test_a_recovery_code_works_once(client, staff):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    code = RecoveryCodes.activate(staff.user).get_unused_codes()[0]
    for expected in (303, 422):
        other = Client()
        other.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD})
        assert other.post("/inloggen/code/", {"code": code}).status_code == expected


@pytest.mark.rule("BT-registr-3", "GT-5.1.b")
@pytest.mark.parametrize("who", ["before the code", "without any factor"])
def test_with_a_password_alone_no_page_opens(client, staff, bare, who):
    email = "vera@example.org" if who == "before the code" else "nieuw@example.org"
    client.post("/inloggen/", {"login": email, "password": PASSWORD})
    opened = []
    for route in declarations():
        if route.declaration is None or route.declaration.needs.is_public:
            continue
        for method in route.declaration.methods:
            answer = getattr(client, method.lower())(filled(route.pattern))
            if answer.status_code < 300 or answer.status_code in (422, 500):
                opened.append((route.pattern, method, answer.status_code))
    assert opened == []


def test_every_route_is_declared():
    assert [route.pattern for route in declarations() if route.declaration is None] == []


def test_every_page_of_allauth_is_ours_or_closed(client, staff):
    staff.sign_in(client)
    client.post("/inloggen/bevestigen/", {"password": PASSWORD})
    names = {name for _, _, name in urls.ENTRANCE + urls.OWN} | set(urls.CLOSED)
    found = set()
    for key in get_resolver().reverse_dict:
        if isinstance(key, str) and key.split("_")[0] in ("account", "mfa", "socialaccount", "usersessions"):
            found.add(key)
    assert found == names
    for visitor in (client, Client()):
        for route in declarations():
            if route.name not in names:
                continue
            answer = visitor.get(filled(route.pattern))
            if route.name in urls.CLOSED:
                assert answer.status_code == 404, route.pattern
            else:
                assert answer.status_code in (302, 404) or OURS in answer.content.decode(), route.pattern


def test_the_first_factor_is_set_up_without_the_password_again(client, bare):
    client.post("/inloggen/", {"login": "nieuw@example.org", "password": PASSWORD})
    assert client.get("/")["Location"] == "/inloggen/tweede-stap/app/"
    page = client.get("/inloggen/tweede-stap/app/")
    secret = client.session["mfa.totp.secret"]
    assert secret in page.content.decode() and "data:image/svg+xml;base64," in page.content.decode()
    wrong = client.post("/inloggen/tweede-stap/app/", {"code": "000000"})
    assert wrong.status_code == 422 and client.session["mfa.totp.secret"] == secret
    right = client.post("/inloggen/tweede-stap/app/", {"code": totp(secret)})
    assert right["Location"] == "/inloggen/tweede-stap/herstelcodes/"
    assert client.get(right["Location"]).content.decode().count("<li><code>") == 10
    assert "<li><code>" not in client.get(right["Location"]).content.decode()
    assert client.get("/")["Location"] == "/o/huis/"


def test_a_first_factor_ends_sessions_that_never_showed_one(client, bare):
    other = Client()
    for visitor in (client, other):
        visitor.post("/inloggen/", {"login": "nieuw@example.org", "password": PASSWORD})
    client.get("/inloggen/tweede-stap/app/")
    client.post("/inloggen/tweede-stap/app/", {"code": totp(client.session["mfa.totp.secret"])})
    assert other.get("/inloggen/sessies/")["Location"].startswith("/inloggen/?next=")


def test_the_last_factor_cannot_be_removed(client, staff):
    staff.sign_in(client)
    client.post("/inloggen/bevestigen/", {"password": PASSWORD})
    answer = client.post("/inloggen/tweede-stap/app/weg/", {})
    assert answer.status_code == 422
    from allauth.mfa.models import Authenticator

    assert Authenticator.objects.filter(user=staff.user, type="totp").exists()


def test_signing_out_elsewhere(client, staff):
    staff.sign_in(client)
    other = Client()
    other.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD})
    other.post("/inloggen/code/", {"code": totp(staff.secret, 1)})
    assert other.get("/inloggen/sessies/").status_code == 200
    assert client.post("/inloggen/sessies/", {}).status_code == 303
    assert other.get("/inloggen/sessies/").status_code == 302
    assert client.get("/inloggen/sessies/").status_code == 200


def test_signing_out_ends_the_session_and_leaves_a_row(client, staff):
    staff.sign_in(client)
    key = client.cookies["casemgmt_session"].value
    assert client.post("/uitloggen/").status_code == 303
    client.cookies["casemgmt_session"] = key
    assert client.get("/inloggen/sessies/").status_code == 302
    assert words()[-1] == ("sign-out", "done")


def test_a_disabled_account_is_out_with_the_next_click(client, staff):
    from casemgmt.accounts.acts import disable_account

    staff.sign_in(client)
    assert client.get("/inloggen/sessies/").status_code == 200
    disable_account(user_id=staff.user.id)
    assert client.get("/inloggen/sessies/").status_code == 302
    again = client.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD})
    assert again["Location"] != "/inloggen/code/"


@pytest.mark.rule("SH-4.1.D2", "SHC-beveiliging-1")
def test_one_account_per_person():
    User.objects.create_staff(email="een@example.org", name="Een", password=PASSWORD)
    with pytest.raises(Exception, match="user_email_once"):
        User.objects.create_staff(email="EEN@example.org", name="Ook Een", password=PASSWORD)


@pytest.mark.rule("SH-4.1.D2", "SHC-beveiliging-1")
@pytest.mark.parametrize("password", ["kort", "123456789012", "vera@example.org", "q1w2e3r4t5y6"])
def test_a_weak_password_is_refused(client, staff, password):
    staff.sign_in(client)
    answer = client.post(
        "/inloggen/wachtwoord/", {"oldpassword": PASSWORD, "password1": password, "password2": password}
    )
    staff.user.refresh_from_db()
    assert answer.status_code == 422 and staff.user.check_password(PASSWORD)


def test_another_password_ends_other_sessions(client, staff):
    staff.sign_in(client)
    other = Client()
    other.post("/inloggen/", {"login": "vera@example.org", "password": PASSWORD})
    other.post("/inloggen/code/", {"code": totp(staff.secret, 1)})
    new = "een heel ander wachtwoord"
    answer = client.post("/inloggen/wachtwoord/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert answer.status_code == 303
    assert other.get("/inloggen/sessies/").status_code == 302
    assert client.get("/inloggen/sessies/").status_code == 200


def test_a_new_password_by_mail(client, staff, mailoutbox):
    import re

    assert client.post("/inloggen/wachtwoord-vergeten/", {"email": "niemand@example.org"}).status_code == 303
    assert mailoutbox == []
    client.post("/inloggen/wachtwoord-vergeten/", {"email": "vera@example.org"})
    link = re.search(r"http://testserver(/\S+)", mailoutbox[0].body)
    page = client.get(link[1], follow=True)
    assert OURS in page.content.decode()
    new = "een heel ander wachtwoord"
    done = client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert done["Location"] == "/inloggen/wachtwoord-vergeten/klaar/"
    assert client.post("/inloggen/", {"login": "vera@example.org", "password": new})["Location"] == "/inloggen/code/"
    assert (
        "werkt niet meer" in client.get(link[1]).content.decode() or "no more" in client.get(link[1]).content.decode()
    )


def test_ending_all_sessions(client, staff):
    staff.sign_in(client)
    assert end_sessions(staff.user.id) == 1
    assert client.get("/inloggen/sessies/").status_code == 302


@pytest.mark.rule("BT-cookies")
def test_only_three_cookies_are_ever_set(client, staff, portal):
    allowed = {settings.SESSION_COOKIE_NAME, settings.PORTAL_SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    visitor, enforcing = Client(), Client(enforce_csrf_checks=True)
    staff.sign_in(client)
    portal.sign_in(visitor)
    for browser in (client, visitor, enforcing):
        for route in declarations():
            browser.get(filled(route.pattern))
            browser.post(filled(route.pattern), {"theme": "dark", "language": "en"})
        assert set(browser.cookies) <= allowed, browser.cookies
        for morsel in filter(lambda found: found.value, browser.cookies.values()):
            assert morsel["httponly"] and morsel["samesite"] == "Lax", morsel
