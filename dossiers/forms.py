"""The forms of a dossier: opening one, its people, who works with it, notes and search."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.nl import bsn as bsn_number

from casemgmt.base import clock
from casemgmt.web import forms
from dossiers.people.acts import NewPerson
from dossiers.people.representing import Represented
from dossiers.people.vocabulary import PersonRole


def from_day(client_id: UUID | str) -> str:
    """The name of the field with the first day on which somebody represents this client."""
    return f"represents_from_{client_id}"


def until_day(client_id: UUID | str) -> str:
    """The name of the field with the last day on which somebody represents this client."""
    return f"represents_until_{client_id}"


class BsnField(forms.LineField):
    """A citizen service number: nine figures that pass the check (elfproef)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=20,
            widget=django_forms.TextInput(
                attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input--short"}
            ),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """The nine figures; a sentence when they cannot be a BSN."""
        typed = str(super().clean(value) or "")
        if not typed:
            return ""
        digits = "".join(character for character in typed if character not in " .-")
        if not digits.isascii() or not digits.isdigit() or not bsn_number.is_valid(digits):
            raise ValidationError(_("This is not a valid BSN: the check of its nine figures fails. Look again."))
        return str(bsn_number.compact(digits))


class PersonForm(forms.Form):
    """Somebody to be added or put right."""

    role = forms.SelectField(label=gettext_lazy("Who is this in the dossier?"), choices=PersonRole.choices)
    name = forms.LineField(label=gettext_lazy("Name"), max_length=120)
    birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"),
        required=False,
        help_text=gettext_lazy("Leave empty when it is not known. Rights that follow from age then wait for it."),
    )
    represents = forms.ChoicesField(
        label=gettext_lazy("Of whom does this person have custody, or is the guardian or legal representative?"),
        required=False,
        help_text=gettext_lazy(
            "Tick only what you know for sure, each child apart: for a child that is ticked this person decides, may"
            " ask to read what is about it, and gets letters about it. Custody ends by itself at eighteen; of an"
            " adult only somebody whose part is guardian (also mentor or curator) is the representative."
        ),
    )
    bsn = BsnField(label=gettext_lazy("BSN"), required=False)
    address = forms.LineField(label=gettext_lazy("Address"), required=False, max_length=200)
    address_secret = forms.TickField(
        label=gettext_lazy("This address is secret"),
        required=False,
        help_text=gettext_lazy("It then stands on no page and in no letter; showing it is recorded each time."),
    )
    phone = forms.LineField(label=gettext_lazy("Phone"), required=False, max_length=40)
    safe_contact = forms.LineField(
        label=gettext_lazy("How can this person be reached safely?"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For example: text after 15.30, own phone, no letters."),
    )
    warning = forms.LineField(
        label=gettext_lazy("What must somebody know before visiting?"), required=False, max_length=200
    )
    relevance = forms.TextField(label=gettext_lazy("Why is this person in the dossier?"), required=False, rows=2)

    def __init__(
        self,
        *args: Any,
        clients: Sequence[tuple[UUID, str]] = (),
        relevance_label: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._clients = clients
        self._ask_whom_they_represent()
        self._relevance_asked = bool(relevance_label)
        if relevance_label:
            self.fields["relevance"].label = relevance_label
        else:
            del self.fields["relevance"]

    def _ask_whom_they_represent(self) -> None:
        """One tick for each client, and the days between which it holds where somebody knows them."""
        if not self._clients:
            del self.fields["represents"]
            return
        field = self.fields["represents"]
        assert isinstance(field, forms.ChoicesField)
        field.choices = [(str(client_id), name) for client_id, name in self._clients]
        for client_id, name in self._clients:
            first, last = _("%(name)s: from which day?"), _("%(name)s: up to and including which day?")
            self.fields[from_day(client_id)] = forms.DateField(label=first % {"name": name}, required=False)
            self.fields[until_day(client_id)] = forms.DateField(label=last % {"name": name}, required=False)

    def days_of(self, client_id: str) -> tuple[BoundField, BoundField]:
        """The two fields with the days that belong to one tick."""
        return self[from_day(client_id)], self[until_day(client_id)]

    def clean_birth_date(self) -> date | None:
        """Nobody in a dossier is born in the future; an unborn child has no date yet."""
        born: date | None = self.cleaned_data["birth_date"]
        if born is not None and born > clock.today():
            raise ValidationError(_("This date lies in the future. For an unborn child, leave it empty."))
        return born

    def clean(self) -> dict[str, Any]:
        """What belongs together: a secret address has an address, somebody of the network a reason."""
        given = super().clean() or self.cleaned_data
        if given.get("address_secret") and not self._known_after("address"):
            self.add_error("address", _("Which address is secret? Fill it in, or take the tick away."))
        network = given.get("role") == PersonRole.NETWORK
        if self._relevance_asked and network and not given.get("relevance") and "relevance" not in self.errors:
            self.add_error("relevance", _("Your regulation asks this of somebody of the network."))
        self._check_whom_they_represent(given)
        return given

    def _check_whom_they_represent(self, given: dict[str, Any]) -> None:
        ticked = given.get("represents") or ()
        if ticked and given.get("role") == PersonRole.REPORTER:
            self.add_error("represents", _("A reporter is named nowhere, so cannot be somebody's representative here."))
        for client_id, name in self._clients if "represents" not in self.errors else ():
            first, last = given.get(from_day(client_id)), given.get(until_day(client_id))
            if (first or last) and str(client_id) not in ticked:
                message = _("This day is for whoever represents %(name)s. Tick the name, or take the day away.")
                self.add_error(from_day(client_id) if first else until_day(client_id), message % {"name": name})
            elif first and last and last < first:
                self.add_error(until_day(client_id), _("The last day lies before the first."))

    def new_person(self) -> NewPerson:
        """What was filled in, for the act."""
        given = self.cleaned_data
        return NewPerson(
            role=given["role"],
            name=given["name"],
            birth_date=given["birth_date"],
            represents=tuple(
                Represented(UUID(one), given[from_day(one)], given[until_day(one)])
                for one in given.get("represents", ())
            ),
            bsn=self._known_after("bsn"),
            address=self._known_after("address"),
            address_secret=given["address_secret"],
            phone=self._known_after("phone"),
            safe_contact=given["safe_contact"] or None,
            warning=given["warning"] or None,
            relevance=self._relevance(),
        )

    def _known_after(self, name: str) -> str | None:
        """The BSN, the address or the telephone number that will be known once this form is saved."""
        return self.cleaned_data.get(name) or None

    def _relevance(self) -> str | None:
        """What was answered; what stood there already where the regulation does not ask it (any more)."""
        return (self.cleaned_data["relevance"] if self._relevance_asked else self.initial.get("relevance")) or None


class AddPersonForm(PersonForm):
    """Somebody to be added; ``row_id`` makes that a form sent twice adds one person."""

    row_id = django_forms.UUIDField(widget=django_forms.HiddenInput, initial=uuid4)


def gone(name: str) -> str:
    """The name of the tick that takes away what is known but not shown."""
    return f"{name}_gone"


class ChangePersonForm(PersonForm):
    """Somebody to be put right, with the mark of what the writer had before them (``seen_mark``).

    The BSN is not in the form, nor, of whom the address is secret, that and the telephone number, also not when it is
    refused: they are shown by a post of their own, which the trail keeps as such. An empty field leaves them as they
    are.
    """

    seen = forms.LineField(max_length=64, widget=django_forms.HiddenInput)

    def __init__(self, *args: Any, unshown: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unshown = unshown
        take_away = {
            "bsn": _("Take this BSN away"),
            "address": _("Take this address away"),
            "phone": _("Take this telephone number away"),
        }
        for name in unshown:
            self.fields[name].help_text = _("Known, and not shown here. Leave empty to keep it, or fill in a new one.")
            self.fields[gone(name)] = forms.TickField(label=take_away[name], required=False)
        if "address" in unshown:
            self.fields[gone("address")].help_text = _(
                "It then stays secret for others:"
                " only the secret tick that is taken off an address that stays opens it."
            )
        order = [part for name in self.fields for part in (name, gone(name))]
        self.order_fields(order)

    def _known_after(self, name: str) -> str | None:
        typed, kept = super()._known_after(name), self._unshown.get(name)
        return typed or (None if self.cleaned_data.get(gone(name)) else kept)


class CapacityForm(forms.Form):
    """Whether a client can weigh own interests, as whoever may judge that says it."""

    judgement = forms.ChoiceField(
        label=gettext_lazy("What do you judge?"),
        choices=[
            ("incapable", gettext_lazy("Cannot weigh own interests")),
            ("capable", gettext_lazy("Can weigh own interests")),
        ],
    )


class OpenForm(forms.Form):
    """A new dossier with its first client."""

    row_id = django_forms.UUIDField(widget=django_forms.HiddenInput, initial=uuid4)
    number = forms.LineField(
        label=gettext_lazy("Dossier number"),
        max_length=40,
        help_text=gettext_lazy("The next free number. You may type another."),
    )
    name = forms.LineField(
        label=gettext_lazy("How does the team call it?"),
        max_length=120,
        help_text=gettext_lazy("For example: family Bakker. Only people who work here see it."),
    )
    unit = forms.ChoiceField(label=gettext_lazy("Team"))
    client_name = forms.LineField(label=gettext_lazy("Name of the first client"), max_length=120)
    client_birth_date = forms.DateField(
        label=gettext_lazy("Date of birth"),
        required=False,
        help_text=gettext_lazy("Leave empty when it is not known. Rights that follow from age then wait for it."),
    )
    client_bsn = BsnField(label=gettext_lazy("BSN"), required=False)

    def __init__(self, *args: Any, units: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["unit"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(units)
        if len(units) == 1:
            field.initial = units[0][0]

    def clean(self) -> dict[str, Any]:
        """A client who is born tomorrow has no date of birth yet."""
        given = super().clean() or self.cleaned_data
        born = given.get("client_birth_date")
        if born is not None and born > clock.today():
            message = _("This date lies in the future. For an unborn child, leave it empty.")
            self.add_error("client_birth_date", message)
        return given


class AccessForm(forms.Form):
    """A colleague who is to work with this dossier, from a day, perhaps until another."""

    user = forms.SelectField(label=gettext_lazy("Colleague"))
    role_in_care = forms.LineField(
        label=gettext_lazy("As what?"), max_length=40, help_text=gettext_lazy("For example: deputy, psychologist.")
    )
    ground = forms.LineField(label=gettext_lazy("Why is it needed?"), max_length=200)
    starts_on = forms.DateField(label=gettext_lazy("First day"))
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Leave empty when it goes on. You can end it at any time."),
    )

    def __init__(self, *args: Any, colleagues: Sequence[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["user"]
        assert isinstance(field, forms.SelectField)
        field.choices = [("", "")] + [(str(user_id), name) for user_id, name in colleagues]

    def clean(self) -> dict[str, Any]:
        """A period ends after it begins."""
        given = super().clean() or self.cleaned_data
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        return given


class NoteForm(forms.Form):
    """A working note."""

    row_id = django_forms.UUIDField(widget=django_forms.HiddenInput, initial=uuid4)
    text = forms.TextField(label=gettext_lazy("Only for yourself"), rows=4, max_length=20_000)


class SearchForm(forms.Form):
    """What somebody types to find a dossier."""

    q = forms.LineField(label=gettext_lazy("Name, number or BSN"), max_length=100)
