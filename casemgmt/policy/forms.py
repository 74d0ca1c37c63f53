"""Forms of the rules: one per section, made from the schema; submitting; publishing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django import forms as django_forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.policy.acts import raw
from casemgmt.policy.catalogue import EditableField, field_catalogue
from casemgmt.policy.labels import dutch
from casemgmt.policy.queries import After
from casemgmt.policy.readable import HOUSE, anchor, bounds_sentence, house_title, house_titles, shown
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import RoleKey
from casemgmt.policy.sentences import SUFFIX, Stale, sentences_of
from casemgmt.policy.terms import Term, Unit
from casemgmt.web import forms
from casemgmt.web.dates import date_plain

YES, NO = "yes", "no"
CHANNELS = ("written", "either")
_UNITS = (
    (Unit.DAYS, gettext_lazy("days")),
    (Unit.WEEKS, gettext_lazy("weeks")),
    (Unit.MONTHS, gettext_lazy("months")),
    (Unit.YEARS, gettext_lazy("years")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One value on the page of a section: its field, what it rests on, and what it was before this draft."""

    field: EditableField
    bound: BoundField
    unit: BoundField | None
    sentence: BoundField | None
    shown: str
    before: str
    bounds: str
    is_changed: bool
    right: BoundField | None

    @property
    def anchor(self) -> str:
        """The id of the line on the page."""
        return anchor(self.field.path)


@dataclass(frozen=True, slots=True)
class Lines:
    """Values about one thing, with the sentence that stands above them."""

    title: str
    told: str
    sentence: BoundField | None
    right: BoundField | None
    lines: tuple[Line, ...]


class SectionForm(forms.Form):
    """The editable values of one section, each with a widget that fits it."""

    def __init__(
        self, *args: Any, section: str, profile: Profile, base: Profile, stale: Iterable[Stale], **kwargs: Any
    ) -> None:
        """Make the fields; ``base`` is the version that the draft was made from.

        ``stale``: the sentences that tell of an old value, which must be changed or said to be right as they are.
        """
        self.profile = profile
        self.editable = [field for field in field_catalogue(profile) if field.path.split(".")[0] == section]
        self.before = {field.path: field.value for field in field_catalogue(base)}
        self.sentences = sentences_of(profile)
        self.stale = {one.path: one.label for one in stale}
        super().__init__(*args, **kwargs)
        for field in self.editable:
            self._add(field)

    def _add(self, field: EditableField) -> None:
        if field.type == "term":
            self.fields[field.path] = django_forms.IntegerField(
                label=field.label, initial=field.value.amount, min_value=0, max_value=1000, widget=_number()
            )
            self.fields[unit_name(field)] = django_forms.ChoiceField(
                label=_("Unit of %(label)s") % {"label": field.label},
                choices=_UNITS,
                initial=field.value.unit,
            )
        else:
            self.fields[field.path] = _field(field, self.profile)
        self._add_sentence(field.path)
        self._add_sentence(field.path.rpartition(".")[0])

    def _add_sentence(self, path: str) -> None:
        if path in self.sentences:
            self.fields[path + SUFFIX] = forms.TextField(
                label=_("The sentence people read"),
                initial=self.sentences[path],
                rows=3,
                max_length=600,
                min_length=3,
            )

        if path in self.stale:
            self.fields[right_name(path)] = forms.TickField(
                label=_("The sentence about “%(label)s” is right as it is") % {"label": self.stale[path]},
                required=False,
            )

    def _bound(self, name: str) -> BoundField | None:
        return self[name] if name in self.fields else None

    def changed_values(self) -> dict[str, Any]:
        """The values that differ from the draft as it stands, as JSON holds them."""
        found = {}
        for field in self.editable:
            value = _raw_answer(field, self.cleaned_data)
            if value != raw(field.value):
                found[field.path] = value
        return found

    def changed_sentences(self) -> dict[str, str]:
        """The sentences that differ from the draft as it stands, by the path of their value."""
        found = {}
        for name, told in self.cleaned_data.items():
            path = name.removesuffix(SUFFIX)
            if name != path and " ".join(told.split()) != self.sentences[path]:
                found[path] = " ".join(told.split())
        return found

    def right_sentences(self) -> list[str]:
        """The paths of the sentences that were said to be right as they are."""
        return [path for path in self.stale if self.cleaned_data.get(right_name(path))]

    def groups(self) -> list[Lines]:
        """The values in groups of what they are about, for the page."""
        found: dict[str, list[EditableField]] = {}
        if self.editable[0].path.startswith(HOUSE):
            # As on the page where they are read: in the same groups, in the same order.
            found = {title: [] for title in house_titles()}
        for field in self.editable:
            *about, _last = field.label.split(" – ")[1:] or [""]
            title = house_title(field.path) if field.path.startswith(HOUSE) else " – ".join(about)
            found.setdefault(title, []).append(field)
        return [self._group(title, fields) for title, fields in found.items() if fields]

    def _group(self, title: str, fields: list[EditableField]) -> Lines:
        above = fields[0].path.rpartition(".")[0]
        return Lines(
            title=title,
            told=self.sentences.get(above, ""),
            sentence=self._bound(above + SUFFIX),
            right=self._bound(right_name(above)),
            lines=tuple(self._line(field) for field in fields),
        )

    def _line(self, field: EditableField) -> Line:
        before = self.before.get(field.path)
        return Line(
            field=field,
            bound=self[field.path],
            unit=self[unit_name(field)] if field.type == "term" else None,
            sentence=self._bound(field.path + SUFFIX),
            shown=field.label.rpartition(" – ")[2],
            before=shown(before, self.profile),
            bounds=bounds_sentence(field.bounds),
            is_changed=raw(before) != raw(field.value),
            right=self._bound(right_name(field.path)),
        )


