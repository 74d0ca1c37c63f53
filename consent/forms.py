"""The form in which an answer is written down."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.base import clock
from casemgmt.web import forms
from consent.facts import Somebody
from consent.hooks import Guard
from consent.vocabulary import ConsentState, Form, Told

ANSWERS = [(ConsentState.GIVEN, gettext_lazy("Yes")), (ConsentState.REFUSED, gettext_lazy("No"))]


class AnswerForm(forms.Form):
    """What somebody answered, how, when, and what they were told first."""

    row_id = django_forms.UUIDField(widget=django_forms.HiddenInput)
    state = forms.ChoiceField(label=gettext_lazy("The answer"), choices=ANSWERS)
    form = forms.ChoiceField(label=gettext_lazy("How was it given?"), choices=Form.choices)
    given_on = forms.DateField(label=gettext_lazy("On which day?"))
    told = forms.ChoicesField(
        label=gettext_lazy("What was told first?"),
        choices=Told.choices,
        required=False,
        help_text=gettext_lazy("Tick only what was said before the answer came."),
    )
    note = forms.TextField(
        label=gettext_lazy("Note"),
        rows=2,
        required=False,
        help_text=gettext_lazy("For example who was there, or where the paper is kept."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        initial = {"row_id": uuid4(), **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)

    def clean_given_on(self) -> date:
        """An answer was given before it is written down."""
        day: date = self.cleaned_data["given_on"]
        if day > clock.today():
            raise django_forms.ValidationError(_("Write down the day on which it was given: today or earlier."))
        return day


class ConsentForm(AnswerForm):
    """The same, outside a disclosure: also who, to whom and for what."""

    person = forms.ChoiceField(label=gettext_lazy("Who answered?"), choices=[])
    recipient_kind = forms.SelectField(label=gettext_lazy("What kind of recipient?"), choices=[], required=False)
    recipient = forms.LineField(
        label=gettext_lazy("Which recipient?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Write the name as you will write it when you give the data."),
    )
    what_for = forms.TextField(
        label=gettext_lazy("What is it for?"),
        rows=2,
        required=False,
        max_length=2000,
        help_text=gettext_lazy("In the words you will use when you give the data. A yes counts for this purpose only."),
    )
    field_order = ["person", "recipient_kind", "recipient", "what_for", "state", "form", "given_on", "told", "note"]

    def __init__(
        self,
        *args: Any,
        people: Sequence[Somebody],
        needed: Sequence[Somebody],
        recipients: Sequence[tuple[str, str]],
        asks_recipient: bool,
        asks_purpose: bool,
        guards: Sequence[Guard] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._guards = guards
        wanted = {one.id for one in needed}
        ordered = sorted(people, key=lambda one: one.id not in wanted)
        self.fields["person"].choices = [(str(one.id), one.name) for one in ordered]  # type: ignore[attr-defined]
        self.fields["person"].hints = {  # type: ignore[attr-defined]
            str(one.id): _("consent needed") if one.id in wanted else one.role_label for one in ordered
        }
        if asks_recipient:
            self.fields["recipient_kind"].choices = [("", "–"), *recipients]  # type: ignore[attr-defined]
            self.fields["recipient_kind"].required = self.fields["recipient"].required = True
        else:
            del self.fields["recipient_kind"], self.fields["recipient"]
        if not asks_purpose:
            del self.fields["what_for"]

    def clean(self) -> dict[str, Any]:
        """To whom and what for hold nothing that is secret: the client and their representatives read them too."""
        cleaned: dict[str, Any] = super().clean() or {}
        for guard in self._guards:
            guard.refuse(self, "recipient", "what_for")
        return cleaned


class WithdrawForm(forms.Form):
    """How a yes was taken back; no reason is asked."""

    form = forms.ChoiceField(label=gettext_lazy("How was it withdrawn?"), choices=Form.choices)
