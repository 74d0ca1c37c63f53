"""Every address × everybody who could ask: what a page declares is what happens, and strangers learn nothing.

A refused role meets 403, a visitor the sign-in page, another organisation's people exactly what they would
meet for what does not exist. Nothing anywhere answers 5xx. Reading comes before posting, since posting acts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import transaction

from casemgmt import urls
from casemgmt.accounts import urls as accounts
from casemgmt.audit.models import AccessEvent, PlatformEvent
from casemgmt.audit.vocabulary import Outcome
from casemgmt.base.organisation import organisation
from casemgmt.web.routes import Need, RouteDeclaration, declarations
from tests.standing.test_imports import modules
from tests.standing.world import ANONYMOUS, CLIENT, PARAMETER, PLAIN, Site, address

# Pages of allauth under our own addresses; they decide themselves what a half signed-in visitor may see.
ALLAUTH = {name for _at, _view, name in (*accounts.ENTRANCE, *accounts.OWN)} | set(accounts.CLOSED)
# What depends on the moment, the visitor or the address itself, and says nothing about the row that was asked for.
CHANGING = re.compile(
    r"name=\"csrfmiddlewaretoken\" value=\"[^\"]+\"|data-csrf=\"[^\"]+\"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}"
    r"|request[-_ ]?(?:id|nummer)[^<]{0,80}|nonce=\"[^\"]+\""
)
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
OTHER_TEAM = "other team"
REFUSED, NOT_THERE, METHOD = 403, 404, 405
# Pages that open only in a state which the world is not in; their packages' own tests open them.
IN_A_STATE = {
    "client_requests:letter_pdf": "a letter that the worker has printed",
    "portal:letter_pdf": "a letter that the worker has printed",
    "disclosures:answer": "somebody whose consent is still needed",
    "disclosures:download": "a package that was approved and made",
    "portal:ask_whom": "a request whose kind was chosen",
    "portal:ask_details": "a request whose kind and person were chosen",
    "portal:inspection": "a request that was granted",
    "retention:judge": "a closed dossier",
}
LEAVING = {"account_logout", "accounts:portal_sign_out"}
HEALTH = "/health/"  # says 503 while no worker runs, as in the tests


@dataclass(frozen=True)
class Page:
    """One declared page, where it is mounted."""

    pattern: str
    declaration: RouteDeclaration

    @property
    def area(self) -> str:
        """Whose door leads here."""
        return (
            "portal" if self.pattern.startswith("mijn/") else "staff" if self.pattern.startswith("o/") else "platform"
        )

    @property
    def parameters(self) -> list[str]:
        """The places to fill, the organisation apart."""
        return [name for _kind, name in PARAMETER.findall(self.pattern) if name != "organisation"]

    @property
    def leaves(self) -> bool:
        """Whether it ends somebody's session: asked last, or not at all."""
        return self.declaration.name in LEAVING

    def admits(self, site: Site, role: str) -> bool:
        """What the declaration promises to somebody at this page's door."""
        needs = self.declaration.needs
        if needs.is_public:
            return True
        if role not in site.users or (role == CLIENT) != (self.area == "portal"):
            return False
        return needs.kind is Need.SIGNED_IN or needs.allows(site.actor(role), "portal" if role == CLIENT else "staff")


def pages() -> list[Page]:
    """All declared pages, those that sign somebody out last."""
    found = [Page(route.pattern, route.declaration) for route in declarations() if route.declaration]
    return sorted(found, key=lambda page: (page.leaves, page.pattern))


def at(page: Page, site: Site, dossier: str = "own", **given: Any) -> str:
    """The address of a page for a row of this organisation; a row that is not there gets an id nobody has."""

    def value(kind: str, name: str) -> str:
        if name == "organisation":
            return str(given.get(name, site.slug))
        if name in given:
            return str(given[name])
        return str(site.row(name, dossier) or uuid4()) if kind == "uuid" else PLAIN.get(name, "x")

    return address(page.pattern, value)


