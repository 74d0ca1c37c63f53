"""The entry form, made of the questions that the organisation's regulation asks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.policy.decision import Decision
from casemgmt.policy.schema.vocabulary import AskWhen
from casemgmt.policy.words import words_on
from casemgmt.web import forms
from dossiers.frame import PersonLine
from dossiers.people.vocabulary import PersonRole
from dossiers.recording.acts import Wording
from dossiers.recording.questions import Question, judge_entry, needs_origin, situations, tested_only
from dossiers.recording.vocabulary import EntryKind

# Answered with yes or no; everything else that is no list is a line of text.
_YES_NO = frozenset({"current_contact", "approved_by_informant", "report_attached"})
# These have a place of their own in an entry; the other answers are kept as its details.
_OWN_PLACE = frozenset({"statement_kind", "about_whom", "source"})
# Asked of a hypothesis: until when it stands untested, or how it was tested, as the regulation has it.
_TESTING = ("test_before", "tested_how")


class EntryForm(forms.Form):
    """Text, day and what the regulation asks; which of it must be answered depends on what is recorded."""

    row_id = django_forms.UUIDField(widget=django_forms.HiddenInput, initial=uuid4)
    text = forms.TextField(label=gettext_lazy("What happened, was said or is suspected?"), rows=6)
    happened_on = forms.DateField(label=gettext_lazy("On which day?"))

    def __init__(
        self,
        *args: Any,
        asked: Sequence[Question],
        people: Sequence[PersonLine],
        roles: Sequence[str],
        on: date,
        kind: str = "",
        about: Sequence[UUID] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        # An entry that exists keeps its kind and whom it is about.
        self.kind, self.about_ids = kind, about
        self.asked, self.people, self.roles, self.on = asked, people, roles, on
        self.decision: Decision | None = None
        self.reasons = {question.key: question.reason for question in asked}
        for question in asked:
            self.fields[question.key] = _field(question, people)
        if needs_origin(asked):
            self.fields["origin"] = _origin()
        kinds = [key for question in asked if question.key == "statement_kind" for key, _label in question.options]
        if EntryKind.HYPOTHESIS.value in (*kinds, kind):
            self.fields |= _testing(on)
        self.order_fields(_order(asked))

    def _clean_fields(self) -> None:
        """Judge no field by itself that only counts in a situation: clean() asks the regulation about the whole."""
        situational = [self.fields[name] for name in self.when if name in self.fields and self.fields[name].required]
        for field in situational:
            field.required = False
        super()._clean_fields()
        for field in situational:
            field.required = True

    def clean(self) -> dict[str, Any]:
        """Ask the regulation whether anything is missing, and say it beside the question."""
        given = super().clean() or self.cleaned_data
        happened = given.get("happened_on")
        if happened is not None and happened > self.on:
            self.add_error("happened_on", _("This day has not come yet."))
        kind = given.get("statement_kind") or self.kind
        self.decision = judge_entry(kind, self.answers(), self.situations(), self.on)
        sentences = {question.key: question.sentence for question in self.asked}
        for key in (*self.decision.outcome["missing"], *self.decision.outcome["invalid"]):
            if key in self.fields and key not in self.errors:
                chosen = isinstance(self.fields[key], django_forms.ChoiceField)
                wanted = _wanted(key, sentences.get(key, ""), chosen=chosen)
                self.add_error(key, ValidationError(wanted, code="required"))
        return given

    @property
    def when(self) -> dict[str, str]:
        """For each question that counts only in a situation, which one; pages show it then."""
        found = {question.key: question.when for question in self.asked if question.when != AskWhen.ALWAYS.value}
        return found | dict.fromkeys(_TESTING, EntryKind.HYPOTHESIS.value)

    @property
    def has_network(self) -> bool:
        """Whether anybody of the network could be whom it is about."""
        return any(person.role == PersonRole.NETWORK for person in self.people)

    def situations(self) -> frozenset[AskWhen]:
        """In which situations this entry is, by what was filled in."""
        given = self.cleaned_data
        chosen = set(given.get("about_whom") or map(str, self.about_ids))
        roles = [person.role for person in self.people if str(person.id) in chosen]
        kind = given.get("statement_kind") or self.kind
        return situations(kind, given.get("origin") or "", roles, self.roles)

    def answers(self) -> dict[str, str]:
        """Every answer as text by its question, of the questions that are asked in this situation."""
        here = self.situations()
        return {
            question.key: _text(self.cleaned_data.get(question.key))
            for question in self.asked
            if AskWhen(question.when) in here
        }

    def wording(self) -> Wording:
        """The words of the entry, for the act."""
        given, answers = self.cleaned_data, self.answers()
        details = {key: value for key, value in answers.items() if key not in _OWN_PLACE and value}
        if given.get("origin"):
            details["origin"] = given["origin"]
        is_hypothesis = (given.get("statement_kind") or self.kind) == EntryKind.HYPOTHESIS
        if is_hypothesis and given.get("tested_how"):
            details["tested_how"] = given["tested_how"]
        return Wording(
            text=given["text"],
            source=answers.get("source") or None,
            details=details,
            test_before=given.get("test_before") if is_hypothesis else None,
        )

    def about(self) -> list[UUID]:
        """Whom the entry is about."""
        return [UUID(value) for value in self.cleaned_data.get("about_whom") or ()]


class RewordForm(EntryForm):
    """Another wording of an entry, with the reason and the version that the writer had before them."""

    why = forms.LineField(
        label=gettext_lazy("Why do you change it?"),
        max_length=200,
        help_text=gettext_lazy("The earlier wording stays readable, with this reason."),
    )
    # The day on which something happened is the entry's, not the wording's; and the entry is there already.
    happened_on = None  # type: ignore[assignment]
    row_id = None  # type: ignore[assignment]
    seen_version = django_forms.IntegerField(min_value=1, max_value=30_000, widget=django_forms.HiddenInput)


def initial_of(text: str, happened_on: date, source: str, details: Mapping[str, str], **more: Any) -> dict[str, Any]:
    """The form's first values for an entry that exists."""
    return {**details, "text": text, "happened_on": happened_on, "source": source, **more}


