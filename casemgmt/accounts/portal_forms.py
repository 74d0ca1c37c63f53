"""The forms of the portal's door, one question a page."""

from typing import Any

from django import forms as django_forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.accounts.models import User
from casemgmt.web import forms

_REQUIRED = {"required": gettext_lazy("Fill this in.")}


def _password(label: Any, autocomplete: str, hint: Any = "") -> django_forms.CharField:
    return django_forms.CharField(
        label=label,
        help_text=hint,
        strip=False,
        max_length=500,
        widget=django_forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages=_REQUIRED,
    )


def _name() -> forms.LineField:
    return forms.LineField(
        label=gettext_lazy("Sign-in name"),
        help_text=gettext_lazy("It stands in your letter, for example maan-vis-4821."),
        max_length=64,
        widget=django_forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
        error_messages=_REQUIRED,
    )


class SignInForm(forms.Form):
    """Sign-in name and password."""

    name = _name()
    password = _password(gettext_lazy("Password"), "current-password")


class InvitationForm(forms.Form):
    """What stands in the letter."""

    name = _name()
    code = forms.LineField(
        label=gettext_lazy("Code from the letter"),
        help_text=gettext_lazy("Sixteen letters and digits. Capitals and dashes do not matter."),
        max_length=40,
        widget=django_forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages=_REQUIRED,
    )


class NewPasswordForm(forms.Form):
    """A password, typed twice."""

    password = _password(
        gettext_lazy("New password"),
        "new-password",
        gettext_lazy("At least 12 characters. A few words in a row are easy to remember."),
    )
    again = _password(gettext_lazy("New password, once more"), "new-password")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_password(self) -> str:
        """The password, when it is long and uncommon enough."""
        password: str = self.cleaned_data["password"]
        validate_password(password, self._user)
        return password

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        data = super().clean() or self.cleaned_data
        if "password" in data and "again" in data and data["password"] != data["again"]:
            raise ValidationError({"again": _("This is not the same as above. Type both again.")})
        return data


class CodeForm(forms.Form):
    """The code of this moment."""

    code = forms.LineField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Six digits from the app on your phone, or one of your recovery codes."),
        max_length=20,
        widget=django_forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        error_messages=_REQUIRED,
    )
