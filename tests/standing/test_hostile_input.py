"""What no person types: every page that takes input says no in words, and nothing is changed by it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import transaction

from casemgmt.base.models import OrganisationModel
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Membership
from casemgmt.web.forms import LONGEST_TEXT
from tests.standing.filling import TYPED, WRITTEN, Seen
from tests.standing.test_routes import Page, at, first_admitted, pages, told
from tests.standing.world import ANONYMOUS, PARAMETER, Site
from tests.traces import found_in_database

FORM = "application/x-www-form-urlencoded"
# Read by views from the address; asked on every page, whether it knows them or not.
COMMON = ("q", "next", "page", "after", "from", "until", "van", "tot", "soort", "kind", "person", "format", "confirm")
# What no form may hold: a NUL, what is not text at all, and more than any letter. Django has made replacement marks
# of half pairs and stray bytes before a form sees them; the mark itself comes back from a page that was refused.
NEVER = {
    "nul": "a%00b",
    "half of a surrogate pair": "a%ED%A0%80b",
    "not UTF-8": "a%FF%FEb",
    "a replacement mark": "a%EF%BF%BDb",
    "three megabytes": "x" * 3_000_000,
}
# Could be meant: refused where the field is a date, a choice or a number, harmless where it is text.
ODD = {
    "a day that does not exist": "2026-02-31",
    "a number too large": "9" * 40,
    "a negative number": "-1",
    "an id of elsewhere": str(uuid4()),
    "a formula": "=cmd|'/c calc'!A1",
}
# After these a dossier or a disclosure takes nothing more, so they come last.
SHUTTING = {"client_requests:freeze", "retention:close", "disclosures:stop", "disclosures:refuse", "disclosures:close"}
# Forms that an earlier form of the same run has left without a purpose (409): a request decided or withdrawn, an access
# ended. `test_what_cannot_be_text_…`, which changes nothing, reaches them.
MOVED_ON = {"client_requests:identify", "client_requests:freeze", "client_requests:invite_again"}
# Forms of allauth: whatever was wrong with a password, a code or an address is said in the sentence for any wrong one.
OF_ALLAUTH = {"account_change_password", "account_reauthenticate", "account_reset_password", "mfa_reauthenticate"}
SOME_REFUSAL = re.compile(r"-error\"|role=\"alert\"")
FORMS_WITH_TEXT, ACCEPTED = 20, 10
REFUSAL = re.compile("kan niet worden bewaard|onzichtbaar stuurteken")
# Written by being asked at all: who looked. Keys are in the other cluster and counted with their dossiers.
ALWAYS_WRITTEN = {"audit", "keystore"}


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
    return [page for page in pages() if "POST" in page.declaration.methods and not page.leaves]


def _said(page: Page, what: str, answer: Any) -> str:
    failure = getattr(answer, "exc_info", None)
    why = f" ({failure[0].__name__}: {failure[1]!s:.120})" if failure and failure[0] else ""
    return f"{page.declaration.name} with {what}: {answer.status_code}{why}"


def test_what_cannot_be_text_is_refused_and_changes_nothing(sites: dict[str, Site]) -> None:
    """Every form that people fill in, with what no keyboard sends in each of its fields and what is right in others."""
    site, faults, reached = sites["sterk-huis"], [], 0
    seen, before = Seen(site), counts(sites)
    for page in _posting():
        typed = seen.typed(at(page, site))
        reached += bool(typed)
        for what, value in NEVER.items() if typed else ():
            faults += _faults_of_refusal(page, site, seen, what, value)
    told(faults)
    assert reached >= FORMS_WITH_TEXT, reached
    assert {label: (before[label], now) for label, now in counts(sites).items() if now != before[label]} == {}


def _faults_of_refusal(page: Page, site: Site, seen: Seen, what: str, value: str) -> Iterator[str]:
    """One field that cannot be text, the others as somebody wrote them."""
    typed = seen.typed(at(page, site))
    wrong, *right = sorted(typed, key=lambda name: (typed[name] not in WRITTEN, name))
    kept = {name: f"bewaard{place}" for place, name in enumerate(right) if typed[name] in WRITTEN}
    answer = _post(page, site, f"{_body({wrong: ''}, value)}&{urlencode(kept | seen.hidden(at(page, site)))}")
    said = _said(page, f"{what} in {wrong}", answer)
    if len(value) > LONGEST_TEXT:
        if answer.status_code not in (400, 413, 422) or not _in_words(answer):
            yield said
        return
    if answer.status_code != 422:
        yield said
        return
    text = answer.content.decode()
    if not (SOME_REFUSAL if page.declaration.name in OF_ALLAUTH else REFUSAL).search(text):
        yield f"{said}: does not say what is wrong"
    lost = sorted(name for name, words in kept.items() if words not in text)
    if lost:
        yield f"{said}: lost {lost}"


def test_what_cannot_be_text_breaks_no_button(sites: dict[str, Site]) -> None:
    """Pages that only act, and drafts that save themselves, meet the fields of all forms at once."""
    site = sites["gebiedsteam-opsterland"]
    forms = Seen(site).fields
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
    forms = Seen(site).fields
    told(
        _said(page, f"odd values, turn {turn}", answer)
        for page in _posting()
        for turn in TURNS
        if (answer := _post(page, site, _mixed(forms.get(at(page, site), {}) or COMMON, turn))).status_code >= 500
    )


def test_odd_questions_in_addresses_never_break_a_page(sites: dict[str, Site]) -> None:
    site = sites["sterk-huis"]
    forms = Seen(site).fields

    def faults() -> Iterator[str]:
        for page in pages():
            role = first_admitted(page, site)
            if role is None or "GET" not in page.declaration.methods or page.leaves:
                continue
            names = {**dict.fromkeys(COMMON, "text"), **forms.get(at(page, site), {})}
            for question in (_body(names, NEVER["nul"]), _body(names, "%ED%A0%80"), _mixed(names, 0)):
                answer = site.client(role).get(f"{at(page, site)}?{question}")
                if answer.status_code >= 500 and page.declaration.name != "front:health":
                    yield _said(page, question[:40], answer)

    told(faults())


# Where somebody wanted to go after this page: what no header can carry, and what one can only when it is encoded.
NEXT = {
    "a line break": "/a%0d%0aX:y",
    "an accent": "/a%C3%A9b",
    "half of a surrogate pair": "/a%ED%A0%80b",
    "not UTF-8": "/a%FFb",
}


def test_an_odd_place_to_go_on_to_breaks_no_page_and_no_header(sites: dict[str, Site]) -> None:
    """As everybody may send it, in the address and in the form, of whoever is admitted and of who is nobody."""
    site = sites["gebiedsteam-opsterland"]

    def faults() -> Iterator[str]:
        for page in pages():
            if page.leaves or not page.declaration.needs.is_public or page.declaration.name == "front:health":
                continue
            for what, value in NEXT.items():
                for method in page.declaration.methods:
                    answer = site.client(ANONYMOUS).generic(
                        method, f"{at(page, site)}?next={value}", f"next={value}".encode(), content_type=FORM
                    )
                    place = answer.headers.get("Location", "/")
                    if answer.status_code >= 500 or not re.fullmatch(r"[!-~]+", place) or place.startswith("="):
                        yield _said(page, f"{what} in next", answer) + f" {place}"

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


def _reached(answer: Any) -> bool:
    """Whether the page judged what was posted: not refused at a door, not in a wrong state, not for a row of nobody."""
    return answer.status_code in (200, 303, 413, 422) and not _elsewhere(answer)


def _admitted(page: Page, site: Site) -> list[str]:
    first = first_admitted(page, site)
    return [str(first), *(role for role in sorted(site.users) if role != first and page.admits(site, role))]


def _memberships(site: Site) -> set[tuple[Any, ...]]:
    with organisation(site.id), transaction.atomic():
        return set(Membership.objects.values_list("user_id", "unit_id", "role", "starts_on", "ends_on"))


def test_hidden_extra_fields_change_nobody(sites: dict[str, Site]) -> None:
    """Each form filled in with sense and sent with fields that it does not have (mass assignment).

    Last, because it acts. Each form that was shown must be judged: one that answers 404 would be tested in name only.
    """
    marker, accepted = uuid4(), 0
    reached: set[str] = set()
    ids = ("id", "organisation_id", "dossier_id", "user_id", "author_id", "approved_by_id", "made_by_id", "by_id")
    extra = {
        **dict.fromkeys(ids, str(marker)),
        "is_superuser": "1",
        "is_staff": "1",
        "kind": "staff",
        "role": "director",
    }
    before = {slug: _memberships(site) for slug, site in sites.items()}
    kinds = {user.id: user.kind for site in sites.values() for user in site.users.values()}
    site = sites["sterk-huis"]
    seen = Seen(site)
    shown = {page.declaration.name for page in _posting() if seen.typed(at(page, site))}
    for page in sorted(_posting(), key=lambda page: page.declaration.name in SHUTTING):
        for role in _admitted(page, site):
            sent = seen.filled(at(page, site), **extra).encode()
            answer = site.client(role).generic("POST", at(page, site), sent, content_type=FORM)
            assert answer.status_code < 500, _said(page, "extra fields", answer)
            if _reached(answer):
                reached.add(page.declaration.name)
                accepted += answer.status_code == 303 and bool(seen.typed(at(page, site)))
                break
    assert found_in_database(str(site.dossiers["own"]), site.id) != []
    for site in sites.values():
        assert found_in_database(str(marker), site.id) == []
        assert _memberships(site) == before[site.slug]
        for user in site.users.values():
            user.refresh_from_db()
            assert (user.is_superuser, user.kind) == (False, kinds[user.id])
    assert accepted >= ACCEPTED, accepted
    assert shown - reached == MOVED_ON
