"""Asking something, one question a page."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.policy.decision import Decision
from casemgmt.web.forms import ChoiceField, ChoicesField, Form, TextField

LONGEST_WORDS = 5_000
Choices = Sequence[tuple[str, str]]


class KindForm(Form):
    """What do you want to ask?"""

    soort = ChoiceField(label=gettext_lazy("What do you want to ask?"))

    def __init__(self, *args: Any, kinds: Choices, hints: dict[str, str], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["soort"].choices = kinds  # type: ignore[attr-defined]
        self.fields["soort"].hints = hints  # type: ignore[attr-defined]


class WhomForm(Form):
    """About whose data?"""

    over = ChoiceField(label=gettext_lazy("Whose data is it about?"))

    def __init__(self, *args: Any, people: Choices, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["over"].choices = people  # type: ignore[attr-defined]


class DetailsForm(Form):
    """What the regulation wants to know of this kind of request, and one's own words."""

    row_id = django_forms.UUIDField(widget=django_forms.HiddenInput, required=False)
    categories = ChoicesField(
        label=gettext_lazy("Which data is it about?"),
        help_text=gettext_lazy("You can choose more than one."),
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    change = TextField(label=gettext_lazy("What must change?"), rows=4, max_length=LONGEST_WORDS)
    reason = TextField(label=gettext_lazy("Why do you ask this?"), rows=4, max_length=LONGEST_WORDS)
    words = TextField(
        label=gettext_lazy("Do you want to say anything else?"), rows=4, required=False, max_length=LONGEST_WORDS
    )

    def __init__(self, *args: Any, form: Decision, categories: Choices, **kw: Any) -> None:
        kw["initial"] = {"row_id": uuid4(), **kw.get("initial", {})}
        super().__init__(*args, **kw)
        wanted = {
            "categories": bool(form.outcome["category"]) and bool(categories),
            "change": bool(form.outcome["changes"]),
            "reason": bool(form.outcome["reason"]),
        }
        for name, asked in wanted.items():
            if not asked:
                del self.fields[name]
        if wanted["categories"]:
            self.fields["categories"].choices = categories  # type: ignore[attr-defined]
        if not any(wanted.values()):
            self.fields["words"].label = _("What do you want to ask or say?")
