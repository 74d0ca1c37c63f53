"""allauth's forms in our words; one-time codes work once."""

import struct
from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.accounts import limits
from casemgmt.accounts.adapter import client_address, too_often
from casemgmt.accounts.models import User
from casemgmt.web.forms import Form

LABELS = {
    "login": gettext_lazy("E-mail address"),
    "email": gettext_lazy("E-mail address"),
    "password": gettext_lazy("Password"),
    "oldpassword": gettext_lazy("Current password"),
    "password1": gettext_lazy("New password"),
    "password2": gettext_lazy("New password, once more"),
    "code": gettext_lazy("Code"),
    "name": gettext_lazy("Name of this passkey"),
    "passwordless": gettext_lazy("Sign in with this passkey alone, without a password"),
}
LONGEST = 500
HINTS = {
    "password1": gettext_lazy("At least 12 characters. A few words in a row are easy to remember."),
    "passwordless": gettext_lazy("The device then asks for your fingerprint, face or PIN."),
}


class _Plain:
    """Our labels and no placeholders: a placeholder disappears when it is needed."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields  # type: ignore[attr-defined]
        for name, field in fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.help_text = HINTS.get(name, "")
            field.error_messages["required"] = _("Fill this in.")
            if name == "code":
                field.widget.attrs.update({"autocomplete": "one-time-code", "inputmode": "numeric"})
            # allauth bounds nothing; hashing or matching a long text is work that anybody could ask for.
            if name not in ("passwordless", "credential"):
                field.validators = [MaxLengthValidator(LONGEST), *field.validators]


class LoginForm(_Plain, account.LoginForm):  # type: ignore[misc]
    """E-mail address and password."""


class ReauthenticateForm(_Plain, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before something dangerous."""


class ChangePasswordForm(_Plain, account.ChangePasswordForm):  # type: ignore[misc]
    """Another password."""


class ResetPasswordForm(_Plain, account.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link."""

    def clean_email(self) -> str:
        """The address; an account without a password has an invitation instead, which this may not go round."""
        email = str(super().clean_email())
        known: list[User] = self.users
        self.users: list[User] = [user for user in known if user.has_usable_password()]
        return email


class ResetPasswordKeyForm(_Plain, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, by the link from the mail."""


class _Once:
    """A code that was seen once is refused, also in the next half minute; and tries are counted as passwords are."""

    user: Any

    def clean_code(self) -> str:
        """The code; allauth itself forgets it sooner than it stays valid."""
        name, address = f"staff-code:{self.user.pk}", client_address(context.request)
        try:
            limits.attempt(name, address)
        except limits.TooOften as error:
            raise too_often(error) from None
        code = str(super().clean_code())  # type: ignore[misc]
        if not limits.once(str(self.user.pk), code):
            raise ValidationError(_("This code was used already. Wait for the next one."), code="used")
        limits.succeeded(name, address)
        return code


class AuthenticateForm(_Once, _Plain, mfa.AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in: a code of the app or a recovery code."""


class SecondFactorAgainForm(_Once, _Plain, mfa.ReauthenticateForm):  # type: ignore[misc]
    """The second factor once more, before something dangerous."""


class ActivateTOTPForm(_Plain, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""


# What reading an answer of a device raises that no device gave.
_NO_ANSWER = (LookupError, TypeError, ValueError, AttributeError, struct.error)


class AddWebAuthnForm(_Plain, Form, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey and its name."""

    def clean(self) -> dict[str, Any]:
        """What was filled in; raises ValidationError when the device's answer cannot be read or does not fit."""
        try:
            return super().clean() or {}
        except (ValidationError, *_NO_ANSWER):
            words = _("Your device gave no passkey that can be used here. Try again.")
            raise ValidationError(words, code="unusable") from None


class _Key:
    """A passkey that opens nothing is called by its name; allauth speaks of a code then."""

    def clean_credential(self) -> Any:
        """The passkey that was used; raises ValidationError for one that is not known, or not for this account."""
        try:
            return super().clean_credential()  # type: ignore[misc]
        except (ValidationError, *_NO_ANSWER) as refused:
            if getattr(refused, "code", None) == "too_many_login_attempts":
                raise
            words = _("This passkey is not known here any more. Sign in another way; then you can add it again.")
            raise ValidationError(words, code="unknown") from None


class LoginWebAuthnForm(_Key, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey instead of the password."""


class AuthenticateWebAuthnForm(_Key, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey after the password."""


class ReauthenticateWebAuthnForm(_Key, webauthn.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey once more, before something dangerous."""


class EditWebAuthnForm(_Plain, Form, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""
