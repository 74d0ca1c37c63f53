"""What staff fill in: taking a request, establishing who asks, finding out, deciding, carrying out, inviting."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms as django_forms
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.base import clock
from casemgmt.web.dates import date_plain
from casemgmt.web.forms import (
    ChoiceField,
    ChoicesField,
    DateField,
    Form,
    LineField,
    SelectField,
    TextField,
    TickField,
)
from client_requests.inspection import Closed, OpenEntry, other_than_seen
from client_requests.pages import RequestPage
from client_requests.vocabulary import Channel, Executed, Identified, Outcome
from disclosures.guarded import Guard

Choices = Sequence[tuple[str, str]]


class HiddenId(django_forms.UUIDField):
    """The id a new row will have, so that a form sent twice makes one row."""

    widget = django_forms.HiddenInput


class NewRequestForm(Form):
    """A request that came in on paper or by word of mouth, written down for the client."""

    row_id = HiddenId(required=False)
    asker = SelectField(label=gettext_lazy("Who asks?"))
    about = SelectField(label=gettext_lazy("About whose data?"))
    kind = ChoiceField(label=gettext_lazy("What is asked?"))
    channel = ChoiceField(
        label=gettext_lazy("How did it come in?"),
        choices=[(Channel.ORAL, Channel.ORAL.label), (Channel.WRITTEN, Channel.WRITTEN.label)],
    )
    received_on = DateField(label=gettext_lazy("When did it come in?"))
    # Shown once the day is before the dossier was opened, and answered then.
    before_opening = TickField(
        label=gettext_lazy("Yes, the request came in before this dossier was opened"), required=False
    )
    categories = ChoicesField(label=gettext_lazy("Which data does it concern?"), required=False)
    words = TextField(
        label=gettext_lazy("What was asked, in the words of who asks"),
        rows=4,
        required=False,
        help_text=gettext_lazy("Only who may read the dossier reads this; who asks does not see it in the portal."),
    )

    def __init__(
        self,
        *args: Any,
        people: Choices,
        clients: Choices,
        kinds: Choices,
        categories: Choices,
        guard: Guard,
        **kw: Any,
    ):
        kw["initial"] = {"row_id": uuid4(), **kw.get("initial", {})}
        super().__init__(*args, **kw)
        self._guard = guard
        self.fields["asker"].choices = [("", _("Choose")), *people]  # type: ignore[attr-defined]
        self.fields["about"].choices = [("", _("Choose")), *clients]  # type: ignore[attr-defined]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        if categories:
            self.fields["categories"].choices = categories  # type: ignore[attr-defined]
        else:
            del self.fields["categories"]

    def clean_received_on(self) -> date:
        """A request came in before it is written down."""
        day: date = self.cleaned_data["received_on"]
        if day > clock.today():
            raise django_forms.ValidationError(_("A request cannot have come in on a day that is still to come."))
        return day

    def clean(self) -> dict[str, Any]:
        """No secret address of another is kept in these words, also where who asks put them so."""
        cleaned: dict[str, Any] = super().clean() or {}
        self._guard.refuse(self, "words")
        return cleaned


class IdentifyForm(Form):
    """How it was established who asks."""

    how = ChoiceField(label=gettext_lazy("How do you know who asks?"))

    def __init__(self, *args: Any, page: RequestPage, **kw: Any):
        super().__init__(*args, **kw)
        # Never chosen beforehand, also where there is one way: somebody says that they saw who it is.
        self.fields["how"].choices = [(one.value, str(one.label)) for one in page.ways]  # type: ignore[attr-defined]


class FindOutForm(Form):
    """The facts that no dossier holds, and who asks it together."""

    answers = ChoicesField(label=gettext_lazy("What did you find out?"), required=False)
    joined = ChoicesField(label=gettext_lazy("Who else asks this?"), required=False)

    def __init__(self, *args: Any, page: RequestPage, **kw: Any):
        kw["initial"] = {"answers": sorted(page.answered), "joined": [str(one) for one in page.joined]}
        super().__init__(*args, **kw)
        people = [(str(one.id), f"{one.name} ({one.role_label})") for one in page.may_join]
        for name, choices in (("answers", list(page.questions)), ("joined", people)):
            if choices:
                self.fields[name].choices = choices  # type: ignore[attr-defined]
            else:
                del self.fields[name]


class DecideForm(Form):
    """The outcome, the ground where something is refused, and why, in words for the asker."""

    outcome = ChoiceField(label=gettext_lazy("Your decision"))
    ground = ChoiceField(label=gettext_lazy("Ground for what you refuse"), required=False)
    # Nothing is chosen beforehand: what nobody ticked is not given.
    pieces = ChoicesField(label=gettext_lazy("What does the asker get?"), required=False)
    reason = TextField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("This stands in the letter. Write it for who asks, in plain words."),
        rows=4,
    )
    mandated_on = DateField(label=gettext_lazy("Day of the written mandate"))

    def __init__(self, *args: Any, page: RequestPage, **kw: Any):
        kw["initial"] = {"outcome": page.proposal, "ground": _only_ground(page), **kw.get("initial", {})}
        super().__init__(*args, **kw)
        if page.mandator:
            told = _("By the regulation this is decided by: %(who)s. The letter names the mandate by which you decide.")
            self.fields["mandated_on"].help_text = told % {"who": page.mandator}
        else:
            del self.fields["mandated_on"]
        self._today, self._guard, self._seen = page.today, page.guard, page.seen
        if page.pieces:
            _offer(self.fields["pieces"], page.pieces)
        else:
            del self.fields["pieces"]
        outcomes = [(str(one.value), str(one.label).capitalize()) for one in Outcome]
        if page.parts is None:
            outcomes = [pair for pair in outcomes if pair[0] != Outcome.PARTLY or page.grounds]
        self.fields["outcome"].choices = outcomes  # type: ignore[attr-defined]
        self.fields["outcome"].hints = _consequences(page)  # type: ignore[attr-defined]
        self.fields["ground"].choices = [(one.key, one.label) for one in page.grounds]  # type: ignore[attr-defined]
        self.fields["ground"].hints = {one.key: _binding(one) for one in page.grounds}  # type: ignore[attr-defined]

    def clean_mandated_on(self) -> date:
        """A mandate is there before the decision."""
        day: date = self.cleaned_data["mandated_on"]
        if day > self._today:
            raise django_forms.ValidationError(_("A mandate is given before the decision: choose today or earlier."))
        return day

    def clean(self) -> dict[str, Any]:
        """A refusal, also of a part, needs a ground; of a part it is chosen which; and who gives has seen what."""
        cleaned: dict[str, Any] = super().clean() or {}
        gives = cleaned.get("outcome") in (Outcome.GRANTED, Outcome.PARTLY)
        if gives and self._seen and self.data.get("seen") != self._seen:
            self.add_error(None, other_than_seen())
        if cleaned.get("outcome") in (Outcome.REFUSED, Outcome.PARTLY) and not cleaned.get("ground"):
            self.add_error("ground", _("Choose the ground on which you refuse."))
        unchosen = "pieces" in self.fields and not cleaned.get("pieces") and "pieces" not in self.errors
        if cleaned.get("outcome") == Outcome.PARTLY and unchosen:
            self.add_error("pieces", _("Choose what the asker gets. Is that nothing? Then refuse."))
        self._guard.refuse(self, "reason")
        return cleaned


def _only(choices: Choices) -> str:
    """The one thing that can be chosen; nothing where there is a choice."""
    return choices[0][0] if len(choices) == 1 else ""


def _only_ground(page: RequestPage) -> str:
    return page.grounds[0].key if page.proposal == Outcome.REFUSED and len(page.grounds) == 1 else ""


def _consequences(page: RequestPage) -> dict[str, str]:
    hints = {
        Outcome.GRANTED.value: _("The asker gets everything that was asked."),
        Outcome.PARTLY.value: _("The asker gets a part; the letter says which part not, and why."),
        Outcome.REFUSED.value: _("The asker gets nothing; the letter says why and where to go."),
    }
    return hints


def _binding(ground: Any) -> str:
    words = [ground.decision.explanation, ", ".join(ground.decision.articles) + "."]
    words.append(_("The text refuses this by itself.") if ground.must else _("The text leaves this to you."))
    if ground.part_only:
        words.append(_("Only for that part."))
    return " ".join(word for word in words if word.strip(". "))


class ExecuteForm(Form):
    """How a granted request is carried out."""

    how = ChoiceField(label=gettext_lazy("How do you carry it out?"))
    done_words = TextField(
        label=gettext_lazy("What exactly is done, and when?"),
        rows=3,
        required=False,
        help_text=gettext_lazy("Who asks reads this in the portal."),
    )

    def __init__(self, *args: Any, kind: str, guard: Guard, no_portal: str = "", **kw: Any):
        super().__init__(*args, **kw)
        self._guard = guard
        offered = [one for one in Executed if one != Executed.PORTAL or (kind == "inspection" and not no_portal)]
        choices = [
            (one.value, str(one.label).capitalize()) for one in offered if kind == "inspection" or one != "appointment"
        ]
        self.fields["how"].choices = choices  # type: ignore[attr-defined]
        self.initial.setdefault("how", _only(choices))
        if kind == "inspection" and not no_portal:
            words = _("Who asks reads this in the portal. Not needed when it opens there.")
            self.fields["done_words"].help_text = words
        self.fields["how"].help_text = no_portal

    def clean(self) -> dict[str, Any]:
        """What is not done by the application itself is told in words."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("how") and cleaned["how"] != Executed.PORTAL and not cleaned.get("done_words"):
            self.add_error("done_words", _("Write down what is done, and when."))
        self._guard.refuse(self, "done_words")
        return cleaned


