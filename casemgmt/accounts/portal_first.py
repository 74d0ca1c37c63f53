"""The first time in the portal: the letter, a password, the app, recovery codes, in.

Nothing changes until the app's first code is right: whoever stops halfway can
begin again with the same letter. What is chosen on the way waits in the session,
the password as its hash and the app's secret sealed.
"""

import base64
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret, validate_totp_code
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.accounts import acts, limits
from casemgmt.accounts.adapter import MFAAdapter, client_address
from casemgmt.accounts.models import PortalInvitation, User
from casemgmt.accounts.portal_forms import CodeForm, InvitationForm, NewPasswordForm
from casemgmt.accounts.portal_views import PENDING_SECONDS, at, counted, door, enter, home
from casemgmt.accounts.secrets import open_secret, seal_secret
from casemgmt.accounts.signals import portal_step
from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.web import forms
from casemgmt.web.render import render, see_address

FIRST = "portal_first"
SHOW_CODES = "portal_show_codes"
LETTER_REFUSED = gettext_noop(
    "This name and code do not belong together, or the letter is too old. Check both, or ask for a new letter."
)


@door
def letter(request: HttpRequest) -> HttpResponse:
    """Sign-in name and code of the letter."""
    form = InvitationForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "accounts/portal_letter.html", {"form": form})
    if form.is_valid():
        invitation = _invitation(request, form)
        if invitation is not None:
            request.session[FIRST] = {"invitation": str(invitation.id), "at": clock.now().timestamp()}
            request.session.cycle_key()
            return see_address(at(request, "portal_password"))
    return forms.invalid(request, "accounts/portal_letter.html", form)


@door
def password(request: HttpRequest) -> HttpResponse:
    """A password of one's own."""
    user = _user(request)
    if user is None:
        return see_address(at(request, "portal_letter"))
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=user)
    context = {"form": form, "signin_name": user.username}
    if request.method != "POST":
        return render(request, "accounts/portal_password.html", context)
    if not form.is_valid():
        return forms.invalid(request, "accounts/portal_password.html", form, context)
    _keep(request, password=make_password(form.cleaned_data["password"]))
    return see_address(at(request, "portal_app"))


@door
def app(request: HttpRequest) -> HttpResponse:
    """The app on the phone; its first code takes the invitation and signs in."""
    user = _user(request)
    if user is None or "password" not in request.session[FIRST]:
        return see_address(at(request, "portal_letter"))
    secret = _secret(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    form.fields["code"].help_text = _("Six digits, shown by the app.")
    context = {"form": form, **_qr(user, secret)}
    if request.method != "POST":
        return render(request, "accounts/portal_app.html", context)
    if form.is_valid() and _first_code(request, user, secret, form):
        _accept(request, secret)
        return see_address(at(request, "portal_codes"))
    return forms.invalid(request, "accounts/portal_app.html", form, context)


@door
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes, once, right after they were made."""
    if not request.session.pop(SHOW_CODES, False):
        return see_address(home(request))
    return render(request, "accounts/portal_codes.html", {"codes": _codes(request), "home": home(request)})


def _invitation(request: HttpRequest, form: InvitationForm) -> PortalInvitation | None:
    asked: Any = request
    name = f"letter:{form.cleaned_data['name']}"
    if not counted(request, name, form, guessable=False):
        return None
    invitation = acts.invitation_for(
        name=form.cleaned_data["name"],
        code=form.cleaned_data["code"],
        organisation_id=asked.organisation.id,
        at=clock.now(),
    )
    if invitation is None:
        portal_step.send(sender=None, word="invitation-refused", succeeded=False)
        form.add_error(None, ValidationError(_(LETTER_REFUSED)))
        return None
    limits.succeeded(name, client_address(request))
    return invitation


@reads
def _user(request: HttpRequest) -> User | None:
    """The account of the letter, while the letter is open and this visit not too long."""
    asked: Any = request
    first = request.session.get(FIRST) or {}
    if clock.now().timestamp() - float(first.get("at", 0)) > PENDING_SECONDS:
        return None
    invitation = PortalInvitation.objects.filter(
        pk=first["invitation"], organisation_id=asked.organisation.id, used_at=None
    ).first()
    return User.objects.filter(pk=invitation.user_id, is_active=True).first() if invitation else None


def _keep(request: HttpRequest, **values: str) -> None:
    request.session[FIRST] = {**request.session[FIRST], **values}


def _secret(request: HttpRequest) -> str:
    """The app's secret of this visit; it stays the same when a code was mistyped."""
    sealed = request.session[FIRST].get("secret")
    if sealed:
        return open_secret(base64.b64decode(sealed)).decode()
    secret = str(generate_totp_secret())
    _keep(request, secret=base64.b64encode(seal_secret(secret.encode())).decode())
    return secret


def _qr(user: User, secret: str) -> dict[str, str]:
    adapter = MFAAdapter()
    address = adapter.build_totp_url(user, secret)
    drawing = base64.b64encode(adapter.build_totp_svg(address).encode()).decode()
    groups = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return {"qr": f"data:image/svg+xml;base64,{drawing}", "secret": groups, "totp_address": address}


def _first_code(request: HttpRequest, user: User, secret: str, form: CodeForm) -> bool:
    name = f"portal-code:{user.id}"
    if not counted(request, name, form):
        return False
    code = "".join(form.cleaned_data["code"].split())
    if not validate_totp_code(secret, code) or not limits.once(str(user.id), code):
        portal_step.send(sender=None, word="second-factor-failed", succeeded=False, user=user)
        form.add_error("code", ValidationError(_("This code is not right. Type the one the app shows now.")))
        return False
    limits.succeeded(name, client_address(request))
    return True


def _accept(request: HttpRequest, secret: str) -> None:
    first = request.session.pop(FIRST)
    user = acts.accept_invitation(
        invitation_id=UUID(first["invitation"]), password_hash=first["password"], totp_secret=secret, at=clock.now()
    )
    portal_step.send(sender=None, word="invitation-accepted", succeeded=True, user=user)
    enter(request, user)
    request.session[SHOW_CODES] = True


@reads
def _codes(request: HttpRequest) -> list[str]:
    kept = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    return list(kept.wrap().get_unused_codes()) if kept else []
