"""A passkey in a real browser, whose virtual authenticator stands in for a finger on a phone."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from playwright.sync_api import Browser, CDPSession, Page

from casemgmt.audit.models import PlatformEvent
from tests.accounts.conftest import PASSWORD, Door, totp
from tests.web.test_browser import browser

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases="__all__")]
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def visit(browser: Browser, address: str) -> tuple[Page, CDPSession, str]:
    """A page on this server, and a device that can hold passkeys for it."""
    context = browser.new_context(base_url=address, locale="nl-NL")
    context.set_default_timeout(20_000)
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    made: dict[str, str] = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page, device, made["authenticatorId"]


def send(page: Page) -> None:
    """Send the form in the middle of the page."""
    with page.expect_navigation():
        page.locator("main form button:not([type=button])").first.click()


def sign_in_with_the_app(page: Page, staff: Door) -> None:
    """E-mail address, password, digits."""
    page.goto("/inloggen/")
    page.fill("[name=login]", staff.user.email)
    page.fill("[name=password]", PASSWORD)
    send(page)
    page.fill("[name=code]", totp(staff.secret))
    send(page)


def add_passkey(page: Page) -> None:
    """The page for it asks first who it is; then the device makes the key."""
    page.goto("/inloggen/tweede-stap/sleutels/nieuw/")
    assert "/bevestigen/" in page.url
    page.fill("main [name=password]", PASSWORD)
    send(page)
    page.check("[name=passwordless]")
    with page.expect_navigation():
        page.click("#passkey-button")


def signed_in(page: Page) -> bool:
    """Whether one's own pages open, which ask a second factor as well."""
    page.goto("/inloggen/sessies/")
    return urlsplit(page.url).path == "/inloggen/sessies/"


def test_a_passkey_is_made_and_signs_in_by_itself(browser: Browser, live_server: Any, staff: Door) -> None:
    page, device, held = visit(browser, live_server.url)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    assert page.url == "about:blank" and live_server.url.startswith("http://localhost:")
    sign_in_with_the_app(page, staff)
    add_passkey(page)
    (kept,) = device.send("WebAuthn.getCredentials", {"authenticatorId": held})["credentials"]
    assert kept["rpId"] == "localhost" and kept["isResidentCredential"]
    assert Authenticator.objects.filter(user=staff.user, type=Authenticator.Type.WEBAUTHN).count() == 1
    page.context.clear_cookies()
    assert not signed_in(page)
    page.goto("/inloggen/")
    with page.expect_navigation(url=lambda address: "/inloggen/" not in address):
        page.click("#passkey-button")
    assert signed_in(page)
    assert PlatformEvent.objects.filter(data="sign-in", user_id=staff.user.id).count() == 2
    assert said == []
    page.context.close()


def test_a_passkey_that_was_taken_away_opens_nothing(browser: Browser, live_server: Any, staff: Door) -> None:
    page, _device, _held = visit(browser, live_server.url)
    sign_in_with_the_app(page, staff)
    add_passkey(page)
    Authenticator.objects.filter(user=staff.user, type=Authenticator.Type.WEBAUTHN).delete()
    page.context.clear_cookies()
    page.goto("/inloggen/")
    page.click("#passkey-button")
    page.get_by_text("Deze toegangssleutel is hier niet meer bekend.").wait_for()
    assert not signed_in(page)
    page.context.close()


NO_ANSWERS = [
    *("{}", "[]", "7", '"?"', "null", "[[[]]]", "{", '{"id": "?"}', '{"id": 1, "rawId": 1, "response": []}'),
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}',
    '{"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {"userHandle": "AAAA", "clientDataJSON": "e30",'
    ' "authenticatorData": "AA", "signature": "AA", "attestationObject": "AA"}}',
]
NOT_KNOWN, NOT_USABLE = "toegangssleutel is hier niet meer bekend", "gaf geen toegangssleutel die hier bruikbaar is"


@pytest.mark.parametrize("answer", NO_ANSWERS)
def test_what_no_device_would_say_is_refused_as_a_passkey_at_each_door(staff: Door, answer: str) -> None:
    def said(path: str) -> str:
        """What the page says after this answer."""
        client.get(path)
        given = client.post(path, {"credential": answer, "name": "Telefoon"}, follow=True)
        assert given.status_code in (200, 422)
        return given.content.decode()

    client = Client()
    empty = answer in ("{}", "[]", "null", "{")  # no words of ours: the field itself asks for an answer
    assert empty or NOT_KNOWN in said("/inloggen/sleutel/")
    client.post("/inloggen/", {"login": staff.user.email, "password": PASSWORD})
    assert empty or (NOT_KNOWN in (page := said("/inloggen/code/")) and "code klopt niet" not in page)
    client.post("/inloggen/code/", {"code": totp(staff.secret)})
    client.post("/inloggen/bevestigen/", {"password": PASSWORD})
    assert empty or NOT_USABLE in said("/inloggen/tweede-stap/sleutels/nieuw/")
    assert Authenticator.objects.filter(type=Authenticator.Type.WEBAUTHN).count() == 0
