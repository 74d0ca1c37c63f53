"""The last floor before the visitor: turns every exception into the right page.

Refusals keep their sentence, a store that is away becomes 503 and mends itself,
and input that no page could have sent becomes 4xx. Nothing here asks a database;
only a form with a wrong token leaves its row here, for no view ever sees it.
"""

import logging
import sys
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError, InterfaceError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.errors import Unavailable
from casemgmt.web import errors

LONGEST_ADDRESS = 4_000
HEALTH = "/health/"
RETRY = {"Retry-After": "30"}
_AWAY = (OperationalError, InterfaceError, RedisError, Unavailable)
# PostgreSQL's way of saying that no column can hold this (a NUL, a number without end).
_UNFIT = (DataError, UnreadablePostError, RawPostDataException, UnicodeError)

log = logging.getLogger("casemgmt.refusals")


class RefusalMiddleware:
    """Stands outside everything that can fail: unfit addresses stop here, exceptions become pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse an address that no page of ours has."""
        if unfit_address(request):
            return errors.answer(request, 400)
        if request.path_info == HEALTH:
            # A session cookie would make this page ask the database it reports on.
            request.COOKIES = {}
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page for an exception out of a view, or None when it is a fault of ours."""
        return page_for(request, exception)


def unfit_address(request: HttpRequest) -> bool:
    """Whether path or query holds a NUL, text that is no UTF-8, or goes on for ever."""
    query = request.META.get("QUERY_STRING", "")
    if len(request.path_info) + len(query) > LONGEST_ADDRESS:
        return True
    return "\x00" in request.path_info or "%00" in query or "\x00" in query


def page_for(request: HttpRequest, exception: BaseException | None) -> HttpResponse | None:
    """The page of an exception that is an answer; None for a fault of ours."""
    if isinstance(exception, _AWAY):
        log.error("A store is away: %s", type(exception).__name__)
        return errors.answer(
            request, 503, detail=errors.not_open_sentence(exception) or _away_sentence(), headers=RETRY
        )
    if isinstance(exception, RequestDataTooBig):
        return errors.answer(request, 413)
    if isinstance(exception, (SuspiciousOperation, *_UNFIT)):
        return errors.answer(request, 400)
    if isinstance(exception, PermissionDenied):
        return errors.handler403(request, exception)
    if isinstance(exception, Http404):
        return errors.answer(request, 404)
    return errors.for_exception(request, exception)


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A request that cannot be understood."""
    return page_for(request, exception) or errors.handler400(request, exception)


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Somebody who may not do this."""
    return errors.handler403(request, exception)


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What is not there, or not yours to see."""
    return errors.handler404(request, exception)


def handler500(request: HttpRequest) -> HttpResponse:
    """What a middleware raised comes here too, so a store that is away is recognised here as well."""
    return page_for(request, sys.exc_info()[1]) or errors.handler500(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is missing or old: the page says that it was recorded, so it is."""
    with transaction.atomic():
        events.record_platform(Action.CHANGE, outcome=Outcome.DENIED, data="csrf")
    return errors.csrf_failure(request, reason)


def _away_sentence() -> str:
    return _("A part of the system does not answer at this moment. It mends itself.")