class SubmitForm(forms.Form):
    """From when, and why."""

    from_date = forms.DateField(label=gettext_lazy("First day"))
    why = forms.TextField(label=gettext_lazy("Why do the rules change?"), rows=4, max_length=4000)
    why_past = forms.TextField(
        label=gettext_lazy("Only when the first day has passed: why from then?"),
        rows=3,
        max_length=4000,
        required=False,
    )


class PublishForm(forms.Form):
    """The number of the version, typed; and, where a version planned earlier takes over, that one confirmed."""

    confirm = forms.LineField(label=gettext_lazy("Number of the version"), max_length=10)

    def __init__(self, *args: Any, after: After | None, **kwargs: Any) -> None:
        """``after``: what takes over from the version; the box names it, so that nobody confirms another one."""
        super().__init__(*args, **kwargs)
        if after is None:
            return
        told = {"number": after.number, "day": date_plain(after.from_date)}
        sentence = (
            _("I know that version %(number)s takes over from %(day)s and does not hold these changes.")
            if after.lost
            else _("I know that version %(number)s takes over from %(day)s.")
        )
        self.fields["takes_over"] = forms.ChoicesField(
            label=_("What comes after this version"), choices=[(str(after.number), sentence % told)], required=False
        )

    def clean_takes_over(self) -> int | None:
        """The number of the version that was confirmed; the act says what is missing."""
        chosen = self.cleaned_data["takes_over"]
        return int(chosen[0]) if chosen else None


class AnswerForm(forms.Form):
    """What the second person says on sending a version back."""

    answer = forms.TextField(label=gettext_lazy("What should be different?"), rows=3, max_length=4000, required=False)


def right_name(path: str) -> str:
    """The name of the box that says that the sentence at a path is right as it is."""
    return f"{path}{SUFFIX}:right"


def unit_name(field: EditableField) -> str:
    """The name of the box with the unit of a term."""
    return f"{field.path}:unit"


def _number() -> django_forms.NumberInput:
    return django_forms.NumberInput(attrs={"class": "input--short", "inputmode": "numeric"})


def _field(field: EditableField, profile: Profile) -> django_forms.Field:
    choices = _choices(field, profile)
    if choices and isinstance(field.value, tuple):
        return forms.ChoicesField(label=field.label, choices=choices, initial=raw(field.value), required=False)
    if choices:
        return forms.ChoiceField(label=field.label, choices=choices, initial=_as_choice(field.value))
    if field.type == "number":
        return django_forms.IntegerField(label=field.label, initial=field.value, widget=_number())
    if field.type == "date":
        return forms.DateField(label=field.label, initial=field.value)
    initial = shown(field.value, profile) if field.type in ("amount", "list") else field.value
    return forms.LineField(label=field.label, initial=initial, max_length=160)


def _choices(field: EditableField, profile: Profile) -> list[tuple[str, str]]:
    if field.type == "yes_no" or isinstance(field.value, bool):
        allowed = field.options or (True, False)
        return [(YES if option else NO, shown(option)) for option in allowed]
    if field.options:
        return [(str(raw(option)), shown(option, profile)) for option in field.options]
    if field.path.endswith(".channels"):
        return [(key, dutch(key)) for key in dict.fromkeys((*CHANNELS, str(field.value)))]
    example = field.value[0] if isinstance(field.value, tuple) and field.value else field.value
    if isinstance(example, RoleKey):
        return [(key.value, role.label) for key, role in profile.roles.table.items()]
    if isinstance(example, StrEnum):
        return [(one.value, dutch(one)) for one in type(example)]
    return []


def _as_choice(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(raw(value))


def _raw_answer(field: EditableField, answers: dict[str, Any]) -> Any:
    """What was answered, in the form that a profile's JSON has."""
    value = answers[field.path]
    if field.type == "term":
        return str(Term(value, Unit(answers[unit_name(field)])))
    if isinstance(field.value, bool):
        return value == YES
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(field.value, Decimal):
        return value.replace(",", ".")
    if field.type == "list" and isinstance(value, str):
        return [_number_or_text(part) for part in value.split(",") if part.strip()]
    return list(value) if isinstance(field.value, tuple) else value


def _number_or_text(part: str) -> int | str:
    text = part.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text