def _field(question: Question, people: Sequence[PersonLine]) -> django_forms.Field:
    chosen = bool(question.options) or question.key in _YES_NO
    shared: dict[str, Any] = {
        "label": question.label,
        "help_text": question.hint,
        "required": question.required,
        "error_messages": {"required": _wanted(question.key, question.sentence, chosen=chosen)},
    }
    if question.key == "about_whom":
        return forms.ChoicesField(choices=[(str(p.id), p.first_name) for p in people], **shared)
    if question.options:
        return forms.ChoiceField(choices=list(question.options), **shared)
    if question.key in _YES_NO:
        return forms.ChoiceField(choices=[("yes", _("yes")), ("no", _("no"))], **shared)
    return forms.LineField(max_length=300, **shared)


def _testing(on: date) -> dict[str, django_forms.Field]:
    """What is asked of a hypothesis; where only a tested one belongs in the dossier nobody is asked for a date."""
    if EntryKind.HYPOTHESIS.value not in tested_only(on):
        hint = _("For a hypothesis only.")
        return {"test_before": forms.DateField(label=_("To be tested before"), required=False, help_text=hint)}
    hint = _("Not tested yet? Then keep it as a %(note)s.") % {"note": words_on(on).working_note}
    return {
        "tested_how": forms.LineField(label=_("How was it tested?"), required=False, max_length=300, help_text=hint)
    }


def _wanted(key: str, sentence: str, *, chosen: bool) -> str:
    """What to do, and then why: the sentence of the regulation."""
    about = _("Choose whom it is about.") if key == "about_whom" else ""
    return f"{about or (_('Choose one.') if chosen else _('Fill this in.'))} {sentence}".strip()


def _origin() -> django_forms.Field:
    return forms.ChoiceField(
        label=_("Where does it come from?"),
        choices=[
            ("client", _("the client, or who acts for the client")),
            ("own", _("I saw or heard it myself")),
            ("other", _("somebody else")),
            ("report", _("a report from elsewhere")),
        ],
        required=True,
    )


def _order(asked: Sequence[Question]) -> list[str]:
    first = ["statement_kind", "text", "about_whom", "happened_on", "origin", "source"]
    return first + [question.key for question in asked if question.key not in first] + [*_TESTING, "why"]


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value or "")
