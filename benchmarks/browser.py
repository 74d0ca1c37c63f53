"""Somebody's browser as far as a server notices: cookies, forms, an address of their own; every answer is timed."""

import http.client
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

Fields = dict[str, list[str]]
LONGEST = 60.0


@dataclass(frozen=True)
class Seen:
    """One answer: when it was asked (seconds), for which sort of page, how long it took (ms), what was wrong."""

    at: float
    page: str
    took: float
    fault: str = ""


@dataclass
class Notes:
    """What all people saw; many write at once."""

    seen: list[Seen] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, one: Seen) -> None:
        """Keep one answer."""
        with self._lock:
            self.seen.append(one)


class Unexpected(Exception):
    """An answer that nobody should get; it is noted already."""


@dataclass
class Browser:
    """The browser of one person, from an address of their own, so that nobody's tries count for another."""

    port: int
    address: str
    notes: Notes
    cookies: dict[str, str] = field(default_factory=dict)
    # The id of the request that was answered last, as log and trail have it too.
    request_id: str = ""

    def get(self, page: str, path: str) -> str:
        """The body of a page; raises Unexpected when it is not 200."""
        return self._ask(page, "GET", path, None, 200)[0]

    def post(self, page: str, path: str, fields: Mapping[str, list[str]], status: int = 303) -> tuple[str, str]:
        """Send a form; the body and where it leads. Raises Unexpected for another status."""
        pairs = [(name, value) for name, values in fields.items() for value in values]
        return self._ask(page, "POST", path, urlencode(pairs), status)

    def _ask(self, page: str, method: str, path: str, body: str | None, wanted: int) -> tuple[str, str]:
        began, moment = time.perf_counter(), time.monotonic()
        status, text, leads_to, fault = 0, "", "", ""
        try:
            status, text, leads_to = self._exchange(method, path, body)
        except (OSError, http.client.HTTPException) as problem:
            fault = type(problem).__name__
        # allauth redirects with 302, our own pages with 303.
        if not fault and status != wanted and (status, wanted) != (302, 303):
            fault = f"{status} instead of {wanted}"
        self.notes.add(Seen(moment, page, (time.perf_counter() - began) * 1000, fault))
        if fault:
            raise Unexpected(f"{page}: {fault}")
        return text, leads_to

    def _exchange(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        # People pause longer than a server keeps a connection open: each page has its own.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, LONGEST, (self.address, 0))
        headers = {"Host": "localhost", "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        self.request_id = answer.headers.get("X-Request-Id", "")
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer.status, text, answer.headers.get("Location", "")


class _Forms(HTMLParser):
    """The forms of a page with what they would send, the first choice taken where nothing is chosen."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, Fields]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a form, or keep a field of it."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), {}))
        if not self.forms:
            return
        fields, name = self.forms[-1][1], given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and given.get("value") and self._select not in fields:
            fields[self._select] = [given["value"]]
        elif tag == "textarea" and name:
            fields[name] = [""]
        elif tag == "input" and name:
            self._input(fields, name, given)

    def _input(self, fields: Fields, name: str, given: dict[str, str]) -> None:
        if given.get("type") in ("radio", "checkbox"):
            if name not in fields or "checked" in given:
                fields[name] = [given.get("value", "on")]
        elif given.get("type") not in ("submit", "button", "file"):
            fields[name] = [given.get("value", "")]

    def handle_endtag(self, tag: str) -> None:
        """A list of choices ends."""
        if tag == "select":
            self._select = ""


def form_with(body: str, name: str) -> tuple[str, Fields]:
    """The address and the fields of the first form that has a field of this name; raises LookupError."""
    parser = _Forms()
    parser.feed(body)
    for action, fields in parser.forms:
        if name in fields:
            return action, fields
    raise LookupError(name)