class CloseForm(Form):
    """Why what was opened in the portal closes."""

    why = LineField(label=gettext_lazy("Why does it close?"), help_text=gettext_lazy("Only colleagues read this."))


class _ReadForm(Form):
    """What somebody does with pieces that they read; ``seen`` is the mark of the page on which these stand."""

    def __init__(self, *args: Any, seen: str, **kw: Any):
        super().__init__(*args, **kw)
        self._seen = seen

    def clean(self) -> dict[str, Any]:
        """Who decides about a piece read it with these addresses in mind."""
        cleaned: dict[str, Any] = super().clean() or {}
        if self.data.get("seen") != self._seen:
            self.add_error(None, other_than_seen())
        return cleaned


class KeepClosedForm(_ReadForm):
    """Which given pieces, open or closed, close or stay closed, and what the asker reads about it."""

    kept = ChoicesField(
        label=gettext_lazy("Which of these did you read, and close or stay closed?"),
        error_messages={"required": gettext_lazy("Choose what you read and what stays closed.")},
    )
    said = TextField(
        label=gettext_lazy("What does the asker read about it?"),
        rows=2,
        help_text=gettext_lazy("Who asks reads this in the portal. Say what they can do, such as call you."),
    )

    def __init__(self, *args: Any, given: Sequence[OpenEntry], guard: Guard, **kw: Any):
        super().__init__(*args, **kw)
        self._guard = guard
        _offer(self.fields["kept"], given, short=True)

    def clean(self) -> dict[str, Any]:
        """Nothing of a secret address stands in it."""
        cleaned = super().clean()
        self._guard.refuse(self, "said")
        return cleaned


