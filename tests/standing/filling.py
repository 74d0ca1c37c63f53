"""Forms as a visitor meets them: which fields stand on a page, and a sensible answer to each."""

from html.parser import HTMLParser
from urllib.parse import urlencode

from casemgmt.base import clock
from tests.standing.test_routes import ask, at, first_admitted, pages
from tests.standing.world import Site

TYPED = {"text", "textarea", "date", "number", "email", "search", "password", "select", "radio"}
# What a person writes freely; a select or a radio shows only what it offers.
WRITTEN = {"text", "textarea"}
TOKEN = "csrfmiddlewaretoken"


class Forms(HTMLParser):
    """The fields of the forms on a page, by the address that they are posted to, and how one would fill them in."""

    def __init__(self, here: str) -> None:
        """Start at the page's own address."""
        super().__init__()
        self.here, self.action, self.choosing, self.writing = here, "", "", ""
        self.fields: dict[str, dict[str, str]] = {}
        self.answers: dict[str, dict[str, str]] = {}
        self.also: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, each field in it, and the addresses of buttons that send it elsewhere."""
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            self.action = (given.get("action") or self.here).split("?")[0]
            self.fields.setdefault(self.action, {})
            self.answers.setdefault(self.action, {})
        elif self.action and tag in ("input", "textarea", "select") and given.get("name"):
            self._field(tag if tag != "input" else given.get("type") or "text", given)
        elif self.choosing and tag == "option" and given.get("value"):
            chosen = self.answers[self.action]
            if "selected" in given or not chosen.get(self.choosing):
                chosen[self.choosing] = given["value"]
        for elsewhere in ("formaction", "hx-post"):
            if self.action and given.get(elsewhere):
                self.also[given[elsewhere].split("?")[0]] = self.action

    def _field(self, kind: str, given: dict[str, str]) -> None:
        name, answers = given["name"], self.answers[self.action]
        self.fields[self.action][name] = kind
        self.choosing, self.writing = (name if kind == "select" else ""), (name if kind == "textarea" else "")
        if kind in ("radio", "checkbox"):
            if name not in answers or "checked" in given:
                answers[name] = given.get("value", "on")
        elif "input--date" in given.get("class", ""):
            answers[name] = given.get("value") or f"{clock.today():%d-%m-%Y}"
        elif kind == "hidden" and name != TOKEN:
            answers[name] = given.get("value", "")
        elif kind != "select" and name != TOKEN:
            answers[name] = given.get("value") or ("" if "bsn" in name else "Een paar woorden.")

    def handle_data(self, data: str) -> None:
        """Take what already stands in a text area."""
        if self.writing and data.strip():
            self.answers[self.action][self.writing] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        """Leave a field or a form."""
        if tag in ("select", "textarea", "form"):
            self.choosing = self.writing = ""
        if tag == "form":
            self.action = ""


class Seen:
    """All forms of an organisation that those who are admitted meet, by the address they are sent to."""

    def __init__(self, site: Site) -> None:
        """Open every page once."""
        self.fields: dict[str, dict[str, str]] = {}
        self.answers: dict[str, dict[str, str]] = {}
        for page in pages():
            role = first_admitted(page, site)
            if role and "GET" in page.declaration.methods and not page.leaves:
                answer = ask(site, role, "GET", at(page, site))
                if answer.status_code == 200 and "html" in answer["Content-Type"]:
                    self.read(answer.wsgi_request.path, answer.content.decode())

    def read(self, here: str, text: str) -> None:
        """Add the forms of one page."""
        reader = Forms(here)
        reader.feed(text)
        for also, action in reader.also.items():
            reader.fields.setdefault(also, reader.fields[action])
            reader.answers.setdefault(also, reader.answers[action])
        for action in reader.fields:
            self.fields.setdefault(action, {}).update(reader.fields[action])
            self.answers.setdefault(action, {}).update(reader.answers[action])

    def typed(self, action: str) -> dict[str, str]:
        """The fields of a form that somebody fills in."""
        return {name: kind for name, kind in self.fields.get(action, {}).items() if kind in TYPED}

    def hidden(self, action: str) -> dict[str, str]:
        """What a form sends along unseen."""
        hidden = {name for name, kind in self.fields.get(action, {}).items() if kind == "hidden" and name != TOKEN}
        return {name: value for name, value in self.answers.get(action, {}).items() if name in hidden}

    def filled(self, action: str, **extra: str) -> str:
        """A form filled in with sense, and with fields beside it that it does not have."""
        return urlencode(
            {**{k: v for k, v in extra.items() if k not in self.fields.get(action, {})}, **self.answers.get(action, {})}
        )
