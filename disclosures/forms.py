"""The forms of a disclosure."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.base import clock
from casemgmt.web import forms
from casemgmt.web.dates import date_plain
from consent.forms import AnswerForm
from consent.vocabulary import ConsentState, Told
from disclosures.acts import Proposal, Weighing
from disclosures.informing import Reason, Telling
from disclosures.judging import OtherGround, Question
from disclosures.pages import Ready
from disclosures.vocabulary import How

YES_NO = [("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))]
NOW_LATER = [("now", gettext_lazy("Now")), ("later", gettext_lazy("Later, with a reason"))]


class ProposalForm(forms.Form):
    """Whose data, to whom and why."""

    row_id = django_forms.UUIDField(widget=django_forms.HiddenInput)
    about = forms.ChoiceField(label=gettext_lazy("About whom?"), choices=[])
    recipient_kind = forms.SelectField(label=gettext_lazy("What kind of recipient?"), choices=[])
    organisation = forms.LineField(label=gettext_lazy("Organisation"), max_length=160, required=False)
    name = forms.LineField(label=gettext_lazy("Name of the person"), max_length=160, required=False)
    purpose = forms.TextField(
        label=gettext_lazy("What is it for?"),
        rows=3,
        max_length=2000,
        help_text=gettext_lazy("In one or two sentences, as the client will read it too."),
    )
    requested = forms.ChoiceField(label=gettext_lazy("Does the recipient ask for it?"), choices=YES_NO)

    def __init__(self, *args: Any, start: Ready, **kwargs: Any) -> None:
        initial = {"row_id": uuid4(), "requested": "no", **kwargs.pop("initial", {})}
        if len(start.clients) == 1:
            initial.setdefault("about", str(start.clients[0].id))
        super().__init__(*args, initial=initial, **kwargs)
        self.guard = start.guard
        self.fields["about"].choices = [(str(one.id), one.name) for one in start.clients]  # type: ignore[attr-defined]
        self.fields["recipient_kind"].choices = [("", "–"), *start.recipients]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A recipient is an organisation, a person, or both; and nothing of a secret address stands anywhere."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("organisation") and not cleaned.get("name"):
            self.add_error("organisation", _("Write down who receives it: an organisation, a person, or both."))
        self.guard.refuse(self, "organisation", "name", "purpose")
        return cleaned

    def proposal(self) -> Proposal:
        """What was filled in, as the act takes it."""
        data = self.cleaned_data
        return Proposal(
            id=data["row_id"],
            about_id=UUID(data["about"]),
            recipient_kind=data["recipient_kind"],
            organisation=data["organisation"],
            name=data["name"],
            purpose=data["purpose"],
            answers={"requested": data["requested"] == "yes"},
        )


class DisclosureAnswerForm(AnswerForm):
    """What somebody answered to one disclosure; ``chosen``: whether anything was chosen that could be told.

    ``changed``: whether it is another disclosure by now than the page showed, so that something else was told.
    """

    def __init__(self, *args: Any, chosen: bool, changed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen, self.changed = chosen, changed

    def clean_told(self) -> list[str]:
        """Nobody can tell what exactly is given while nothing is chosen."""
        told: list[str] = self.cleaned_data["told"]
        if Told.CONTENT in told and not self.chosen:
            raise django_forms.ValidationError(_("First choose what you give. Only then can you say what it is."))
        return told

    def clean(self) -> dict[str, Any]:
        """A yes was said to what was told."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.changed and cleaned.get("state") == ConsentState.GIVEN:
            told = _("This disclosure changed since you opened this page. Was this told? Then keep it again.")
            self.add_error(None, told)
        return cleaned


