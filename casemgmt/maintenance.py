"""What a visitor meets during maintenance: one page for staff, clients and programs, that asks no store anything."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from casemgmt.base import clock, maintenance
from casemgmt.web import errors
from casemgmt.web.dates import at_time

# How everything is: operators ask that during maintenance most of all.
ALWAYS = ("/health/", "/metrics/")


class MaintenanceMiddleware:
    """Stands before everything that asks a store or a session; static files stand before it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The page of maintenance, or what was asked."""
        if not maintenance.is_on() or request.path_info in ALWAYS:
            return self.get_response(request)
        return closed(request)


def closed(request: HttpRequest) -> HttpResponse:
    """503 with when to come back, in Dutch and in English: without a session nobody's language is known."""
    standing = maintenance.standing() or maintenance.Maintenance(None, None)
    seconds = standing.seconds_left(clock.now())
    with translation.override("en"):
        english = sentence(standing)
    with translation.override("nl"):
        return errors.answer(
            request, 503, detail=sentence(standing), english=english, headers={"Retry-After": str(seconds)}
        )


def sentence(standing: maintenance.Maintenance) -> str:
    """What is going on, in the language of the moment."""
    if standing.until is None or standing.until <= clock.now():
        return _("We are working on the system. Nothing of yours is lost. Try again in a few minutes.")
    text = _("We are working on the system, until about %(time)s. Nothing of yours is lost.")
    return text % {"time": at_time(standing.until)}
