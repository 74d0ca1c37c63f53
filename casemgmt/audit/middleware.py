"""Gives every request its circumstances and records the ones that crash."""

import ipaddress
import logging
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import Error as DatabaseError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse

from casemgmt.audit import context, events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.errors import NotThere, Refusal
from casemgmt.base.organisation import current_or_none

log = logging.getLogger("casemgmt.audit")

# These are answers, not crashes; whoever raises them has left its own row.
_ANSWERS = (Http404, PermissionDenied, SuspiciousOperation, Refusal, NotThere)


class RequestContextMiddleware:
    """A request id of our own, the peer's address, and a row for every crash."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle the request under its own circumstances."""
        token = context.start(context.AuditContext(ip=peer_address(request), source="web"))
        try:
            response = self.get_response(request)
            response["X-Request-Id"] = str(context.current().request_id)
            return response
        finally:
            context.end(token)

    def process_exception(self, request: HttpRequest | None, exception: Exception) -> None:
        """Record a crash in a transaction of its own; the page is the handler's business."""
        if isinstance(exception, _ANSWERS):
            return
        try:
            record_crash(request)
        except DatabaseError:
            log.error("A crash could not be recorded in the trail.")


def record_crash(request: HttpRequest | None) -> None:
    """One row that something went wrong: on which page, in which dossier, in the organisation when there is one."""
    match = getattr(request, "resolver_match", None)
    declaration = getattr(getattr(match, "func", None), "declaration", None)
    data = declaration.name[:60] if declaration else "crash"
    dossier_id = match.kwargs.get("dossier_id") if match else None
    with transaction.atomic():
        if current_or_none() is None:
            events.record_platform(Action.JOB, outcome=Outcome.FAILED, data=data)
        else:
            events.record(Action.JOB, outcome=Outcome.FAILED, data=data, dossier_id=dossier_id)


def peer_address(request: HttpRequest) -> str | None:
    """The client's address: the peer, or what the last TRUSTED_PROXIES hops added."""
    hops = [h.strip() for h in request.headers.get("X-Forwarded-For", "").split(",") if h.strip()]
    trusted = int(getattr(settings, "TRUSTED_PROXIES", 0))
    address = hops[-trusted] if 0 < trusted <= len(hops) else request.META.get("REMOTE_ADDR", "")
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None
