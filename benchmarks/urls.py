"""The application's addresses, and two views to compare with, behind the same middleware."""

from functools import cache

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from jinja2 import Template

from casemgmt.urls import urlpatterns as real
from casemgmt.web.render import environment
from casemgmt.web.routes import Needs, page
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


@cache
def _template() -> Template:
    return environment().from_string(_SLICE)


_compare = [
    page("kaal/", bare, name="bench:bare", needs=Needs.staff()),
    page("plak/", thin, name="bench:slice", needs=Needs.capability("dossier.read")),
]
urlpatterns = [path("o/<slug:organisation>/", include(_compare)), *real]
