"""Forms of those who manage users, and of whoever comes in with an invitation."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.accounts.models import User
from casemgmt.organisations.acts import NewRole
from casemgmt.organisations.roles import Role
from casemgmt.web import forms

NOW, ON = "now", "on"
LOSSES = (
    ("lost", gettext_lazy("Lost: the phone or key cannot be found")),
    ("stolen", gettext_lazy("Stolen")),
    ("replaced", gettext_lazy("Replaced or broken: the colleague still has it, or knows where it is")),
)


def plain_address(address: str) -> None:
    """Refuse letters that are not compared everywhere alike, so that one address would be two accounts."""
    if not address.isascii():
        raise ValidationError(_("Write the e-mail address with ordinary letters, without accents."))


class RoleForm(forms.Form):
    """A role in a team, for a period."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    unit = forms.SelectField(label=gettext_lazy("Team"))
    starts_on = forms.DateField(label=gettext_lazy("First day"))
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Only if it is known. The role counts on this day, and no longer after it."),
    )

    def __init__(self, *args: Any, roles: list[Role], units: list[tuple[str, str]], on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields
        choices["role"].choices = [(role.key, role.label) for role in roles]
        choices["role"].hints = {role.key: role.sentence for role in roles}
        choices["unit"].choices = units if len(units) == 1 else [("", _("Choose a team")), *units]
        choices["starts_on"].initial = on
        self._on = on

    def clean_starts_on(self) -> date:
        """Today or later: who could look at what in the past is not rewritten."""
        day: date = self.cleaned_data["starts_on"]
        if day < self._on:
            raise ValidationError(_("A role begins today or later: the past cannot be changed."))
        return day

    def clean(self) -> dict[str, Any]:
        """The last day does not lie before the first."""
        data = super().clean() or self.cleaned_data
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] < data["starts_on"]:
            raise ValidationError({"ends_on": _("The last day lies before the first.")})
        return data

    def new_role(self) -> NewRole:
        """What was asked."""
        data = self.cleaned_data
        return NewRole(data["role"], UUID(data["unit"]), data["starts_on"], data["ends_on"])


class InviteForm(RoleForm):
    """Who is invited, with which role."""

    name = forms.LineField(label=gettext_lazy("Name"), max_length=120)
    email = django_forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        validators=[plain_address],
        help_text=gettext_lazy("The address of their work. The invitation goes there and nowhere else."),
    )
    field_order = ("name", "email", "role", "unit", "starts_on", "ends_on")


class EndForm(forms.Form):
    """When a role ends."""

    when = forms.ChoiceField(
        label=gettext_lazy("When does this role end?"),
        choices=(
            (NOW, gettext_lazy("At once: it is gone with the next click")),
            (ON, gettext_lazy("After a last day")),
        ),
    )
    last_day = forms.DateField(label=gettext_lazy("Last day"), required=False)

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._on = on

    def clean(self) -> dict[str, Any]:
        """After a last day: then say which, today or later."""
        data = super().clean() or self.cleaned_data
        day = data.get("last_day")
        if data.get("when") == ON and "last_day" in data and (day is None or day < self._on):
            raise ValidationError({"last_day": _("Write the last day: today or later.")})
        return data

    def last(self) -> date | None:
        """The last day, or None for at once."""
        day: date | None = self.cleaned_data["last_day"]
        return day if self.cleaned_data["when"] == ON else None


class ResetForm(forms.Form):
    """Why a second factor is taken away, and that the right person asked."""

    loss = forms.ChoiceField(label=gettext_lazy("What happened?"), choices=LOSSES)
    sure = forms.TickField(
        label=gettext_lazy("I saw this colleague, or called a number that I already had"),
        help_text=gettext_lazy("A message or a call that comes in may be somebody else who wants to get in."),
    )


class UnitForm(forms.Form):
    """The name of a team."""

    name = forms.LineField(label=gettext_lazy("Name"), max_length=120)


class CloseUnitForm(forms.Form):
    """That a team closes."""

    sure = forms.TickField(label=gettext_lazy("This team ends; nobody begins in it any more"))


class FoundForm(forms.Form):
    """What an organisation is called, for the operator's command."""

    slug = django_forms.SlugField(max_length=60)
    name = forms.LineField(max_length=120)
    abbreviation = forms.LineField(max_length=4)
    unit = forms.LineField(max_length=120)


class InvitationForm(forms.Form):
    """What stands in the invitation, and a password of one's own."""

    email = django_forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        validators=[plain_address],
        widget=django_forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    code = forms.LineField(
        label=gettext_lazy("Code from the message"),
        help_text=gettext_lazy("Sixteen letters and digits. Capitals and dashes do not matter."),
        max_length=40,
        widget=django_forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    password = django_forms.CharField(
        label=gettext_lazy("Password"),
        help_text=gettext_lazy(
            "At least 12 characters. A few words in a row are easy to remember. "
            "If you already sign in here for another organisation, fill in the password you have."
        ),
        strip=False,
        max_length=500,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = django_forms.CharField(
        label=gettext_lazy("Password, once more"),
        strip=False,
        max_length=500,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same, long and uncommon enough."""
        data = super().clean() or self.cleaned_data
        if "password" in data and "again" in data and data["password"] != data["again"]:
            raise ValidationError({"again": _("This is not the same as above. Type both again.")})
        if "password" in data:
            try:
                validate_password(data["password"], User(email=data.get("email", "")))
            except ValidationError as error:
                raise ValidationError({"password": error.messages}) from error
        return data
