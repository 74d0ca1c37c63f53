"""What a form macro needs to know of a field, as one plain value.

Our macros write their own inputs: a fieldset with a legend around choices, and each error beside its field.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.forms import widgets
from django.forms.boundfield import BoundField


@dataclass(frozen=True)
class Option:
    """One thing to choose; `hint` may say what choosing it means."""

    value: str
    label: str
    selected: bool
    id: str
    hint: str = ""
    group: str = ""


@dataclass(frozen=True)
class Control:
    """A field as the macros draw it."""

    kind: str
    id: str
    name: str
    label: str
    hint: str
    value: str
    required: bool
    errors: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)
    multiple: bool = False


# The first that matches wins, so a subclass stands before what it derives from.
_KINDS: tuple[tuple[type[widgets.Widget], str], ...] = (
    (widgets.HiddenInput, "hidden"),
    (widgets.CheckboxInput, "checkbox"),
    (widgets.CheckboxSelectMultiple, "checkboxes"),
    (widgets.RadioSelect, "radios"),
    (widgets.Select, "select"),
    (widgets.Textarea, "textarea"),
    (widgets.FileInput, "file"),
)


def control(bound: BoundField) -> Control:
    """Read a bound field once."""
    widget = bound.field.widget
    kind = _kind(widget)
    return Control(
        kind=kind,
        id=bound.id_for_label or bound.auto_id or f"id_{bound.html_name}",
        name=bound.html_name,
        label=str(bound.label or ""),
        hint=str(bound.help_text or ""),
        value=_value(bound, kind),
        required=bool(bound.field.required),
        errors=tuple(str(error) for error in bound.errors),
        options=_options(bound) if kind in ("checkboxes", "radios", "select") else (),
        attributes=_attributes(bound),
        multiple=bool(getattr(widget, "allow_multiple_selected", False)),
    )


def _kind(widget: widgets.Widget) -> str:
    for type_, kind in _KINDS:
        if isinstance(widget, type_):
            return kind
    return str(getattr(widget, "input_type", "text"))


def _value(bound: BoundField, kind: str) -> str:
    value = bound.value()
    if kind == "checkbox":
        return "on" if value and str(value) not in ("False", "false") else ""
    if kind in ("checkboxes", "radios", "file", "password") or value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ""
    return str(bound.field.widget.format_value(value) or "")


def _options(bound: BoundField) -> tuple[Option, ...]:
    widget = bound.field.widget
    hints: dict[str, str] = getattr(bound.field, "hints", {})
    if not isinstance(widget, widgets.ChoiceWidget):
        return ()
    chosen = widget.format_value(bound.value())
    found: list[Option] = []
    for group, members, _index in widget.optgroups(bound.html_name, chosen, {}):
        found.extend(
            _option(bound, member, str(group or ""), hints, len(found) + at) for at, member in enumerate(members)
        )
    return tuple(found)


def _option(bound: BoundField, member: dict[str, Any], group: str, hints: dict[str, str], index: int) -> Option:
    value = "" if member["value"] is None else str(member["value"])
    return Option(
        value=value,
        label=str(member["label"]),
        selected=bool(member["selected"]),
        # The first choice has the plain id, so that a link in the error summary lands on it.
        id=f"{bound.auto_id or 'id_' + bound.html_name}_{index}",
        hint=str(hints.get(value, "")),
        group=group,
    )


def _attributes(bound: BoundField) -> dict[str, str]:
    """Give the extra attributes of the widget and field as text; true becomes an empty attribute."""
    raw = {**bound.field.widget.attrs, **bound.field.widget_attrs(bound.field.widget)}
    for name in ("aria-describedby", "type", "required"):  # the macros write these themselves
        raw.pop(name, None)
    return {name: "" if value is True else str(value) for name, value in raw.items() if value not in (None, False)}
