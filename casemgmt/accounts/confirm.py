"""Confirm-again: before something dangerous somebody shows once more who they are (house rule: so many minutes)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from casemgmt.accounts.confirmations import confirmed_within
from casemgmt.accounts.forms import ReauthenticateForm
from casemgmt.accounts.house import rules_for
from casemgmt.base import clock
from casemgmt.web.context import provides
from casemgmt.web.render import render, safe_next

View = Callable[..., HttpResponseBase]

PORTAL_CONFIRMED = "portal_confirmed_at"
PREFIX = "confirm"
BACK = f"{PREFIX}-back"


def confirm_again(view: View) -> View:
    """A view that opens only to somebody who confirmed as short ago as the organisation's house rules say.

    Staff confirm with their password on a page that carries what was posted; it is sent on from there, and
    kept nowhere else: it could hold personal data, and the session is no place for it. Who has no password,
    or confirms in another way, comes back to the page with the form.
    """

    @wraps(view)
    def confirmed_first(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return once_confirmed(request, lambda: view(request, *args, **kwargs))

    return confirmed_first


def once_confirmed(request: HttpRequest, go_on: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Go on when it was confirmed, as ``confirm_again`` has it; else ask.

    For a view that can tell without looking anything up that a form is not filled in well: nobody types a password
    for a form that comes back. Until then it does nothing, and what it shows is no secret without a confirmation.
    """
    if confirmed(request):
        return go_on()
    if _can_carry(request):
        return _confirm_here(request, go_on)
    if request.method not in ("GET", "HEAD"):
        messages.info(request, _("Confirm first that it is you. Then do it again; nothing was changed yet."))
    response = HttpResponseRedirect(_confirm_address(request))
    response.status_code = 302 if request.method in ("GET", "HEAD") else 303
    return response


def confirmed(request: HttpRequest) -> bool:
    """Whether this session was confirmed within the minutes that the house rules of where it is give."""
    user: Any = request.user
    if not user.is_authenticated:
        return False
    within = rules_for(user.id).confirm_seconds
    if user.is_portal:
        at = float(request.session.get(PORTAL_CONFIRMED, 0))
        return clock.now().timestamp() - at < within
    return confirmed_within(request, within)


def _can_carry(request: HttpRequest) -> bool:
    """Whether a page of ours can hold all that was posted, for somebody who has a password."""
    user: Any = request.user
    return request.method == "POST" and not request.FILES and not user.is_portal and user.has_usable_password()


def _confirm_here(request: HttpRequest, go_on: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Go on when the password came along and is right; otherwise ask for it, with everything that was posted."""
    asked = f"{PREFIX}-password" in request.POST
    if asked and (stop := ratelimit.consume_or_429(request, action="reauthenticate", user=request.user)):
        refused: HttpResponseBase = stop
        return refused
    form = ReauthenticateForm(request.POST if asked else None, user=request.user, prefix=PREFIX)
    rest = request.POST.copy()
    rest.pop(f"{PREFIX}-password", None)
    rest.pop(BACK, None)
    if asked and form.is_valid():
        reauthenticate_by_password(request)
        request.POST = rest  # type: ignore[assignment]  # the same words, which from here on may be changed
        return go_on()
    rest.pop("csrfmiddlewaretoken", None)
    carried = [(name, value) for name, values in rest.lists() for value in values]
    user: Any = request.user
    values = {
        "form": form,
        "carried": carried,
        "here": request.get_full_path(),
        "elsewhere": _confirm_address(request),
        "back": safe_next(request, request.POST.get(BACK) or _came_from(request), ""),
        "back_name": BACK,
        "minutes": rules_for(user.id).confirm_again_minutes,
    }
    return render(request, "accounts/confirm_here.html", values, status=422)


@provides("way_out")
def way_out(request: HttpRequest | None) -> str:
    """Where who does not want to confirm goes: the page one came from; the front door when that is none of ours."""
    if request is None:
        return "/"
    asked = request.POST if request.method == "POST" else request.GET
    return safe_next(request, asked.get("back") or asked.get("next", ""), "/")


def _confirm_address(request: HttpRequest) -> str:
    # A page that is shut until one confirmed is where it goes on, and no place to go back to.
    came_from, then = _came_from(request), _way_back(request)
    back = {"back": came_from} if came_from and came_from != then else {}
    return f"{_confirm_page(request)}?{urlencode({'next': then, **back})}"


def _confirm_page(request: HttpRequest) -> str:
    if request.user.is_authenticated and request.user.is_portal:
        place: Any = request
        return reverse("accounts.portal_confirm", kwargs={"organisation": place.organisation.slug})
    return reverse("account_reauthenticate")


def _way_back(request: HttpRequest) -> str:
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    return _came_from(request) or request.path


def _came_from(request: HttpRequest) -> str:
    """The page of ours that led here; nothing when it was none of ours."""
    try:
        parts = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""  # no address at all
    if not parts.netloc or parts.netloc != request.get_host():
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
