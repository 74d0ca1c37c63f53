"""The portal's door: sign-in name and password, then a code; out again; and confirming.

The first time, with the letter, stands in ``portal_first``.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import login, logout
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from casemgmt.accounts import limits, portal_doors
from casemgmt.accounts.adapter import client_address, too_often
from casemgmt.accounts.confirm import PORTAL_CONFIRMED, confirmed
from casemgmt.accounts.models import User
from casemgmt.accounts.portal_forms import CodeForm, SignInForm
from casemgmt.accounts.second_factor import PORTAL_FLAG
from casemgmt.accounts.signals import portal_step
from casemgmt.accounts.views import sign_in_unavailable
from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.web import forms
from casemgmt.web.render import render, safe_next, see_address

View = Callable[..., HttpResponseBase]

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PENDING = "portal_pending"
PENDING_SECONDS = 15 * 60
LONGEST_NEXT = 500


def door(view: View) -> View:
    """A page of the door: never cached, and closed while tries cannot be counted."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except RedisError:
            return sign_in_unavailable(request)
        response.headers["Cache-Control"] = "no-store, private"
        return response

    return answered


@door
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign-in name and password; a code follows."""
    if request.user.is_authenticated:
        return see_address(home(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "next": request.GET.get("next", request.POST.get("next", ""))[:LONGEST_NEXT]}
    if request.method != "POST":
        return render(request, "accounts/portal_sign_in.html", context)
    if form.is_valid():
        user = _account(request, form)
        if user is not None:
            request.session[PENDING] = {"user": str(user.id), "at": clock.now().timestamp(), "next": context["next"]}
            return see_address(at(request, "portal_code"))
    return forms.invalid(request, "accounts/portal_sign_in.html", form, context)


@door
def code(request: HttpRequest) -> HttpResponse:
    """The second factor; only then is somebody signed in."""
    user = _pending_user(request)
    if user is None:
        return see_address(at(request, "portal_sign_in"))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "accounts/portal_code.html", {"form": form})
    if form.is_valid() and check_code(request, user, form):
        wanted = request.session[PENDING].get("next", "")
        enter(request, user)
        return see_address(safe_next(request, wanted, home(request)))
    return forms.invalid(request, "accounts/portal_code.html", form)


def sign_out(request: HttpRequest) -> HttpResponse:
    """Out; the browser is told to forget what it kept of the portal."""
    logout(request)
    response = see_address(at(request, "portal_sign_in"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


@door
def confirm(request: HttpRequest) -> HttpResponse:
    """Once more a code, before something that cannot be taken back."""
    wanted = safe_next(request, request.GET.get("next", request.POST.get("next", ""))[:LONGEST_NEXT], home(request))
    if confirmed(request):
        return see_address(wanted)
    form = CodeForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "next": wanted}
    if request.method != "POST":
        return render(request, "accounts/portal_confirm.html", context)
    user: Any = request.user
    if form.is_valid() and check_code(request, user, form):
        request.session[PORTAL_CONFIRMED] = clock.now().timestamp()
        portal_step.send(sender=None, word="confirmed-again", succeeded=True, user=user)
        return see_address(wanted)
    return forms.invalid(request, "accounts/portal_confirm.html", form, context)


def enter(request: HttpRequest, user: User) -> None:
    """Sign in, under a new session key, with the mark of a second factor."""
    request.session.pop(PENDING, None)
    login(request, user, backend=BACKEND)
    request.session[PORTAL_FLAG] = True
    request.session[PORTAL_CONFIRMED] = clock.now().timestamp()
    portal_doors.keep_session(request)


def counted(request: HttpRequest, name: str, form: forms.Form, *, guessable: bool = True) -> bool:
    """Count one try, as ``limits.attempt`` does; False, with the sentence in the form, when there were too many."""
    try:
        limits.attempt(name, client_address(request), guessable=guessable)
    except limits.TooOften as error:
        form.add_error(None, too_often(error))
        return False
    return True


def check_code(request: HttpRequest, user: User, form: CodeForm) -> bool:
    """Whether the code is right; counted, and a wrong one is written down."""
    name = f"portal-code:{user.id}"
    if not counted(request, name, form):
        return False
    if not portal_doors.second_factor_of(user, form.cleaned_data["code"]):
        portal_step.send(sender=None, word="second-factor-failed", succeeded=False, user=user)
        form.add_error(
            "code", ValidationError(_("This code is not right, or was used already. Wait for the next one."))
        )
        return False
    limits.succeeded(name, client_address(request))
    return True


def at(request: HttpRequest, page: str) -> str:
    """The address of a page of this door in the current organisation."""
    asked: Any = request
    return reverse(f"accounts.{page}", kwargs={"organisation": asked.organisation.slug})


def home(request: HttpRequest) -> str:
    """The first page of the portal of the current organisation."""
    asked: Any = request
    return f"/mijn/{asked.organisation.slug}/"


def _account(request: HttpRequest, form: SignInForm) -> User | None:
    asked: Any = request
    name = f"portal:{form.cleaned_data['name']}"
    if not counted(request, name, form):
        return None
    user = portal_doors.account_with(form.cleaned_data["name"], form.cleaned_data["password"], asked.organisation.id)
    if user is None or not portal_doors.has_app(user):
        portal_step.send(sender=None, word="sign-in-failed", succeeded=False)
        form.add_error(None, ValidationError(_("This sign-in name and password do not belong together.")))
        return None
    limits.succeeded(name, client_address(request))
    return user


@reads
def _pending_user(request: HttpRequest) -> User | None:
    pending = request.session.get(PENDING) or {}
    if clock.now().timestamp() - float(pending.get("at", 0)) > PENDING_SECONDS or "user" not in pending:
        return None
    return portal_doors.waiting_account(pending["user"])