def ask(site: Site, role: str, method: str, url: str) -> Any:
    """One request; a 5xx fails at once with what went wrong."""
    answer = getattr(site.client(role), method.lower())(url)
    if answer.status_code >= 500 and not (url == HEALTH and answer.status_code == 503):
        raise AssertionError(f"{answer.status_code} for {role} of {site.slug}: {method} {url}: {_cause(answer)}")
    kept = answer.get("Cache-Control", "")
    # What an organisation shows to one person no cache may keep for the next; at the wrong door they are nobody.
    somebody = role != ANONYMOUS and answer.wsgi_request.user.is_authenticated
    assert not somebody or answer.status_code != 200 or site.slug not in url or "no-store" in kept, (url, kept)
    body = b"" if answer.streaming else answer.content
    strangers = {found for found in ID.findall(body.decode(errors="replace")) if found not in url} & site.strangers
    assert not strangers, f"{method} {url} names {strangers} of another organisation to {role}"
    return answer


def is_told(answer: Any, site: Site) -> bool:
    """Whether the trail of this organisation says that this request ended in a no."""
    with organisation(site.id), transaction.atomic():
        said = AccessEvent.objects.filter(request_id=answer["X-Request-Id"])
        return said.filter(outcome__in=(Outcome.DENIED, Outcome.UNKNOWN)).exists()


def _cause(answer: Any) -> str:
    failure = getattr(answer, "exc_info", None)
    return f"{failure[0].__name__}: {failure[1]}" if failure and failure[0] else answer.content[:200].decode()


def to_sign_in(answer: Any, page: Page) -> bool:
    """Whether an answer sends a visitor to the sign-in page of the right door."""
    if answer.status_code not in (302, 303):
        return False
    door = r"/mijn/[\w-]+/inloggen/" if page.area == "portal" else re.escape(settings.LOGIN_URL)
    return re.fullmatch(door, urlsplit(answer["Location"]).path) is not None


def fault(page: Page, site: Site, role: str, method: str) -> str | None:
    """What is wrong with the answer that somebody gets, in a line; None when it is as declared."""
    try:
        answer = ask(site, role, method, at(page, site))
    except AssertionError as problem:
        return str(problem)
    said = f"{role} of {site.slug}: {method} {page.declaration.name} answers {answer.status_code}"
    status = answer.status_code
    if method not in page.declaration.methods:
        return None if status in (METHOD, REFUSED, NOT_THERE, 302, 303) else said
    if page.admits(site, role):
        if method == "GET" and status in (200, 302, 303):
            seen_open.add(page.declaration.name)
        lost = not page.declaration.needs.is_public and to_sign_in(answer, page)
        return f"{said}: an admitted role is sent to sign in" if lost else None
    if role == ANONYMOUS or (role == CLIENT) != (page.area == "portal"):
        return None if to_sign_in(answer, page) else f"{said}: not the sign-in page"
    if status != REFUSED:
        return f"{said}: not refused"
    return None if page.area == "platform" or is_told(answer, site) else f"{said}: the trail does not say so"


def told(faults: Iterable[str | None]) -> None:
    """Fail with all of them at once."""
    found = sorted({each for each in faults if each})
    assert not found, f"{len(found)} faults:\n" + "\n".join(found)


# Pages that somebody saw in an earlier test of this run; they need not be asked again.
seen_open: set[str] = set()


def everybody(site: Site) -> list[str]:
    """Who can ask at an organisation, from outside in."""
    return [ANONYMOUS, *sorted(site.users)]


def telling(site: Site) -> list[str]:
    """One of each: of roles that may exactly the same, only the first."""
    staff = [role for role in sorted(site.users) if role not in (CLIENT, OTHER_TEAM)]
    by_rights = {site.actor(role).capabilities: role for role in reversed(staff)}
    return [ANONYMOUS, CLIENT, OTHER_TEAM, *by_rights.values()]


def test_every_address_is_declared() -> None:
    assert [route.pattern for route in declarations() if route.declaration is None and route.name not in ALLAUTH] == []


def test_every_packages_addresses_are_mounted() -> None:
    """A package whose module is not listed would be open to nobody, and no other test would miss it."""
    found = {name for name in modules() if name.endswith((".staff_urls", ".portal_urls"))}
    assert found == {*urls.STAFF, *urls.PORTAL}


def test_every_declaration_names_who_may_and_how() -> None:
    for page in pages():
        needs, methods = page.declaration.needs, page.declaration.methods
        assert str(needs) and methods and set(methods) <= {"GET", "POST"}, page.pattern
        assert needs.kind is not Need.ANY_OF or len(needs.options) > 1, page.pattern
        assert not (page.declaration.personal and needs.is_public), page.pattern


