"""What no person types: every page that takes input says no in words, and nothing is changed by it."""

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction

from casemgmt.base.models import OrganisationModel
from casemgmt.base.organisation import organisation
from tests.standing.test_routes import Page, ask, at, first_admitted, pages, told
from tests.standing.world import ANONYMOUS, PARAMETER, Site

FORM = "application/x-www-form-urlencoded"
# Read by views from the address; asked on every page, whether it knows them or not.
COMMON = ("q", "next", "page", "after", "from", "until", "van", "tot", "soort", "kind", "person", "format", "confirm")
# What no form may hold: a NUL, and more than any letter.
NEVER = {"nul": "a%00b", "three megabytes": "x" * 3_000_000}
# Could be meant: refused where the field is a date, a choice or a number, harmless where it is text.
ODD = {
    "a day that does not exist": "2026-02-31",
    "a number too large": "9" * 40,
    "a negative number": "-1",
    "an id of elsewhere": str(uuid4()),
    "a formula": "=cmd|'/c calc'!A1",
    # Django has made replacement characters of these before a form sees them.
    "not UTF-8": "%FF%FE",
    "half of a surrogate pair": "%ED%A0%80",
}
# Written by being asked at all: who looked. Keys are in the other cluster and counted with their dossiers.
ALWAYS_WRITTEN = {"audit", "keystore"}
TYPED = {"text", "textarea", "date", "number", "email", "search", "password", "select", "radio"}


