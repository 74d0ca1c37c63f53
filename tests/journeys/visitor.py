"""Somebody with a browser: signs in with a second factor, reads, types, and every page they meet is checked.

Each page is run through axe in both themes, must leave no message of the
Content-Security-Policy, and may be photographed for the documents.
"""

import base64
import hashlib
import hmac
import os
import re
import struct
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.stack import Stack
from tests.web.axe import faults

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1440, "height": 900}
PICTURES = Path(os.environ.get("CASEMGMT_PICTURES", ""))
PICTURED = os.environ.get("CASEMGMT_PICTURED", "sterk-huis")


def totp(secret: str, moment: float) -> str:
    """The six digits of an authenticator app at a moment (RFC 6238)."""
    counter = struct.pack(">Q", int(moment) // 30)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    offset = digest[-1] & 15
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


class Visitor:
    """One person with one browser."""

    def __init__(self, browser: Browser, stack: Stack, person: dict[str, str], phone: bool = False) -> None:
        self.stack = stack
        self.person = person
        self.slug = person["organisation"]
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE if phone else DESKTOP, locale="nl-NL", base_url=stack.url, accept_downloads=True
        )
        self.context.set_default_timeout(20_000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.checked: set[str] = set()
        self.signed_in, self.used = False, ""
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _listen(self, message: object) -> None:
        text = str(getattr(message, "text", message))
        if "Content Security Policy" in text or (getattr(message, "type", "") == "error" and "status of 4" not in text):
            self.complaints.append(text)

    # --- doors

    def sign_in(self) -> "Visitor":
        """By the staff's door: e-mail, password, then the app's digits; who is in already stays in."""
        if self.signed_in:
            return self
        self.signed_in = True
        self.page.goto("/inloggen/")
        self.check().photograph("aanmelden")
        self.page.fill("[name=login]", self.person["email"])
        self.page.fill("[name=password]", self.person["password"])
        self.submit()
        while self.code() == self.used:
            # The digits of an app work once; the next ones come within half a minute.
            self.page.wait_for_timeout(500)
        self.used = self.code()
        self.page.fill("[name=code]", self.used)
        self.submit()
        return self

    def sign_in_again(self) -> "Visitor":
        """After the clock moved: the old session has ended, as it should."""
        self.page.goto(f"/o/{self.slug}/")
        assert "/inloggen/" in self.page.url
        self.signed_in = False
        return self.sign_in()

    def confirm(self) -> "Visitor":
        """Say once more who one is, where a dangerous act asks it."""
        if self.page.locator("main [name=confirm-password]").count():
            # What was typed stands in this page and is carried out now.
            self.page.fill("main [name=confirm-password]", self.person["password"])
            self.press("Bevestigen en uitvoeren")
        elif "/bevestigen/" in self.page.url:
            self.page.fill("main [name=password]", self.person["password"])
            self.submit()
        return self

    def day(self, ahead: int = 0) -> str:
        """Today, or so many days from it, by the stack's clock and as people type it."""
        moment = datetime.fromtimestamp(self.stack.clock(), ZoneInfo("Europe/Amsterdam"))
        return f"{moment + timedelta(days=ahead):%d-%m-%Y}"

    def code(self) -> str:
        """The digits that this person's app shows now."""
        return totp(self.person["totp_secret"], time.time())

    # --- moving about

    def go(self, path: str) -> "Visitor":
        """Open a page of the organisation and check it."""
        self.page.goto(f"/o/{self.slug}/{path}")
        return self.check()

    def open(self, path: str) -> "Visitor":
        """Open any page and check it."""
        self.page.goto(path)
        return self.check()

    def click(self, name: str, *, exact: bool = False) -> "Visitor":
        """Follow a link or press a button by its words, and check where it leads."""
        link = self.page.get_by_role("link", name=name, exact=exact)
        target = link if link.count() else self.page.get_by_role("button", name=name, exact=exact)
        target.first.click()
        self.page.wait_for_load_state("load")
        return self.check()

    def press(self, name: str) -> "Visitor":
        """Press a button in the middle of the page by (a part of) its words, and check where it leads."""
        self.page.locator("main").get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state("load")
        return self.check()

    def submit(self) -> "Visitor":
        """Send the form in the middle of the page."""
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit], main form button:not([type])").first.click()
        return self

    def fill(self, **words: str) -> "Visitor":
        """Type into fields by their names."""
        for name, value in words.items():
            self.page.fill(f"main [name={name}]", value)
        return self

    def fill_where_asked(self, **words: str) -> "Visitor":
        """Type into those of these fields that stand on the page and are shown; organisations ask different things."""
        shown = (name for name in words if self.page.locator(f"main [name={name}]").is_visible())
        return self.fill(**{name: words[name] for name in shown})

    def choose(self, **values: str) -> "Visitor":
        """Choose in radio groups and selects by their names."""
        for name, value in values.items():
            if self.page.locator(f"main select[name={name}]").count():
                self.page.select_option(f"main select[name={name}]", value)
            else:
                self.page.check(f'main [name={name}][value="{value}"]')
        return self

    def choose_any(self, *names: str) -> "Visitor":
        """Take the first answer in these groups where they are asked and shown; organisations ask different things."""
        for name in names:
            group = self.page.locator(f"main [type=radio][name={name}]")
            if (
                group.count()
                and group.first.is_visible()
                and not self.page.locator(f"main [name={name}]:checked").count()
            ):
                group.first.check()
        return self

    def tick(self, *labels: str) -> "Visitor":
        """Tick boxes by their words."""
        for label in labels:
            self.page.locator("main").get_by_label(label).first.check()
        return self

    def until(self, text: str, seconds: float = 60) -> "Visitor":
        """Load the page again until the words are there: background work is allowed to take a moment."""
        end = time.monotonic() + seconds
        while text.lower() not in self.page.locator("body").inner_text().lower():
            seen = self.page.locator("main").inner_text()
            assert time.monotonic() < end, f"“{text}” did not come on {self.page.url}, which says:\n{seen}"
            self.page.wait_for_timeout(700)
            self.page.reload()
        return self

    # --- what must hold everywhere

    def sees(self, *texts: str) -> "Visitor":
        """These words stand on the page."""
        body = re.sub(r"\s+", " ", self.page.locator("body").inner_text())
        for text in texts:
            assert text.lower() in body.lower(), f"“{text}” is not on {self.page.url}:\n{body[:3000]}"
        return self

    def sees_not(self, *texts: str) -> "Visitor":
        """These words stand nowhere in the page, shown or hidden."""
        html = self.page.content()
        for text in texts:
            assert text not in html, f"“{text}” stands in {self.page.url}"
        return self

    def check(self) -> "Visitor":
        """No accessibility fault in either theme, no complaint of the browser; each kind of page once."""
        assert not self.complaints, self.complaints
        kind = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\?.*", "…", self.page.url.removeprefix(self.stack.url))
        if kind in self.checked:
            return self
        self.checked.add(kind)
        found = faults(self.page)
        assert not found, f"{kind}: {found}"
        return self

    def photograph(self, name: str) -> "Visitor":
        """Keep pictures of this page, as on a desk and as on a phone, where pictures are asked for."""
        if str(PICTURES) in ("", ".") or self.slug != PICTURED:
            return self
        PICTURES.mkdir(parents=True, exist_ok=True)
        own = self.page.viewport_size
        for size, suffix in ((DESKTOP, ""), (PHONE, "-telefoon")):
            self.page.set_viewport_size(size)
            self.page.wait_for_timeout(150)
            self.page.screenshot(path=str(PICTURES / f"{name}{suffix}.png"))
        if own is not None:
            self.page.set_viewport_size(own)
        return self

    def leave(self) -> None:
        """Close the browser."""
        assert not self.complaints, self.complaints
        self.context.close()
