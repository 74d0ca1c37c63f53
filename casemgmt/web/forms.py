"""Forms that refuse what no page, letter or database should hold, and lose nothing of what was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.base.errors import Conflict
from casemgmt.web.dates import MONTHS, SHORT_MONTHS
from casemgmt.web.errors import wants_json
from casemgmt.web.render import render

LONGEST_TEXT = 100_000
LONGEST_LINE = 500
# An empty field says what to do; a form with a better sentence gives its own.
FILL_IN, CHOOSE = gettext_lazy("Fill this in."), gettext_lazy("Choose one.")
EARLIEST_YEAR, LATEST_YEAR = 1890, 2200

# C0 without tab and line ends, delete, C1. A lone surrogate cannot be written as UTF-8 at all; Django has made a
# replacement mark of it, and of every byte that is not UTF-8, before a form sees it. What stood there is lost, so
# storing the mark would store a hole.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BROKEN = re.compile("[\ud800-\udfff\ufffd]")
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_NUMERIC = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_WORDS = re.compile(r"(?:[a-z]+ )?(\d{1,2})(?:e|th|st|nd|rd)? ([a-z]+)\.? (\d{4})")


class Form(forms.Form):
    """The form that all forms derive from; the answer to an invalid one is 422 with the page."""

    use_required_attribute = False

    def __init__(self, data: Mapping[str, Any] | None = None, *args: Any, **kwargs: Any) -> None:
        self._faults = text_faults(data) if data is not None else {}
        super().__init__(scrubbed(data) if data is not None and self._faults else data, *args, **kwargs)

    def full_clean(self) -> None:
        """Judge the fields; what is wrong with a hidden one is told of the page, for nobody can fill it in."""
        super().full_clean()
        hidden = [name for name in self.errors if name in self.fields and self.fields[name].widget.is_hidden]
        for name in hidden:
            del self.errors[name]
        if hidden:
            self.add_error(None, _("This page was not sent completely. Load it again; what was saved is still there."))

    def _clean_fields(self) -> None:
        """Leave fields with unfit characters out, so that no validator or query meets them."""
        names = {name: self.add_prefix(name) for name in self.fields}
        faulty = {name: self._faults[key] for name, key in names.items() if key in self._faults}
        fields = self.fields
        self.fields = {name: field for name, field in fields.items() if name not in faulty}
        try:
            super()._clean_fields()  # type: ignore[misc]  # not in the stubs
        finally:
            self.fields = fields
        for name, message in faulty.items():
            self.add_error(name, message)


def invalid(
    request: HttpRequest, template: str, form: forms.BaseForm, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """Answer 422 with the same page: what was typed is still there and each error stands beside its field."""
    return render(request, template, {**(context or {}), "form": form}, status=422)


def conflict(
    request: HttpRequest,
    template: str,
    form: forms.BaseForm,
    error: Conflict,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Answer 409 with the same page, for what is at odds with what is there: nothing that was typed is lost.

    Where the error names a field of the form, it stands beside it and the answer is 422, as from ``invalid``.
    The page gets a new ``row_id``: the one it came with belongs to what this form made before, if anything.
    """
    if wants_json(request):
        raise error
    field = error.field if error.field in form.fields else None
    form.add_error(field, error.sentence)
    form.data = MultiValueDict(_lists(form.data))
    form.data[form.add_prefix("row_id")] = str(uuid4())
    return render(request, template, {**(context or {}), "form": form}, status=422 if field else 409)


def text_faults(data: Mapping[str, Any]) -> dict[str, str]:
    """Name what is wrong with the characters or the length of each submitted text."""
    faults: dict[str, str] = {}
    for name, values in _lists(data):
        for value in values:
            fault = _fault(value) if isinstance(value, str) else None
            if fault:
                faults[name] = fault
    return faults