def test_personal_data_stand_behind_a_door_of_an_organisation() -> None:
    assert [page.pattern for page in pages() if page.declaration.personal and page.area == "platform"] == []


def test_capabilities_of_pages_are_those_that_profiles_give(sites: dict[str, Site]) -> None:
    """A page that asks for a word no profile knows would be closed to everybody."""
    given = {name for site in sites.values() for role in site.users for name in site.actor(role).capabilities}
    asked = {name for page in pages() for name in _capabilities(page.declaration.needs)}
    assert asked <= given


def _capabilities(needs: Any) -> Iterator[str]:
    if needs.kind is Need.CAPABILITY:
        yield needs.name
    for option in needs.options:
        yield from _capabilities(option)


def _turn(number: int, sites: dict[str, Site]) -> Site:
    """Each page meets every role in one organisation, in turn; a long run meets all of them."""
    return list(sites.values())[number % len(sites)]


def test_every_role_reads_what_is_declared(sites: dict[str, Site]) -> None:
    told(
        fault(page, site, role, "GET")
        for number, page in enumerate(pages())
        for site in [_turn(number, sites)]
        for role in telling(site)
    )


def test_every_page_answers_in_every_organisation(sites: dict[str, Site]) -> None:
    """The first role that is admitted reads each page, also for a dossier of another unit."""

    def faults() -> Iterator[str | None]:
        for number, page in enumerate(pages()):
            for site in sites.values():
                role = first_admitted(page, site)
                met = site is _turn(number, sites)  # by every role, in the test above
                if role and not met and page.area != "platform" and "GET" in page.declaration.methods:
                    yield fault(page, site, role, "GET")

    told(faults())


def first_admitted(page: Page, site: Site) -> str | None:
    order = ["caseworker", "manager", *sorted(site.users)]
    return next((role for role in order if page.admits(site, role)), None)


def test_every_page_opens_for_somebody(sites: dict[str, Site]) -> None:
    """A page whose rows the world has must open somewhere for one of those it is meant for."""
    site = sites["sterk-huis"]
    never = [
        page.declaration.name
        for page in pages()
        if "GET" in page.declaration.methods and page.area != "platform" and _has_rows(page, site)
        if page.declaration.name not in seen_open | IN_A_STATE.keys()
        and not any(_opens(page, each) for each in sites.values())
    ]
    told(never)
    assert IN_A_STATE.keys() <= {page.declaration.name for page in pages()}


def _has_rows(page: Page, site: Site) -> bool:
    uuids = [name for kind, name in PARAMETER.findall(page.pattern) if kind == "uuid"]
    return all(site.row(name) for name in uuids) and set(page.parameters) - set(uuids) <= PLAIN.keys()


def _opens(page: Page, site: Site) -> bool:
    return any(
        page.admits(site, role) and ask(site, role, "GET", at(page, site)).status_code in (200, 302, 303)
        for role in ["caseworker", *sorted(site.users)]
    )


def test_a_dossier_of_another_unit_stays_closed(sites: dict[str, Site]) -> None:
    """A caseworker of the other team who is admitted to a page does not see our dossier on it."""
    site, faults = sites["sterk-huis"], []
    for page in pages():
        if "dossier_id" in page.parameters and page.area == "staff" and page.admits(site, "other team"):
            for method in page.declaration.methods:
                answer = ask(site, "other team", method, at(page, site))
                closed = answer.status_code in (REFUSED, NOT_THERE) and is_told(answer, site)
                faults += (
                    [] if closed else [f"{method} {page.declaration.name}: {answer.status_code}, or not in the trail"]
                )
    told(faults)


def same(one: Any, other: Any) -> bool:
    """Whether two answers look alike from outside: status, body and headers, apart from what always changes."""
    return _seen(one) == _seen(other)


def _seen(answer: Any) -> tuple[Any, ...]:
    body = CHANGING.sub("", answer.content.decode(errors="replace")) if not answer.streaming else ""
    kept = {
        name: value for name, value in answer.items() if name not in ("Content-Length", "X-Request-ID", "Set-Cookie")
    }
    return answer.status_code, CHANGING.sub("", body), CHANGING.sub("", str(sorted(kept.items())))


