"""The application's addresses, and views to compare with, behind the same middleware."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from jinja2 import Template

from casemgmt.audit import events
from casemgmt.urls import urlpatterns as real
from casemgmt.web.render import environment
from casemgmt.web.routes import Needs, page
from dossiers.views import lists
from dossiers.worklist import worklist

_SLICE = """<!doctype html><html lang=nl><title>Dossiers</title><table>{% for row in rows %}
<tr><td><a href="dossiers/{{ row.id }}/">{{ row.name }}</a><td>{{ row.number }}<td>{{ row.opened_on }}
{% endfor %}</table></html>"""


def bare(request: HttpRequest) -> HttpResponse:
    """Nothing at all: what the middleware alone costs."""
    return HttpResponse("ok")


def thin(request: HttpRequest) -> HttpResponse:
    """The slice: 25 sealed names under row security, their keys, the door's event, a plain table."""
    rows = worklist(request.actor).rows  # type: ignore[attr-defined]
    return HttpResponse(_template().render(rows=rows))


def without_trail(request: HttpRequest) -> HttpResponse:
    """The worklist page as it is, but for its event and the rows of its list: to see what these cost."""
    with _no_trail():
        return lists.dossiers(request)


def with_event_only(request: HttpRequest) -> HttpResponse:
    """The worklist page with its event, but without the rows of its list."""
    with _no_trail("subjects"):
        return lists.dossiers(request)


_left_out: ContextVar[str] = ContextVar("left_out", default="")
_record = events.record


@contextmanager
def _no_trail(what: str = "everything") -> Iterator[None]:
    token = _left_out.set(what)
    try:
        yield
    finally:
        _left_out.reset(token)


def _recorded(*given: Any, **named: Any) -> Any:
    left_out = _left_out.get()
    if left_out == "everything":
        return None
    if left_out == "subjects":
        named.pop("subjects", None)
    return _record(*given, **named)


events.record = _recorded


@cache
def _template() -> Template:
    return environment().from_string(_SLICE)


READ = Needs.capability("dossier.read")
_compare = [
    page("kaal/", bare, name="bench:bare", needs=Needs.staff()),
    page("plak/", thin, name="bench:slice", needs=READ),
    page("spoorloos/", without_trail, name="bench:no_trail", needs=READ),
    page("gebeurtenis/", with_event_only, name="bench:event", needs=READ),
]
urlpatterns = [path("o/<slug:organisation>/", include(_compare)), *real]
