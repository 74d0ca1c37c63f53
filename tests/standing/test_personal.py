"""A page that opens a dossier, or shows what is marked as private, says so in its declaration; so `routes` tells it."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from casemgmt.management.commands.routes import row
from casemgmt.web.render import render
from casemgmt.web.routes import Needs, Route, RouteDeclaration
from dossiers.access import open_dossier
from dossiers.verbs import Verb
from tests.standing.reaching import CHANGING, READING, reached, shows_private, views


def test_a_page_that_opens_a_dossier_or_shows_something_private_says_that_it_is_personal() -> None:
    silent = [
        name
        for name, (declaration, view) in views().items()
        for functions, templates in [reached(view)]
        if functions & (READING | CHANGING) or any(map(shows_private, templates))
        if not declaration.personal
    ]
    assert not silent


def test_a_form_that_asks_and_changes_nothing_says_so_and_no_other_does() -> None:
    for name, (declaration, view) in views().items():
        functions, _templates = reached(view)
        asks = bool(functions & READING) and not functions & CHANGING and "POST" in declaration.methods
        assert declaration.only_reads is asks, name


def test_the_look_into_the_code_finds_doors_and_marks() -> None:
    """So that the tests above cannot pass by finding nothing."""
    opening = [name for name, (_declaration, view) in views().items() if reached(view)[0] & (READING | CHANGING)]
    showing = [name for name, (_declaration, view) in views().items() if any(map(shows_private, reached(view)[1]))]
    assert len(opening) > 60 and len(showing) > 10
    assert reached(_through_a_helper)[0] & READING
    assert not reached(_harmless)[0] & READING


def _through_a_helper(request: HttpRequest) -> Any:
    def load(dossier: object) -> object:
        return _opened(request)

    return load(None)


def _opened(request: Any) -> Any:
    return open_dossier(request.actor, request.dossier_id, Verb.READ, lambda dossier: dossier, data="x")


def _harmless(request: HttpRequest) -> HttpResponse:
    return render(request, "front/home.html")


@pytest.mark.parametrize(
    ("methods", "only_reads", "reads", "writes"),
    [(("GET",), False, True, False), (("GET", "POST"), False, True, True), (("POST",), True, True, False)],
)
def test_the_list_of_routes_tells_reading_from_writing(
    methods: tuple[str, ...], only_reads: bool, reads: bool, writes: bool
) -> None:
    declared = RouteDeclaration("x:y", "y/", Needs.staff(), methods, None, True, only_reads)
    told = row(Route("o/y/", "x.y", declared), {})
    assert (told["reads_personal_data"], told["writes_personal_data"]) == (reads, writes)