class Forms(HTMLParser):
    """The fields of the forms on a page, by the address that they are posted to."""

    def __init__(self, here: str) -> None:
        """Start at the page's own address."""
        super().__init__()
        self.here, self.action = here, ""
        self.fields: dict[str, dict[str, str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form, and each field in it."""
        given = dict(attrs)
        if tag == "form":
            self.action = (given.get("action") or self.here).split("?")[0]
            self.fields.setdefault(self.action, {})
        elif tag in ("input", "textarea", "select") and self.action and given.get("name"):
            kind = tag if tag != "input" else given.get("type") or "text"
            self.fields[self.action][str(given["name"])] = kind


def forms_of(site: Site) -> dict[str, dict[str, str]]:
    """Every form that a reader of every page meets."""
    found: dict[str, dict[str, str]] = {}
    for page in pages():
        role = first_admitted(page, site)
        if role and "GET" in page.declaration.methods and "out" not in page.declaration.name:
            answer = ask(site, role, "GET", at(page, site))
            if answer.status_code == 200 and "html" in answer["Content-Type"]:
                reader = Forms(answer.wsgi_request.path)
                reader.feed(answer.content.decode())
                for action, fields in reader.fields.items():
                    found.setdefault(action, {}).update(fields)
    return found


def counts(sites: dict[str, Site]) -> dict[str, int]:
    """How many rows each table holds in all organisations."""
    found: dict[str, int] = {}
    for model in apps.get_models():
        if issubclass(model, OrganisationModel) and model._meta.app_label not in ALWAYS_WRITTEN:
            for site in sites.values():
                with organisation(site.id), transaction.atomic():
                    label = model._meta.label
                    found[label] = found.get(label, 0) + model._default_manager.count()
    return found


def _post(page: Page, site: Site, body: str, kind: str = FORM) -> Any:
    role = first_admitted(page, site) or ANONYMOUS
    return site.client(role).generic("POST", at(page, site), body.encode(), content_type=kind)


def _body(names: dict[str, str], value: str) -> str:
    return "&".join(f"{quote(name)}={value if '%' in value else quote(value)}" for name in names)


def _posting() -> list[Page]:
    return [page for page in pages() if "POST" in page.declaration.methods and "out" not in page.declaration.name]


def _said(page: Page, what: str, answer: Any) -> str:
    failure = getattr(answer, "exc_info", None)
    why = f" ({failure[0].__name__}: {failure[1]!s:.120})" if failure and failure[0] else ""
    return f"{page.declaration.name} with {what}: {answer.status_code}{why}"


def test_what_cannot_be_text_is_refused_and_changes_nothing(sites: dict[str, Site]) -> None:
    """Every form that people fill in, with what no keyboard sends in each of its fields."""
    site, before, faults = sites["sterk-huis"], counts(sites), []
    forms = forms_of(site)
    for page in _posting():
        typed = {name: kind for name, kind in forms.get(at(page, site), {}).items() if kind in TYPED}
        for what, value in NEVER.items() if typed else ():
            answer = _post(page, site, _body(dict(list(typed.items())[: 1 if len(value) > 99 else None]), value))
            refused = 400 <= answer.status_code < 500
            if not refused and not _elsewhere(answer):
                faults.append(_said(page, what, answer))
            if refused and not _in_words(answer):
                faults.append(f"{page.declaration.name} with {what}: no sentence")
    told(faults)
    assert {label: (before[label], now) for label, now in counts(sites).items() if now != before[label]} == {}


def test_what_cannot_be_text_breaks_no_button(sites: dict[str, Site]) -> None:
    """Pages that only act, and drafts that save themselves, meet the fields of all forms at once."""
    site = sites["gebiedsteam-opsterland"]
    forms = forms_of(site)
    every = {name: "text" for fields in forms.values() for name, kind in fields.items() if kind in TYPED}
    told(
        _said(page, what, answer)
        for page in _posting()
        if not forms.get(at(page, site), {}).keys() & every.keys()
        for what, value in NEVER.items()
        if (answer := _post(page, site, _body(every if len(value) < 99 else {"text": ""}, value))).status_code >= 500
    )


def _elsewhere(answer: Any) -> bool:
    """Sent to confirm who they are, or to the door: the page never saw what was posted."""
    return answer.status_code in (302, 303) and any(word in answer["Location"] for word in ("inloggen", "bevestigen"))


def _in_words(answer: Any) -> bool:
    return bool(re.search(r"<h1|\"(?:title|detail|error|sentence)\"", answer.content.decode(errors="replace")))


def test_a_body_that_is_no_form_is_answered(sites: dict[str, Site]) -> None:
    site = sites["gebiedsteam-opsterland"]
    bodies = {
        "broken multipart": ("--x\r\nContent-Disposition: form-data; name=", "multipart/form-data; boundary=x"),
        "multipart without a boundary": ("x", "multipart/form-data"),
        "json": ('{"a": [' + "[" * 5000, "application/json"),
        "an unknown charset": ("a=b", f"{FORM}; charset=niets"),
    }
    told(
        _said(page, what, answer)
        for page in _posting()
        for what, (body, kind) in bodies.items()
        if (answer := _post(page, site, body, kind)).status_code >= 500
    )


def _mixed(names: Iterable[str], turn: int) -> str:
    """A body in which each name has another odd value; the next turn gives it the next."""
    odd = list(ODD.values())
    return "&".join(_body({name: "text"}, odd[(place + turn) % len(odd)]) for place, name in enumerate(names))


TURNS = range(0, len(ODD), 2)


def test_odd_answers_in_forms_never_break_a_page(sites: dict[str, Site]) -> None:
    """After the others: a text field takes some of these, and then something is written."""
    site = sites["veilig-thuis-hm"]
    forms = forms_of(site)
    told(
        _said(page, f"odd values, turn {turn}", answer)
        for page in _posting()
        for turn in TURNS
        if (answer := _post(page, site, _mixed(forms.get(at(page, site), {}) or COMMON, turn))).status_code >= 500
    )


def test_odd_questions_in_addresses_never_break_a_page(sites: dict[str, Site]) -> None:
    site = sites["sterk-huis"]
    forms = forms_of(site)

    def faults() -> Iterator[str]:
        for page in pages():
            role = first_admitted(page, site)
            if role is None or "GET" not in page.declaration.methods or "out" in page.declaration.name:
                continue
            names = {**dict.fromkeys(COMMON, "text"), **forms.get(at(page, site), {})}
            for question in (_body(names, NEVER["nul"]), _body(names, "%ED%A0%80"), _mixed(names, 0)):
                answer = site.client(role).get(f"{at(page, site)}?{question}")
                if answer.status_code >= 500 and page.declaration.name != "front:health":
                    yield _said(page, question[:40], answer)

    told(faults())


PARTS = {"huge": "9" * 60, "nul": "%00", "up": "..%2f..", "half": "%F0%9F", "long": "e" * 3000}


@pytest.mark.parametrize("odd", PARTS.values(), ids=PARTS)
def test_odd_parts_of_addresses_are_not_there(sites: dict[str, Site], odd: str) -> None:
    """Only for parts that are more than an id: the URLconf itself knows what a UUID looks like."""
    site, faults, seen = sites["buurteams-nijmegen"], [], set()
    for page in pages():
        for kind, name in PARAMETER.findall(page.pattern):
            role = first_admitted(page, site)
            once = (kind, name) if kind == "uuid" or name == "organisation" else (page.pattern, name)
            if role and once not in seen:
                seen.add(once)
                answer = site.client(role).generic(page.declaration.methods[0], at(page, site, **{name: odd}))
                if answer.status_code >= 500:
                    faults.append(_said(page, f"{name}={odd[:20]}", answer))
    told(faults)


def test_hidden_extra_fields_change_nobody(sites: dict[str, Site]) -> None:
    """Fields that a form does not have (mass assignment) are ignored: people and memberships stay as they are."""
    site = sites["sterk-huis"]
    extra = urlencode({"is_superuser": "1", "is_staff": "1", "organisation_id": str(sites["veilig-thuis-hm"].id)})
    extra += "&" + urlencode(
        {"state": "published", "approved_by_id": str(uuid4()), "role": "director", "kind": "staff"}
    )
    for page in _posting():
        assert _post(page, site, extra).status_code < 500, page.declaration.name
    for user in site.users.values():
        before = user.kind
        user.refresh_from_db()
        assert not user.is_superuser and user.kind == before
