"""Somebody at work in dossiers with marks, over plain HTTP, and everything that goes wrong meanwhile.

What is read, typed, searched, printed and mailed here passes through web, worker, broker, both databases and the
folder of mail while they run: whatever one of them keeps of it, the search afterwards finds.
"""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

from benchmarks.browser import Browser, Fields, Notes, form_with
from benchmarks.working import Account, sign_in
from tests.fire.fill import MARK, PASSWORD, SECRET, WORKER
from tests.fire.stand import WORKERS, Stand

HERE = "/o/sterk-huis/"
DATE = "2009-03-01"


class Visit:
    """A day of one person, signed in with a second factor; ``wrong`` has the ids of the requests that met a fault."""

    def __init__(self, stand: Stand) -> None:
        self.stand = stand
        self.browser = Browser(stand.port, "127.0.0.1", Notes())
        self.wrong: dict[str, str] = {}
        sign_in(self.browser, Account(WORKER, PASSWORD, SECRET, portal=False))

    def get(self, path: str, status: int = 200, **query: str) -> str:
        """A page, whose answer must have this status."""
        asked = path + (f"?{urlencode(query)}" if query else "")
        return self.browser._ask(path, "GET", asked, None, status)[0]

    def post(self, path: str, fields: Fields, status: int = 303) -> tuple[str, str]:
        """Send a form, whose answer must have this status."""
        return self.browser.post(path, path, fields, status)

    def work_in(self, dossier_id: str, mark: str) -> None:
        """Read it, find it, write in it, and invite the client to the portal by a letter with the name in it."""
        dossier = f"{HERE}dossiers/{dossier_id}/"
        assert mark in self.get(dossier) and mark in self.get(f"{dossier}personen/")
        _action, fields = form_with(self.get(f"{HERE}zoeken/"), "q")
        # With a number in it that is looked for as a number, without as a name.
        for typed in (f"{mark}-naam", MARK):
            assert typed in self.post(f"{HERE}zoeken/", {**fields, "q": [typed]}, 200)[0]
        self.write_in(dossier, mark)
        action, fields = form_with(self.get(f"{dossier}portaal/"), "person")
        _body, letter = self.post(action or f"{dossier}portaal/uitnodigen/", {**fields, "seen": ["on"]})
        self.until(lambda: f"{letter}pdf/" in self.get(letter), "the letter is printed")
        self.get(f"{letter}pdf/")

    def write_in(self, dossier: str, mark: str) -> None:
        """A draft, an entry and a working note."""
        page = f"{dossier}vermelding/"
        _action, fields = form_with(self.get(page), "text")
        filled = {name: ([f"{mark}-{name}"] if values == [""] else values) for name, values in fields.items()}
        sent = {**filled, "text": [f"{mark}-getypt"], "statement_kind": ["fact"], "origin": ["own"]}
        sent = {name: values for name, values in sent.items() if name not in ("test_before", "tested_how")}
        self.post(f"{page}concept/", sent, 204)
        self.post(page, {**sent, "happened_on": [DATE]})
        assert f"{mark}-getypt" in self.get(dossier)
        _action, fields = form_with(self.get(f"{dossier}aantekeningen/"), "text")
        self.post(f"{dossier}aantekeningen/", {**fields, "text": [f"{mark}-kladje"]})
        # A mark in every field that is no text, where a form complains about what it was given.
        self.post(page, {**sent, **{name: [mark] for name in ("kind", "row_id", "happened_on", "about")}}, 422)

    def go_wrong_in(self, dossier_id: str, mark: str) -> None:
        """Every fault that quotes, and addresses with a mark in each of their parts."""
        dossier = f"{HERE}dossiers/{dossier_id}/"
        for fault, status in (("page", 500), ("row", 500), ("value", 400), ("job", 200), ("task", 200)):
            self.get(dossier, status, fault=fault, holds=mark)
            self.wrong[fault] = self.browser.request_id
        self.get(dossier, q=mark, kind=mark, after=mark, about=mark)
        self.get(f"{HERE}zoeken/", q=mark)
        self.get(f"{HERE}{quote(mark)}/", 404)
        self.get(f"{HERE}dossiers/{quote(mark)}/", 404)
        door = Browser(self.stand.port, "127.0.0.1", Notes())
        _action, fields = form_with(door.get("door", "/inloggen/"), "login")
        door.post("door", "/inloggen/", {**fields, "login": [f"{mark}@example.org"], "password": [mark]}, 422)
        door.post("door without its token", "/inloggen/", {"login": [f"{mark}@example.org"]}, 403)
        # An address that nobody here has gets no mail, so no file of the folder of mail has it.
        forgot = "/inloggen/wachtwoord-vergeten/"
        _action, fields = form_with(door.get("forgot", forgot), "email")
        door.post("forgot", forgot, {**fields, "email": [f"{MARK[:9].lower()}@example.org"]})
        for line in hostile(dossier, mark):
            said(self.stand.port, line)

    def until(self, what: Callable[[], object], why: str) -> None:
        """Wait until it is so."""
        end = time.monotonic() + 60
        while not what():
            assert time.monotonic() < end, why
            self.stand.wait(0.3)


def hostile(dossier: str, mark: str) -> Iterator[bytes]:
    """Requests of which something is so wrong that no page of ours sees them."""
    rest = b"\r\nConnection: close\r\n\r\n"
    yield f"GET {dossier}?q={quote(mark)} HTTP/1.1\r\nHost: {MARK[:9]}.example".encode() + rest
    yield f"GET {dossier}?q={mark} {mark} HTTP/1.1\r\nHost: localhost".encode() + rest
    yield f"{mark} {dossier} HTTP/1.1\r\nHost: localhost".encode() + rest
    yield f"GET {dossier}?q={quote(mark)} HTTP/9.{mark}\r\nHost: localhost".encode() + rest
    yield f"GET {dossier} HTTP/1.1\r\nHost: localhost\r\nX {mark}: {mark}".encode() + rest
    yield f"POST {dossier} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {mark}".encode() + rest


def said(port: int, asked: bytes) -> bytes:
    """What is answered to these bytes, whatever they are."""
    with socket.create_connection(("127.0.0.1", port), 30) as line:
        line.sendall(asked)
        answer = b""
        while part := line.recv(65536):
            answer += part
    return answer


def live(stand: Stand, dossier_ids: list[str]) -> Visit:
    """A day with these dossiers, and the night after it; the mail is there, and every process had to complain."""
    assert stand.app is not None
    stand.app.wait_until_healthy(stand.check)
    away(stand)
    visit = Visit(stand)
    for index, dossier_id in enumerate(dossier_ids):
        mark = f"{MARK}-{index:04d}"
        visit.work_in(dossier_id, mark)
        visit.go_wrong_in(dossier_id, mark)
    stand.app.command("night", "--json", log="night")
    visit.until(lambda: any(mails(stand)), "a mail was sent")
    worked = re.compile(r"Job fire\.fault failed")
    logs = [stand.state / "logs" / f"{name}.log" for name in WORKERS]
    visit.until(lambda: any(worked.search(log.read_text()) for log in logs), "the job failed")
    return visit


def away(stand: Stand) -> None:
    """The broker dies and stays away until beat had to tell, so that beat and workers have something in their logs."""
    stand.kill("broker")
    time.sleep(7)
    stand.check()
    assert stand.ours.broker is not None
    stand.ours.broker.wait()


def mails(stand: Stand) -> list[Path]:
    """Every message that was sent."""
    return sorted((stand.state / "mail").glob("*"))