class ConditionsForm(forms.Form):
    """What the regulation asks beside consent; one question a fact."""

    def __init__(self, *args: Any, questions: Sequence[Question], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in questions:
            self.fields[one.fact] = forms.ChoiceField(
                label=one.question, choices=YES_NO, help_text=" · ".join(one.articles)
            )

    def answers(self) -> dict[str, bool]:
        """The facts that were answered."""
        return {name: value == "yes" for name, value in self.cleaned_data.items()}


class GroundForm(forms.Form):
    """The conditions of one ground without consent, why it goes, why it cannot wait, and who was consulted."""

    why = forms.TextField(
        label=gettext_lazy("Why without consent?"),
        rows=3,
        max_length=4000,
        help_text=gettext_lazy("Your weighing. It stays with this disclosure and in the register."),
    )

    def __init__(self, *args: Any, ground: OtherGround, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ground = ground
        for one in ground.asked:
            self.fields[one.name] = forms.ChoiceField(
                label=one.question, choices=one.options, help_text=" · ".join(one.articles)
            )
        if self._asks("acute_danger"):
            self.fields["acute_why"] = forms.TextField(
                label=gettext_lazy("Which danger is it, if there is any?"), rows=2, max_length=4000, required=False
            )
        if ground.consultation:
            self.fields["consulted"] = forms.LineField(
                label=gettext_lazy("Who was consulted?"), max_length=160, required=False
            )
            self.fields["consulted_on"] = forms.DateField(label=gettext_lazy("On which day?"), required=False)
        self.order_fields([name for name in self.fields if name != "why"])

    def clean(self) -> dict[str, Any]:
        """Acute danger has a reason; a consultation has a person and a day, and came before."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("acute_danger") == "yes" and not cleaned.get("acute_why"):
            self.add_error("acute_why", _("Write down which danger it is."))
        if cleaned.get("consulted_before", "no") != "no" and self.ground.consultation:
            for name in ("consulted", "consulted_on"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill this in when somebody was consulted."))
        if cleaned.get("consulted_on") and cleaned["consulted_on"] > clock.today():
            self.add_error("consulted_on", _("The consultation comes before the decision."))
        return cleaned

    def weighing(self) -> Weighing:
        """What was filled in, as the act takes it."""
        data = self.cleaned_data
        return Weighing(
            key=self.ground.key,
            answers={one.name: data[one.name] for one in self.ground.asked},
            why=data["why"],
            acute_why=data.get("acute_why") or "",
            consulted=data.get("consulted") or "",
            consulted_on=data.get("consulted_on"),
        )

    def _asks(self, name: str) -> bool:
        return any(one.name == name for one in self.ground.asked)


class DecisionForm(forms.Form):
    """The answer of who decides where the text is silent: it may go or not, and why."""

    may = forms.ChoiceField(label=gettext_lazy("May it go?"), choices=YES_NO)
    why = forms.TextField(label=gettext_lazy("Why?"), rows=3, max_length=4000)


class ReasonForm(forms.Form):
    """A reason, in words."""

    why = forms.TextField(label=gettext_lazy("Why?"), rows=3, max_length=4000)


class QuestionForm(forms.Form):
    """A question to the role that decides."""

    question = forms.TextField(
        label=gettext_lazy("Your question"),
        rows=3,
        max_length=4000,
        help_text=gettext_lazy("What must happen, why it cannot wait for consent, and what was tried."),
    )


class WaitForm(forms.Form):
    """Telling the client later: what makes it wait, in whose words, until when.

    ``may_always``: somebody of the role that may put it off for a reason the regulation does not name;
    ``last_day``: the last day until which it may wait.
    """

    reason = forms.ChoicesField(label=gettext_lazy("What makes it wait?"), choices=[], required=False)
    why = forms.TextField(
        label=gettext_lazy("The reason, in your words"),
        rows=2,
        max_length=4000,
        help_text=gettext_lazy("Only colleagues read this. The letter gives the rule, not your words."),
    )
    until = forms.DateField(label=gettext_lazy("Tell the client at the latest on"))

    def __init__(self, *args: Any, reasons: Sequence[Reason], may_always: bool, last_day: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.last_day = last_day
        self.reasons = {one.key: one for one in reasons}
        self.may_always = may_always
        if reasons:
            self.fields["reason"].choices = [(one.key, one.question) for one in reasons]  # type: ignore[attr-defined]
        else:
            del self.fields["reason"]

    def clean_until(self) -> date | None:
        """After today, and no later than the house rule lets it wait."""
        day: date | None = self.cleaned_data.get("until")
        if day is not None and not clock.today() < day <= self.last_day:
            told = _("Choose a day after today, at the latest %(day)s.") % {"day": date_plain(self.last_day)}
            raise django_forms.ValidationError(told)
        return day

    def clean(self) -> dict[str, Any]:
        """Where the regulation names reasons, one of them, but for who may always."""
        cleaned: dict[str, Any] = super().clean() or {}
        named = cleaned.get("reason") or self.may_always or "reason" in self.errors
        if self.later(cleaned) and self.reasons and not named:
            self.add_error("reason", _("Choose what makes it wait; otherwise the client is told now."))
        return cleaned

    def later(self, values: dict[str, Any]) -> bool:
        """Whether what was filled in makes the client wait."""
        return True

    def telling(self) -> Telling:
        """What was filled in, as the act takes it."""
        data = self.cleaned_data
        facts: dict[str, Any] = {}
        for key in data.get("reason") or ():
            facts |= self.reasons[key].facts
        return Telling(
            later=self.later(data),
            why=data.get("why") or "",
            until=data.get("until"),
            facts=facts,
            told_before=bool(data.get("told_before")),
        )


class HandOverForm(WaitForm):
    """In which way it goes, and whether the client is told now or later.

    Who may not put it off is not asked. Who sends "later" all the same, from a page that was open for long, gets the
    whole form back: nothing goes, and nothing typed is lost.
    """

    how = forms.ChoiceField(label=gettext_lazy("How does it go?"), choices=How.choices)
    told_before = forms.TickField(
        label=gettext_lazy("I told the client beforehand to whom it goes and what for"), required=False
    )
    when = forms.ChoiceField(label=gettext_lazy("When does the client get the letter?"), choices=NOW_LATER)
    field_order = ("how", "told_before", "when", "reason", "why", "until")

    def __init__(self, *args: Any, asks_before: bool, **kwargs: Any) -> None:
        initial = {"when": "now", **kwargs.pop("initial", {})}
        super().__init__(*args, initial=initial, **kwargs)
        self.asks_before = asks_before
        self.fields["why"].required = self.fields["until"].required = False
        if not asks_before:
            del self.fields["told_before"]
        chose_later = self.is_bound and self.data.get(self.add_prefix("when")) == "later"
        self.asks_when = bool(self.reasons) or self.may_always or chose_later
        if not self.asks_when:
            del self.fields["when"], self.fields["why"], self.fields["until"]

    def clean(self) -> dict[str, Any]:
        """Later needs a reason and a day; beforehand means beforehand."""
        cleaned = super().clean()
        if self.later(cleaned):
            for name in ("why", "until"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, _("Fill this in when the client hears it later."))
        elif self.asks_before and not cleaned.get("told_before"):
            self.add_error("told_before", _("The client hears this before it goes. Tell it first, or choose later."))
        return cleaned

    def later(self, values: dict[str, Any]) -> bool:
        """Whether "later" was chosen."""
        return values.get("when") == "later"
