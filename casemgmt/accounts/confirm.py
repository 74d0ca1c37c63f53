"""Confirm-again: before something dangerous somebody shows once more who they are (house rule: five minutes)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from casemgmt.base import clock

View = Callable[..., HttpResponseBase]

PORTAL_CONFIRMED = "portal_confirmed_at"


def confirm_again(view: View) -> View:
    """A view that opens only to somebody who confirmed in the last five minutes.

    What was posted is not kept: it could hold personal data, and the session is
    no place for it. The person comes back to the page with the form.
    """

    @wraps(view)
    def confirmed_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if confirmed(request):
            return view(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD"):
            messages.info(request, _("Confirm first that it is you. Then do it again; nothing was changed yet."))
        response = HttpResponseRedirect(f"{_confirm_page(request)}?{urlencode({'next': _way_back(request)})}")
        response.status_code = 302 if request.method in ("GET", "HEAD") else 303
        return response

    return confirmed_first


def confirmed(request: HttpRequest) -> bool:
    """Whether this session was confirmed in the last five minutes."""
    if not request.user.is_authenticated:
        return False
    if request.user.is_portal:
        at = float(request.session.get(PORTAL_CONFIRMED, 0))
        return bool(clock.now().timestamp() - at < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
    return bool(did_recently_reauthenticate(request))


def safe_next(request: HttpRequest, wanted: str, fallback: str) -> str:
    """``wanted`` when it is an address of ours, else ``fallback``."""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and safe else fallback


def _confirm_page(request: HttpRequest) -> str:
    if request.user.is_authenticated and request.user.is_portal:
        place: Any = request
        return reverse("accounts.portal_confirm", kwargs={"organisation": place.organisation.slug})
    return reverse("account_reauthenticate")


def _way_back(request: HttpRequest) -> str:
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    if came_from and urlsplit(came_from).netloc == request.get_host():
        parts = urlsplit(came_from)
        return parts.path + (f"?{parts.query}" if parts.query else "")
    return request.path
