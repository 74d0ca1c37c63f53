"""What people at work do: sign in with a second factor, then look, read, write and search, each at their own pace."""

import base64
import hashlib
import hmac
import random
import re
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape

from benchmarks.browser import Browser, form_with
from benchmarks.recipe import family_name, sentences

SLUG = "bench-0"
HERE, PORTAL = f"/o/{SLUG}/", f"/mijn/{SLUG}/"
DOSSIER = re.compile(rf'href="({HERE}dossiers/[0-9a-f-]{{36}}/)"')
OLDER = re.compile(r'href="([^"]*\?after=[^"]*)"')


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in, at the staff's door or the portal's."""

    name: str
    password: str
    secret: str
    portal: bool


def digits(secret: str, moment: float) -> str:
    """The six digits of an authenticator app at a moment (RFC 6238)."""
    counter = struct.pack(">Q", int(moment) // 30)
    found = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    number = struct.unpack(">I", found[found[-1] & 15 : (found[-1] & 15) + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def sign_in(browser: Browser, account: Account) -> None:
    """Through the door, as a browser does it: name and password, then the digits; raises Unexpected."""
    door, name = (f"{PORTAL}inloggen/", "name") if account.portal else ("/inloggen/", "login")
    code = f"{PORTAL}inloggen/code/" if account.portal else "/inloggen/code/"
    _action, fields = form_with(browser.get("sign in: page", door), name)
    browser.post("sign in: password", door, {**fields, name: [account.name], "password": [account.password]})
    _action, fields = form_with(browser.get("sign in: page of the code", code), "code")
    browser.post("sign in: code", code, {**fields, "code": [digits(account.secret, time.time())]})


class Worker:
    """Somebody with an account: what they do next hangs on chance, the same chance every time."""

    def __init__(self, browser: Browser, account: Account, number: int) -> None:
        self.browser, self.account = browser, account
        self.chance = random.Random(number)

    def round(self, pause: Callable[[], bool]) -> None:
        """One round of work; ``pause`` waits between two pages and says whether to go on. Raises Unexpected."""
        steps = self._portal() if self.account.portal else self._staff()
        for step in steps:
            if not pause():
                return
            step()

    def _portal(self) -> list[Callable[[], object]]:
        pages = {"start": "", "letters": "brieven/", "who looked": "wie-keek/", "about me": "over-mij/"}
        return [
            lambda n=name, p=path: self.browser.get(f"portal: {n}", PORTAL + p)  # type: ignore[misc]
            for name, path in pages.items()
        ]

    def _staff(self) -> list[Callable[[], object]]:
        steps: list[Callable[[], object]] = [self._day, self._worklist, self._dossier]
        if self.chance.random() < 0.4:
            steps.append(self._older)
        if self.chance.random() < 0.4:
            steps += [self._entry_form, self._entry]
        if self.chance.random() < 0.3:
            steps.append(self._search)
        return steps

    def _day(self) -> None:
        self.browser.get("my day", HERE)

    def _worklist(self) -> None:
        self.body = self.browser.get("worklist", f"{HERE}dossiers/")
        self.list = self.body
        self.dossier = self.chance.choice(sorted(set(DOSSIER.findall(self.body))))

    def _dossier(self) -> None:
        self.body = self.browser.get("dossier", self.dossier)

    def _older(self) -> None:
        older = OLDER.search(self.body)
        if older:
            self.browser.get("dossier: older entries", unescape(older[1]))

    def _entry_form(self) -> None:
        self.form = self.browser.get("entry: form", f"{self.dossier}vermelding/")

    def _entry(self) -> None:
        _action, fields = form_with(self.form, "text")
        text = " ".join(self.chance.choice(sentences()) for _ in range(4))
        chosen = {"text": [text], "statement_kind": ["fact"], "origin": ["own"]}
        filled = {name: values for name, values in fields.items() if values != [""]}
        empty = {name: ["tijdens een huisbezoek"] for name, values in fields.items() if values == [""]}
        without = {"test_before", "tested_how"}
        sent = {name: values for name, values in {**empty, **filled, **chosen}.items() if name not in without}
        self.browser.post("entry: save", f"{self.dossier}vermelding/", sent)
        self._dossier()

    def _search(self) -> None:
        _action, fields = form_with(self.list, "q")
        typed = family_name(self.chance.randrange(1000)).split()[1]
        self.browser.post("search", f"{HERE}zoeken/", {**fields, "q": [typed]}, status=200)
