"""Every page asks the database as often for many rows as for few, in both databases.

A page that asks once more for each row is quick on the day it is made and slow in the year after. Every page that can
be opened at an organisation is asked, so that a new list needs no line here; `growing.py` makes the rows.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from casemgmt.audit import subjects
from casemgmt.base import clock
from tests.standing.growing import grow
from tests.standing.test_routes import Page, at, first_admitted, pages
from tests.standing.world import CLIENT, Site, world

FEW, MANY = 2, 7
DATABASES = ("default", "vault")
TYPED = {"dossiers:search": {"q": "bakker"}}
# A page that shows a part at a time is asked where that part is not full: by whom, and in which dossier.
ELSEWHERE = {"dossiers:looked": ("other team", "other unit")}
TABLE = re.compile(r'(?:FROM|INTO|UPDATE) "(\w+)"')
# Pages that must have become longer, so that the check cannot pass by asking for nothing.
LISTS = {
    "client_requests:dossier",
    "client_requests:list",
    "client_requests:portal",
    "consent:list",
    "disclosures:list",
    "disclosures:register",
    "dossiers:access",
    "dossiers:day",
    "dossiers:list",
    "dossiers:looked",
    "dossiers:notes",
    "dossiers:people",
    "dossiers:search",
    "dossiers:timeline",
    "dossiers:versions",
    "organisations:person",
    "organisations:units",
    "policy:history",
    "portal:letters",
    "portal:looks",
    "portal:received",
    "portal:requests",
    "retention:certificates",
    "retention:keeping",
    "retention:removals",
    "work:approvals",
    "work:background",
    "work:members",
}
ROW = 100  # bytes: no row of a list is shorter


@dataclass(frozen=True)
class Asked:
    """What a page asked of both databases, and how long its answer was."""

    statements: Counter[str]
    length: int


Pair = tuple[Asked, Asked]


def lists() -> list[Page]:
    """Every page of an organisation that can be opened; which of them have rows shows itself."""
    return [page for page in pages() if page.area != "platform" and "GET" in page.declaration.methods]


@pytest.fixture(scope="module")
def asked(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Pair]]:
    """Each page as the first who is admitted meets it, before and after everything grew."""
    with world(django_db_blocker, ["sterk-huis"]) as sites:
        (site,) = sites.values()
        grow(site, 1, FEW)
        few = _ask_all(site)
        grow(site, FEW + 1, MANY)
        many = _ask_all(site)
        yield {name: (few[name], many[name]) for name in few}


def _arrive(site: Site) -> None:
    """The first page of a visit also writes down that it began, and the first look at a letter that it was read."""
    for role in site.users:
        door = f"/mijn/{site.slug}/" if role == CLIENT else f"/o/{site.slug}/"
        assert site.client(role).get(door).status_code == 200, role
    site.client(CLIENT).get(f"/mijn/{site.slug}/brieven/{site.row('letter_id')}/")


def _ask_all(site: Site) -> dict[str, Asked]:
    """Ask every page at one moment: a session writes down each half minute that it is in use, on whichever page."""
    found = {}
    with clock.pretend(clock.now()):
        _arrive(site)
        for page in lists():
            role, dossier = ELSEWHERE.get(page.declaration.name, (first_admitted(page, site), "own"))
            if role is not None:
                found[page.declaration.name] = _ask(page, site, role, dossier)
    return found


def _ask(page: Page, site: Site, role: str, dossier: str) -> Asked:
    client, typed = site.client(role), TYPED.get(page.declaration.name)
    url = at(page, site, dossier, member_id=site.users["intern"].id)
    subjects._STANDING.clear()  # a list that stands already is not written again, and that is no saving of the page
    with ExitStack() as stack:
        seen = [stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in DATABASES]
        answer: Any = client.post(url, typed) if typed else client.get(url)
        body = answer.getvalue()
    said = Counter(_said(one["sql"]) for each in seen for one in each.captured_queries)
    return Asked(said, len(body))


def _said(sql: str) -> str:
    """A statement by its verb and its first table: enough to find the loop it came from."""
    found = TABLE.search(sql)
    return " ".join(filter(None, (sql.split(maxsplit=1)[0].upper(), found and found[1])))


@pytest.mark.parametrize("name", sorted(page.declaration.name for page in lists()))
def test_a_page_asks_as_often_for_many_rows_as_for_few(asked: dict[str, Pair], name: str) -> None:
    if name in asked:  # else nobody of this organisation is admitted
        few, many = asked[name]
        assert (many.statements - few.statements, few.statements - many.statements) == (Counter(), Counter())


def test_the_lists_did_become_longer(asked: dict[str, Pair]) -> None:
    grown = {name for name, (few, many) in asked.items() if many.length - few.length >= (MANY - FEW) * ROW}
    assert grown >= LISTS, LISTS - grown