def scrubbed(data: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    """Copy what was typed with each unfit character shown as a replacement mark, so that it can be mended."""
    copy: MultiValueDict[str, Any] = QueryDict(mutable=True) if isinstance(data, QueryDict) else MultiValueDict()
    for name, values in _lists(data):
        copy.setlist(name, [_UNSAFE.sub("\ufffd", value) if isinstance(value, str) else value for value in values])
    return copy


def _lists(data: Mapping[str, Any]) -> list[tuple[str, list[Any]]]:
    if isinstance(data, MultiValueDict):
        return list(data.lists())
    return [(name, value if isinstance(value, list) else [value]) for name, value in data.items()]


def _fault(text: str) -> str | None:
    if len(text) > LONGEST_TEXT:
        return _(
            "This text is %(length)d characters long; at most %(limit)d fit. Nothing was lost: shorten it here."
        ) % {
            "length": len(text),
            "limit": LONGEST_TEXT,
        }
    if _BROKEN.search(text):
        return _("A character in this text cannot be stored. It is marked with \ufffd; type it again.")
    if _CONTROL.search(text):
        return _("This text holds an invisible control character. It is marked with \ufffd; remove it.")
    return None


class LineField(forms.CharField):
    """One line of text; a line end pasted into it is refused."""

    default_error_messages = {"required": FILL_IN, "lines": gettext_lazy("Write this on one line.")}

    def __init__(self, *, max_length: int = LONGEST_LINE, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, **kwargs)

    def clean(self, value: Any) -> Any:
        """Give the text without space around it."""
        cleaned = super().clean(value)
        if any(character in cleaned for character in "\r\n"):
            raise forms.ValidationError(self.error_messages["lines"], code="lines")
        return cleaned


class TextField(forms.CharField):
    """Text of several lines, line ends normalised."""

    widget = forms.Textarea
    default_error_messages = {"required": FILL_IN}

    def __init__(self, *, rows: int = 5, max_length: int = LONGEST_TEXT, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **kwargs)

    def to_python(self, value: Any) -> str:
        """Give the text with plain line ends."""
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave maxlength off: a browser would cut what is pasted without saying so."""
        return {}


class ChoiceField(forms.ChoiceField):
    """One of several, as radio buttons, each with an optional hint: {"value": "what it means"}."""

    widget = forms.RadioSelect
    default_error_messages = {"required": CHOOSE}

    def __init__(self, *, hints: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.hints = dict(hints or {})
        super().__init__(**kwargs)


class ChoicesField(forms.MultipleChoiceField):
    """Any number of several, as checkboxes, each with an optional hint."""

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {"required": gettext_lazy("Choose at least one.")}

    def __init__(self, *, hints: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        self.hints = dict(hints or {})
        super().__init__(**kwargs)


class SelectField(forms.ChoiceField):
    """One of many, as a drop-down list; up to about seven are better as radio buttons."""

    default_error_messages = {"required": CHOOSE}


class TickField(forms.BooleanField):
    """One tick box; `required=True` means that it must be ticked."""


class FileField(forms.FileField):
    """A file; what may be in it is judged by the package that stores it."""


class DateInput(forms.DateInput):
    """A plain text box that shows 23-11-2026; a calendar widget is slower than typing."""

    input_type = "text"

    def format_value(self, value: Any) -> str | None:
        """Show a date the Dutch way and leave half-typed text alone."""
        return f"{value.day:02d}-{value.month:02d}-{value.year}" if isinstance(value, date) else value


class DateField(forms.DateField):
    """A date as people write it: 23-11-2026, 2026-11-23 or 23 november 2026."""

    widget = DateInput(attrs={"class": "input--date", "autocomplete": "off"})
    default_error_messages = {
        "required": FILL_IN,
        "invalid": gettext_lazy("Write the date as 23-11-2026 or 23 november 2026."),
        "absent": gettext_lazy("This date does not exist. Check the day and the month."),
        "year": gettext_lazy("Check the year."),
    }

    def to_python(self, value: Any) -> date | None:
        """Read a date, or say how to write it."""
        if value in self.empty_values or isinstance(value, date):
            return value or None
        parts = date_parts(str(value))
        if parts is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            found = date(*parts)
        except ValueError:
            raise forms.ValidationError(self.error_messages["absent"], code="absent") from None
        if not EARLIEST_YEAR <= found.year <= LATEST_YEAR:
            raise forms.ValidationError(self.error_messages["year"], code="year")
        return found


def date_parts(text: str) -> tuple[int, int, int] | None:
    """Take year, month and day out of a written date, or None when it is not one."""
    text = " ".join(text.lower().replace(",", " ").split())
    if match := _ISO.fullmatch(text):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _NUMERIC.fullmatch(text):
        return int(match[3]), int(match[2]), int(match[1])
    if (match := _WORDS.fullmatch(text)) and (month := _month(match[2])):
        return int(match[3]), month, int(match[1])
    return None


def _month(word: str) -> int | None:
    for table in (*MONTHS.values(), *SHORT_MONTHS.values()):
        for number, name in enumerate(table, start=1):
            if name.lower() == word:
                return number
    return None