class ReleaseForm(_ReadForm):
    """Which closed pieces the asker can read as they stand now: each by itself, and none is chosen beforehand.

    Those that wait to be read and those that stayed closed are chosen apart; one of the two is enough.
    """

    pieces = ChoicesField(
        label=gettext_lazy("Which of these did you read, and can the asker read?"),
        error_messages={"required": gettext_lazy("Choose what you read and what the asker can read.")},
    )

    again = ChoicesField(
        label=gettext_lazy("Which of these can the asker read after all?"),
        error_messages={"required": gettext_lazy("Choose what you read and what the asker can read.")},
    )

    def __init__(self, *args: Any, closed: Closed, **kw: Any):
        super().__init__(*args, **kw)
        _offer(self.fields["pieces"], closed.waiting)
        _offer(self.fields["again"], closed.kept)
        if not closed.kept:
            del self.fields["again"]
        elif not closed.waiting:
            del self.fields["pieces"]
        chosen = {name for name in self.fields if self[name].data}
        for name, one in self.fields.items():
            one.required = name in chosen or not chosen

    @property
    def chosen(self) -> list[str]:
        """Every piece that was ticked, of a valid form."""
        return [*self.cleaned_data.get("pieces", ()), *self.cleaned_data.get("again", ())]


def _offer(field: Any, pieces: Sequence[OpenEntry], *, short: bool = False) -> None:
    """Each piece as a choice, with the text as the asker would read it, or ``short``: with how it begins."""
    field.choices = [(one.key, f"{date_plain(one.happened_on)}, {one.label}") for one in pieces]
    field.hints = {one.key: Truncator(one.text).chars(80) if short else one.text for one in pieces}


class CompleteForm(Form):
    """How it ended, in words."""

    done_words = TextField(
        label=gettext_lazy("How did it end?"),
        rows=2,
        required=False,
        help_text=gettext_lazy("Who asks reads this in the portal."),
    )

    def __init__(self, *args: Any, guard: Guard, **kw: Any):
        super().__init__(*args, **kw)
        self._guard = guard

    def clean(self) -> dict[str, Any]:
        """Nothing of a secret address stands in it."""
        cleaned: dict[str, Any] = super().clean() or {}
        self._guard.refuse(self, "done_words")
        return cleaned


class InviteForm(Form):
    """Whom to invite, after having seen who it is."""

    person = SelectField(label=gettext_lazy("Who gets access?"))
    seen = TickField(
        label=gettext_lazy("I saw a valid identity document of this person"),
        error_messages={"required": gettext_lazy("Establish first who this is.")},
    )

    def __init__(self, *args: Any, people: Choices, **kw: Any):
        super().__init__(*args, **kw)
        self.fields["person"].choices = [("", _("Choose")), *people]  # type: ignore[attr-defined]


class InviteAgainForm(Form):
    """How it was established who gets the new code: whoever holds it takes the page over."""

    how = ChoiceField(
        label=gettext_lazy("How did you establish who this is?"),
        choices=[(one.value, one.label) for one in (Identified.DOCUMENT, Identified.KNOWN)],
        error_messages={"required": gettext_lazy("Establish first who this is.")},
    )


class FreezeForm(Form):
    """Until when the portal stays closed for somebody, and why."""

    until = DateField(label=gettext_lazy("Closed up to and including"))
    why = LineField(label=gettext_lazy("Why?"), help_text=gettext_lazy("Only colleagues read this."))

    def clean_until(self) -> date:
        """Up to and including a day that has not passed."""
        day: date = self.cleaned_data["until"]
        if day < clock.today():
            raise django_forms.ValidationError(_("Choose today or a later day."))
        return day


def ids(values: Sequence[str]) -> tuple[UUID, ...]:
    """Chosen ids as they are typed."""
    return tuple(UUID(value) for value in values)
