"""The forms of keeping and letting go; what a regulation asks decides which fields they have."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.base import clock
from casemgmt.web import forms
from casemgmt.web.dates import date_plain
from retention.facts import Answers
from retention.judgements import YOUTH_CHOICES, Judgement

AGREE, KEEP, EXTEND = "agree", "keep", "extend"


class JudgementsForm(forms.Form):
    """What a person judges about keeping: only what this organisation's regulation asks, and why."""

    why = forms.TextField(
        label=gettext_lazy("Why?"),
        required=False,
        rows=2,
        max_length=2_000,
        help_text=gettext_lazy("Needed as soon as you tick something above."),
    )

    def __init__(self, *args: Any, asked: Sequence[Judgement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = tuple(asked)
        for one in self.asked:
            self.fields[one.name] = forms.TickField(label=one.label, help_text=one.cite, required=False)
        if self.asked:
            self.order_fields([*(one.name for one in self.asked), "why"])
        else:
            del self.fields["why"]

    def clean(self) -> dict[str, Any]:
        """A judgement without a reason explains nothing to whoever reads it in fifteen years."""
        given = super().clean() or self.cleaned_data
        ticked = any(given.get(one.name) for one in self.asked)
        if ticked and not given.get("why") and "why" not in self.errors:
            self.add_error("why", _("Say in a sentence why you ticked this."))
        return given

    def answers(self) -> Answers:
        """What was filled in, for the act."""
        given = {one.name: bool(self.cleaned_data.get(one.name)) for one in self.asked}
        return Answers(**given, why=self.cleaned_data.get("why", ""))  # type: ignore[arg-type]


class CloseForm(JudgementsForm):
    """Closing a dossier: the day, and the judgements."""

    closed_on = forms.DateField(label=gettext_lazy("Closed on"))

    def __init__(self, *args: Any, opened_on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._opened_on = opened_on
        self.order_fields(["closed_on"])

    def clean_closed_on(self) -> date:
        """Not before the dossier was opened and not after today."""
        day: date = self.cleaned_data["closed_on"]
        if not self._opened_on <= day <= clock.today():
            raise ValidationError(
                _("Choose a day from %(first)s, when it was opened, up to today.")
                % {"first": date_plain(self._opened_on)}
            )
        return day


class HoldForm(forms.Form):
    """A reason not to destroy, for as long as it stands."""

    why = forms.TextField(
        label=gettext_lazy("Why may this not be destroyed?"),
        rows=2,
        max_length=2_000,
        help_text=gettext_lazy("Whoever reviews the removal list reads this."),
    )


class ExtendForm(forms.Form):
    """A later end date with its reason."""

    until = forms.DateField(label=gettext_lazy("Keep until"))
    reason = forms.TextField(label=gettext_lazy("Why is that needed?"), rows=2, max_length=2_000)

    def __init__(self, *args: Any, due_on: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._due_on = due_on

    def clean_until(self) -> date:
        """Later than the term itself."""
        return later_than(self.cleaned_data["until"], self._due_on)


class YouthForm(forms.Form):
    """What a now adult child did with the question that comes first."""

    answer = forms.SelectField(label=gettext_lazy("What did this child do?"), choices=YOUTH_CHOICES)


class ReviewForm(forms.Form):
    """The judgement about one dossier on the list: nothing is chosen beforehand."""

    judgement = forms.ChoiceField(label=gettext_lazy("Your judgement"))
    why = forms.TextField(
        label=gettext_lazy("Reason"),
        required=False,
        rows=2,
        max_length=2_000,
        help_text=gettext_lazy("Needed when you keep or extend."),
    )
    until = forms.DateField(label=gettext_lazy("Keep until"), required=False)

    def __init__(
        self, *args: Any, due_on: date | None = None, opposed: bool = False, extends: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._due_on = due_on
        field = self.fields["judgement"]
        assert isinstance(field, forms.ChoiceField)
        agree = [] if opposed else [(AGREE, _("Agreed"))]
        extend = [(EXTEND, _("Extend"))] if extends else []
        field.choices = [*agree, (KEEP, _("Keep")), *extend]
        field.hints = {
            AGREE: _("may go"),
            KEEP: _("reason needed, is held back until you lift it"),
            EXTEND: _("reason and a new end date"),
        }
        if not extends:
            del self.fields["until"]

    def clean(self) -> dict[str, Any]:
        """Keeping needs a reason; extending a reason and a day."""
        given = super().clean() or self.cleaned_data
        chosen = given.get("judgement")
        if chosen in (KEEP, EXTEND) and not given.get("why") and "why" not in self.errors:
            self.add_error("why", _("Say why, so that whoever looks later understands it."))
        if chosen == EXTEND and "until" not in self.errors:
            self._check_until(given.get("until"))
        return given

    def _check_until(self, until: date | None) -> None:
        if until is None:
            self.add_error("until", _("Until when?"))
        elif self._due_on and until <= self._due_on:
            self.add_error("until", _("Choose a day after the present end date."))


class ApproveForm(forms.Form):
    """The word that says: I looked at this one. Typing it cannot happen by accident."""

    typed = forms.LineField(label=gettext_lazy("Type the number to approve"), max_length=60)

    def __init__(self, *args: Any, expected: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expected = expected
        self.fields["typed"].widget.attrs["autocomplete"] = "off"

    def clean_typed(self) -> str:
        """Exactly the number, whatever the case."""
        typed: str = self.cleaned_data["typed"]
        if typed.strip().casefold() != self.expected.casefold():
            raise ValidationError(_("This is not the number. Type %(number)s.") % {"number": self.expected})
        return typed


def later_than(until: date, due_on: date | None) -> date:
    """The day, when it lies after the present end date."""
    if due_on is not None and until <= due_on:
        raise ValidationError(_("Choose a day after the present end date: %(day)s.") % {"day": date_plain(due_on)})
    return until