def foreign(page: Page, site: Site, others: dict[str, Any]) -> Iterator[str]:
    """Faults: an id of elsewhere that is answered otherwise than one that nobody has."""
    role = first_admitted(page, site)
    names = [name for kind, name in PARAMETER.findall(page.pattern) if kind == "uuid"]
    method = page.declaration.methods[0]
    for name in names if role else ():
        theirs = others.get(name)
        if not theirs:
            continue
        found = ask(site, str(role), method, at(page, site, **{name: theirs}))
        nothing = ask(site, str(role), method, at(page, site, **{name: uuid4()}))
        if not same(found, nothing):
            yield (
                f"{method} {page.declaration.name} of {site.slug} tells a foreign {name} "
                f"({found.status_code}) from none ({nothing.status_code})"
            )


def test_another_organisations_rows_are_like_rows_that_do_not_exist(sites: dict[str, Site]) -> None:
    mine, theirs = sites["sterk-huis"], sites["veilig-thuis-hm"]
    told(
        fault
        for page in pages()
        for fault in foreign(page, mine, {n: theirs.row(n) for n in page.parameters if _uuid(page, n)})
    )


def test_a_row_of_another_dossier_is_not_found_under_mine(sites: dict[str, Site]) -> None:
    """The dossier in the address is mine and so is the other; still each row is only under its own."""
    site = sites["gebiedsteam-opsterland"]
    told(
        fault
        for page in pages()
        if "dossier_id" in page.parameters
        for fault in foreign(
            page, site, {n: site.row(n, "second") for n in page.parameters if n != "dossier_id" and _uuid(page, n)}
        )
    )


def _uuid(page: Page, name: str) -> bool:
    return ("uuid", name) in PARAMETER.findall(page.pattern)


def test_another_organisation_is_like_one_that_does_not_exist(sites: dict[str, Site]) -> None:
    """Staff and clients of one organisation at each address of another."""
    site, theirs, faults = sites["sterk-huis"], sites["buurteams-nijmegen"], []
    for page in pages():
        if page.area == "platform" or page.declaration.needs.is_public:
            continue
        role = CLIENT if page.area == "portal" else "caseworker"
        method = page.declaration.methods[0]
        found = ask(site, role, method, at(page, theirs))
        nothing = ask(site, role, method, at(page, theirs, organisation="bestaat-niet"))
        told_of = PlatformEvent.objects.filter(request_id__in=[found["X-Request-Id"], nothing["X-Request-Id"]]).count()
        alike = _anonymous_slug(found, theirs.slug) == _anonymous_slug(nothing, "bestaat-niet")
        if found.status_code != NOT_THERE or not alike or told_of != 2:
            faults.append(f"{page.declaration.name}: {found.status_code} / {nothing.status_code}")
    told(faults)


def _anonymous_slug(answer: Any, slug: str) -> tuple[Any, ...]:
    status, body, headers = _seen(answer)
    return status, body.replace(slug, "X"), headers.replace(slug, "X")


def test_posting_nothing_is_answered_as_declared(sites: dict[str, Site]) -> None:
    """Last, because it acts: everybody whom a page refuses posts nothing in it, then one who may."""

    def faults() -> Iterator[str | None]:
        for number, page in enumerate(pages()):
            site = _turn(number, sites)
            refused = [role for role in telling(site) if not page.admits(site, role)]
            for role in refused[:5] if "POST" in page.declaration.methods else refused[:1]:
                yield fault(page, site, role, "POST")
            if admitted := first_admitted(page, site):
                yield fault(page, site, admitted, "POST")

    told(faults())


@pytest.mark.parametrize("role", [ANONYMOUS, CLIENT, "caseworker", "director", "volunteer"])
def test_every_need_is_judged_alike_in_every_organisation(sites: dict[str, Site], role: str) -> None:
    """What a declaration promises is what the profile of each organisation gives, asked without HTTP."""
    for site in sites.values():
        given = site.actor(role).capabilities if role in site.users else frozenset()
        for page in pages():
            needed = set(_capabilities(page.declaration.needs))
            if page.area == "staff" and needed and not page.declaration.needs.is_public:
                assert page.admits(site, role) is bool(needed & given), (site.slug, page.declaration.name)


@pytest.mark.long
def test_everybody_reads_everything_everywhere(sites: dict[str, Site]) -> None:
    told(fault(page, site, role, "GET") for page in pages() for site in sites.values() for role in everybody(site))
