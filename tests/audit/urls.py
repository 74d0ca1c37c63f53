"""Two tiny pages for the tests: one that reads by a door, one that breaks."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.organisation import organisation


def door(request: HttpRequest, place: UUID) -> HttpResponse:
    """Reads, writes down that it was read, and shows it after both are committed."""
    with organisation(place):
        with transaction.atomic(durable=True):
            content = "MARKER-content"
            events.record(Action.READ, outcome=Outcome.SHOWN, data="timeline")
        return HttpResponse(content)


def crash(request: HttpRequest) -> HttpResponse:
    """Breaks, with content in its message."""
    raise RuntimeError("MARKER-in-the-message")


urlpatterns = [path("deur/<uuid:place>/", door), path("stuk/", crash)]
