"""Each page says who may open it, and answers only the methods it named."""

from types import SimpleNamespace

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from casemgmt.web.routes import Needs, declarations, page, reverse
from tests.web.pages import SampleActor, sample_request


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("here")


CLOSED = page("gesloten/", view, name="sample:closed", needs=Needs.capability("dossier.read"), personal=True)
OPEN = page("open/", view, name="sample:open", needs=Needs.public(), methods=("GET", "POST"))
urlpatterns = [path("o/<slug:organisation>/", include([CLOSED])), OPEN, path("vreemd/", view, name="foreign")]


def test_a_view_carries_its_declaration() -> None:
    declared = CLOSED.callback.declaration
    assert declared.name == "sample:closed"
    assert declared.needs.name == "dossier.read"
    assert declared.personal


def test_another_method_gets_405_that_names_what_works() -> None:
    answer = OPEN.callback(sample_request(method="DELETE"))
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, POST"


def test_a_page_that_depends_on_the_visitor_is_kept_out_of_caches() -> None:
    assert CLOSED.callback(sample_request()).headers["Cache-Control"] == "no-store, private"
    assert "Cache-Control" not in OPEN.callback(sample_request()).headers


def test_a_public_page_is_kept_out_of_caches_for_who_is_signed_in() -> None:
    request = sample_request()
    request.user = SimpleNamespace(is_authenticated=True)
    assert OPEN.callback(request).headers["Cache-Control"] == "no-store, private"


def test_a_name_belongs_to_one_page() -> None:
    with pytest.raises(ValueError, match="sample:open"):
        page("elders/", view, name="sample:open", needs=Needs.staff())


@pytest.mark.urls("tests.web.test_routes")
def test_all_routes_are_listed_with_where_they_are_mounted() -> None:
    listed = {route.pattern: route for route in declarations("tests.web.test_routes")}
    assert listed["o/<slug:organisation>/gesloten/"].name == "sample:closed"
    assert listed["vreemd/"].declaration is None


@pytest.mark.urls("tests.web.test_routes")
def test_the_slug_is_filled_in_only_where_the_address_has_one() -> None:
    assert reverse("sample:closed", "sterk-huis") == "/o/sterk-huis/gesloten/"
    assert reverse("sample:open", "sterk-huis") == "/open/"
    assert reverse("foreign", "sterk-huis") == "/vreemd/"


@pytest.mark.parametrize(
    ("needs", "area", "held", "allowed"),
    [
        (Needs.public(), "staff", None, True),
        (Needs.signed_in(), "portal", None, False),
        (Needs.signed_in(), "portal", "", True),
        (Needs.staff(), "portal", "", False),
        (Needs.portal(), "portal", "", True),
        (Needs.capability("x"), "staff", "y", False),
        (Needs.any_of("x", "y"), "staff", "y", True),
        (Needs.any_of("x", Needs.portal()), "staff", "y", False),
    ],
)
def test_a_need_admits_only_who_meets_it(needs: Needs, area: str, held: str | None, allowed: bool) -> None:
    actor = None if held is None else SampleActor(capabilities=frozenset({held}))
    assert needs.allows(actor, area) is allowed
