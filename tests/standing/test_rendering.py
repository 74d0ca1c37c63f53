"""A template asks no database and is filled in after the door committed; its addresses are those Django would write.

A query made by a template stands outside the door's transaction and its audit row, and is asked anew for each row.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.db import connections, transaction
from django.test import RequestFactory
from django.urls import NoReverseMatch
from django.urls import reverse as django_reverse
from django.utils import translation
from jinja2 import Template

from casemgmt.base.organisation import organisation
from casemgmt.web.render import environment, render_block
from casemgmt.web.routes import reverse
from casemgmt.work.stopped import StoppedList
from tests.standing.test_routes import at, first_admitted, pages, told
from tests.standing.world import ANONYMOUS, PARAMETER, Site

# The words of a letter are made inside the door: they are what is read, not the page that shows it.
IN_THE_DOOR = "letters/"
PARTIAL = {"HX-Request": "true"}
# One of each thing that may stand in an address.
GIVEN = {"uuid": uuid4(), "int": 7, "slug": "een-deel", "str": "x-1", "alphanumeric": "a1"}


def _template() -> str:
    """The innermost template in whose code we stand, or nothing."""
    frame = sys._getframe()
    while frame := frame.f_back:  # type: ignore[assignment]  # None ends it
        if "__jinja_template__" in frame.f_globals:
            return frame.f_code.co_filename.rpartition("templates/")[2] or "a template"
    return ""


def _open(alias: str) -> bool:
    return connections[alias].in_atomic_block


@contextmanager
def asked_while_rendering() -> Iterator[list[str]]:
    """What templates asked of any database inside the block, and which were filled in while a transaction was open."""
    found: list[str] = []
    fill, begin = Template.render, Template.new_context

    def look(template: Template) -> None:
        # What a door shows may only be shown once its event is certain to stay.
        if not (template.name or "").startswith(IN_THE_DOOR):
            found.extend(f"{template.name} is filled in before {a} committed" for a in connections if _open(a))

    def watched(template: Template, *args: Any, **kwargs: Any) -> str:
        look(template)
        return fill(template, *args, **kwargs)

    def watched_part(template: Template, *args: Any, **kwargs: Any) -> Any:
        # A block alone, as htmx asks for it, is filled in without `render`; macros that are fetched come here too.
        if sys._getframe(1).f_code.co_name == "render_block":
            look(template)
        return begin(template, *args, **kwargs)

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if where := _template():
            found.append(f"{where}: {' '.join(sql.split())[:90]}")
        return execute(sql, parameters, many, context)

    with ExitStack() as stack:
        stack.enter_context(patch.object(Template, "render", watched))
        stack.enter_context(patch.object(Template, "new_context", watched_part))
        for alias in connections:
            stack.enter_context(connections[alias].execute_wrapper(note))
        yield found


def test_rendering_opens_no_query(sites: dict[str, Site]) -> None:
    """Each page and each part of one as the first who is admitted meets it, and a visitor who is not signed in."""
    site, rendered, parts = sites["sterk-huis"], 0, set()

    def faults() -> Iterator[str]:
        nonlocal rendered
        for page in pages():
            for role in (first_admitted(page, site), ANONYMOUS) if "GET" in page.declaration.methods else ():
                for headers in ({}, PARTIAL) if role else ():
                    with asked_while_rendering() as asked:
                        answer = site.client(role).get(at(page, site), headers=headers)
                    text = answer.getvalue()
                    rendered += b"<html" in text
                    if headers and answer.status_code == 200 and b"<html" not in text and b"</" in text:
                        parts.add(page.declaration.name)
                    yield from (f"{page.declaration.name} as {role}: {each}" for each in asked)

    told(faults())
    assert rendered > 100, rendered
    assert parts >= {"dossiers:timeline", "policy:simulation"}, parts


def test_a_template_that_asks_is_found(sites: dict[str, Site]) -> None:
    """So that the test above cannot pass by looking the wrong way."""
    request = RequestFactory().get("/")
    lazy = connections["default"]

    def ask() -> str:
        with lazy.cursor() as cursor:
            cursor.execute("select 'asked'")
            return str(cursor.fetchone()[0])

    with asked_while_rendering() as asked, organisation(sites["sterk-huis"].id):
        assert environment().from_string("<p>{{ ask() }}</p>").render(ask=ask, request=request) == "<p>asked</p>"
    assert len(asked) == 1


def test_a_page_that_is_filled_in_too_early_is_found(sites: dict[str, Site]) -> None:
    with asked_while_rendering() as asked, transaction.atomic():
        environment().from_string("<p></p>").render(request=RequestFactory().get("/"))
    assert len(asked) == 1


def test_a_part_of_a_page_that_is_filled_in_too_early_is_found(sites: dict[str, Site]) -> None:
    request = RequestFactory().get("/")
    with asked_while_rendering() as asked, organisation(sites["sterk-huis"].id), transaction.atomic():
        render_block(request, "work/background.html", "content", {"stopped": StoppedList((), 0)})
    assert len(asked) == 1


def test_nouns_are_read_at_the_entrance_once(sites: dict[str, Site]) -> None:
    """For whoever the page is: one question which regulation holds, before the view."""
    site = sites["sterk-huis"]
    for role, path in (("caseworker", f"/o/{site.slug}/dossiers/"), ("client", f"/mijn/{site.slug}/")):
        with asked("policy_policyversion") as found:
            assert site.client(role).get(path).status_code == 200
        assert len(found) == 1, (role, found)


@contextmanager
def asked(table: str) -> Iterator[list[str]]:
    """The statements that name a table."""
    found: list[str] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if f'from "{table}"' in sql.lower():
            found.append(sql)
        return execute(sql, parameters, many, context)

    with connections["default"].execute_wrapper(note):
        yield found


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("slug", ["sterk-huis", "veilig-thuis-hm", "met_onder-streep"])
def test_addresses_are_those_that_django_writes(slug: str, language: str) -> None:
    """For every page; the names of allauth's and ours alike."""
    with translation.override(language):
        for page in pages():
            name = page.declaration.name
            given = {
                part: GIVEN[kind or "str"] for kind, part in PARAMETER.findall(page.pattern) if part != "organisation"
            }
            placed = {"organisation": slug} if "<slug:organisation>" in page.pattern else {}
            assert reverse(name, slug, **given) == django_reverse(name.replace(":", "."), kwargs={**placed, **given}), (
                name
            )


@pytest.mark.parametrize("odd", ["a b", "é", "a/b", "", "%41", None, "..", "x\n"])
def test_what_fits_no_address_is_refused_or_quoted_as_django_does(odd: Any) -> None:
    for name, part in (("dossiers:timeline", "dossier_id"), ("policy:section", "key"), ("policy:nowhere", "key")):
        assert _written(reverse, name, "sterk-huis", {part: odd}) == _written(
            lambda name, slug, **given: django_reverse(name, kwargs={"organisation": slug, **given}),
            name.replace(":", "."),
            "sterk-huis",
            {part: odd},
        )


def _written(write: Any, name: str, slug: str, given: dict[str, Any]) -> str:
    try:
        return str(write(name, slug, **given))
    except NoReverseMatch:
        return "no address"
