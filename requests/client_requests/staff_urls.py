"""Addresses of requests, for staff."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern

from casemgmt.base.errors import NotThere
from casemgmt.web.routes import Needs, page


def nothing(request: HttpRequest, dossier_id: UUID | None = None, request_id: UUID | None = None) -> HttpResponse:
    """Not drawn yet."""
    raise NotThere


HANDLE = Needs.any_of("request.handle", "request.decide")
ONE = "dossiers/<uuid:dossier_id>/"
urlpatterns: list[URLPattern] = [
    page("verzoeken/", nothing, name="client_requests:list", needs=HANDLE),
    page(ONE + "verzoeken/", nothing, name="client_requests:dossier", needs=HANDLE),
    page(ONE + "verzoeken/opnemen/", nothing, name="client_requests:new", needs=HANDLE),
    page(ONE + "verzoeken/<uuid:request_id>/", nothing, name="client_requests:page", needs=HANDLE),
    page(ONE + "portaal/", nothing, name="client_requests:portal", needs=HANDLE),
]
