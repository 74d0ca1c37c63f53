"""Adding somebody to a dossier, and putting right what is known of them; who was slower sees both and loses nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict

from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.base.errors import Conflict
from casemgmt.organisations.actors import Actor
from casemgmt.policy.schema.vocabulary import AskWhen, EntryField
from casemgmt.policy.versions import NoVersion, profile_in_force
from casemgmt.web import forms
from casemgmt.web.render import render, see_other
from dossiers.access import change_dossier, open_dossier
from dossiers.forms import AddPersonForm, ChangePersonForm, PersonForm, from_day, until_day
from dossiers.frame import Frame, load_frame, person_in
from dossiers.models import Dossier
from dossiers.people.acts import FIELDS, NewPerson, add_person, change_person, known_of, seen_mark, unshown
from dossiers.people.differing import differences
from dossiers.people.representing import clients_of
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of, refused

PAGE = "dossiers/person.html"


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What the form of somebody who is in the dossier needs; ``clients``: whom they can represent, by name."""

    frame: Frame
    clients: list[tuple[UUID, str]]
    known: NewPerson


def add(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Add somebody to the dossier."""
    actor, at = actor_of(request), clock.now()
    on = clock.local_date(at)

    def load(dossier: Dossier) -> tuple[Frame, list[tuple[UUID, str]]]:
        return load_frame(dossier, actor, on, "people"), _to_represent(dossier, None)

    frame, clients = open_dossier(actor, dossier_id, Verb.CHANGE, load, data="person")
    data = request.POST if request.method == "POST" else None
    form = AddPersonForm(data, clients=clients, relevance_label=_relevance_label(on))
    if not form.is_bound or not form.is_valid():
        return _show(request, form, frame, None)
    row_id, new = form.cleaned_data["row_id"], form.new_person()
    try:
        change_dossier(
            actor,
            dossier_id,
            Verb.CHANGE,
            lambda d: add_person(d, new, by=actor, at=at, row_id=row_id).id,
            data="person",
            action=Action.ADD,
        )
    except Conflict as conflict:
        return refused(request, PAGE, form, conflict, {"frame": frame, "person_id": None, "unshown": ()})
    return see_other(request, "dossiers:people", dossier_id=dossier_id)


def change(request: HttpRequest, dossier_id: UUID, person_id: UUID) -> HttpResponse:
    """Put right what is known of somebody; all but a BSN and a secret address is shown, and that is recorded."""
    actor, at = actor_of(request), clock.now()
    page = _person_page(actor, dossier_id, person_id, at)
    form = _change_form(page, at, request.POST if request.method == "POST" else None)
    if not form.is_bound or not form.is_valid():
        return _show(request, form, page.frame, person_id, page.known)
    seen, new = form.cleaned_data["seen"], form.new_person()
    try:
        change_dossier(
            actor,
            dossier_id,
            Verb.CHANGE,
            lambda d: change_person(d, person_id, new, seen=seen, by=actor, at=at).id,
            data="person",
        )
    except Conflict as conflict:
        if conflict.field:
            return refused(request, PAGE, form, conflict, _values(form, page.frame, person_id, page.known))
        newer = _person_page(actor, dossier_id, person_id, at)
        if seen_mark(newer.known) == seen:
            raise  # nobody was quicker: it was refused for another reason
        return _both(request, newer, person_id, actor, at, conflict)
    return see_other(request, "dossiers:people", dossier_id=dossier_id)


def _both(
    request: HttpRequest, page: PersonPage, person_id: UUID, actor: Actor, at: datetime, conflict: Conflict
) -> HttpResponse:
    """What is known now beside what was filled in; saving again answers what is known now."""
    mine: QueryDict = request.POST.copy()
    mine["seen"] = seen_mark(page.known)
    if page.known.address_secret:
        # What became secret meanwhile is opened by taking the tick away, never by not knowing of it.
        mine.setlist("address_secret", ["on"])
    form = _change_form(page, at, mine)
    if not form.is_valid():  # such as custody of somebody who is no client any more: that first, with the old mark
        return _show(request, _change_form(page, at, request.POST), page.frame, person_id, page.known)
    labels = {name: str(field.label) for name, field in form.fields.items()}
    rows = differences(page.known, form.new_person(), labels, page.clients)
    more = _values(form, page.frame, person_id, page.known) | {"differences": rows}
    return render(request, PAGE, more | {"conflict": conflict.sentence}, status=409)


def _show(
    request: HttpRequest, form: PersonForm, frame: Frame, person_id: UUID | None, known: NewPerson | None = None
) -> HttpResponse:
    values = _values(form, frame, person_id, known)
    return forms.invalid(request, PAGE, form, values) if form.is_bound else render(request, PAGE, values)


def _values(form: PersonForm, frame: Frame, person_id: UUID | None, known: NewPerson | None) -> dict[str, object]:
    """What the page shows; of what it does not show, only that it is there."""
    return {"frame": frame, "form": form, "person_id": person_id, "unshown": tuple(unshown(known)) if known else ()}


def _person_page(actor: Actor, dossier_id: UUID, person_id: UUID, at: datetime) -> PersonPage:
    on = clock.local_date(at)

    def load(dossier: Dossier) -> PersonPage:
        known = known_of(person_in(dossier, person_id))
        return PersonPage(load_frame(dossier, actor, on, "people"), _to_represent(dossier, person_id), known)

    return open_dossier(actor, dossier_id, Verb.CHANGE, load, data="person", object_id=person_id)


def _change_form(page: PersonPage, at: datetime, data: QueryDict | None) -> ChangePersonForm:
    label = _relevance_label(clock.local_date(at))
    first, hidden = _first_values(page.known), unshown(page.known)
    return ChangePersonForm(data, clients=page.clients, initial=first, relevance_label=label, unshown=hidden)


def _first_values(known: NewPerson) -> Mapping[str, object]:
    """What is known of somebody, as the form shows it."""
    found: dict[str, object] = {name: getattr(known, name) for name in FIELDS if name not in unshown(known)}
    found["seen"] = seen_mark(known)
    for one in known.represents:
        found |= {from_day(one.client_id): one.starts_on, until_day(one.client_id): one.ends_on}
    return found | {"represents": [str(one.client_id) for one in known.represents]}


def relevance_question(on: date) -> str:
    """What the regulation asks of somebody of the network; empty when it asks nothing (GT-9.1, BT-dossier-4)."""
    try:
        field = profile_in_force(on).recording.fields.get(EntryField.RELEVANCE)
    except NoVersion:
        return ""
    return str(field.label) if field is not None and field.when is AskWhen.NETWORK_PERSON else ""


@reads
def _relevance_label(on: date) -> str:
    """The regulation's question about somebody of the network."""
    return relevance_question(on)


def _to_represent(dossier: Dossier, person_id: UUID | None) -> list[tuple[UUID, str]]:
    """The clients whom somebody can represent, as choices: everybody but themselves."""
    return [(one.id, one.name) for one in clients_of(dossier) if one.id != person_id]
