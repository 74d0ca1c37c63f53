"""How django-allauth works here: nobody signs up, tries are counted, secrets are sealed."""

import base64
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from casemgmt.accounts import confirmations, limits
from casemgmt.accounts.models import User
from casemgmt.accounts.secrets import open_secret, seal_secret

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

_SILENT = (
    "account/messages/logged_in.txt",
    "account/messages/logged_out.txt",
    "mfa/messages/recovery_codes_generated.txt",
)


def too_often(error: limits.TooOften) -> ValidationError:
    """The sentence somebody reads who tried too often."""
    sentence = ngettext(
        "That was tried often. Wait %(minutes)s minute and try again. Your account is not locked.",
        "That was tried often. Wait %(minutes)s minutes and try again. Your account is not locked.",
        error.minutes,
    )
    return ValidationError(sentence % {"minutes": error.minutes}, code="too_often")


def client_address(request: HttpRequest) -> str:
    """The client's address as the trusted proxy gives it; one word for all whose address is unknown."""
    return str(get_client_ip(request) or "0.0.0.0")  # noqa: S104  (no address is listened on)


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Staff accounts are made by an administrator; no one signs up by themselves."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("This e-mail address and password do not belong together."),
        "incorrect_password": gettext_lazy("This password is not right."),
        "enter_current_password": gettext_lazy("This is not your current password."),
        "password_min_length": gettext_lazy("Choose a password of at least 12 characters."),
        "rate_limited": gettext_lazy("That was tried often. Wait a minute and try again."),
        "too_many_login_attempts": gettext_lazy("That was tried often. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The client's address; behind a socket there may be none."""
        return client_address(request)

    def is_safe_url(self, url: str) -> bool:
        """Whether ``url`` is an address of ours; what is no address at all is not."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the try before any password is looked at."""
        try:
            limits.attempt(credentials.get("email", ""), client_address(request))
        except limits.TooOften as error:
            raise too_often(error) from None

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The staff account with this address and password, or None; the portal has its own door."""
        user = super().authenticate(request, **credentials)
        if user is not None:
            limits.succeeded(credentials.get("email", ""), client_address(request))
        return user

    def _rollback_login_failed_rl_usage(self) -> None:
        """Nothing: ``limits`` counts, and takes back by itself."""

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the password of ``user``; counted like a sign-in.

        allauth would look the person up by user name, which is no way to sign in here.
        """
        name = f"again:{user.pk}"
        try:
            limits.attempt(name, client_address(self.request))
        except limits.TooOften as error:
            raise too_often(error) from None
        if not (user.is_active and user.check_password(password)):
            return False
        limits.succeeded(name, client_address(self.request))
        return True

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Somebody who just gave the password sets up the first factor without giving it again.

        Asked right before allauth looks how long ago somebody confirmed.
        """
        user = self.request.user
        if app == "allauth.mfa" and user.is_authenticated and not is_mfa_enabled(user):
            return not get_authentication_records(self.request, user)
        confirmations.forget_old(self.request)
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def add_message(self, request: HttpRequest, level: int, *args: Any, **kwargs: Any) -> None:
        """Say nothing of what the page that follows shows by itself."""
        template = kwargs.get("message_template") or (args[0] if args else None)
        if template not in _SILENT:
            super().add_message(request, level, *args, **kwargs)


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """A sign-in at the employer's own provider finds an existing account or none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Never."""
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of authenticators are kept sealed, and the last second factor is never taken away."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code is not right. Type the one the app shows now."),
    }

    def encrypt(self, text: str) -> str:
        """The secret as it is stored."""
        return base64.b64encode(seal_secret(text.encode())).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret as it is used."""
        return open_secret(base64.b64decode(encrypted_text)).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether another second factor remains."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return bool(others.exclude(pk=authenticator.pk).exists())

    def get_totp_issuer(self) -> str:
        """The name an authenticator app shows; it tells a bystander nothing."""
        return "Dossier"

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """A first name for a passkey; its owner may change it."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Passkey %(number)s") % {"number": count + 1}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The name a passkey is kept under."""
        entity: dict[str, str] = super().get_public_key_credential_rp_entity()
        return {**entity, "name": "Dossier"}
