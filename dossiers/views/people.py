"""The people of a dossier: the list, adding and putting right, and a secret address."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.base.errors import NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.schema.vocabulary import AskWhen, EntryField
from casemgmt.policy.versions import NoVersion, profile_in_force
from casemgmt.web import forms
from casemgmt.web.render import is_partial, render, render_block, see_other
from dossiers import access
from dossiers.access import change_dossier, open_dossier
from dossiers.forms import PersonForm
from dossiers.frame import Frame, age_words, load_frame, people_of
from dossiers.models import Dossier, Person
from dossiers.people.acts import FIELDS, add_person, change_person
from dossiers.people.capacity import may_judge
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Somebody on the page of people; a secret address and a BSN are not in it."""

    id: UUID
    name: str
    role: str
    age: str
    birth_date: date | None
    represents: bool
    capable: bool
    is_client: bool
    has_bsn: bool
    address: str
    address_secret: bool
    phone: str
    safe_contact: str
    warning: str
    relevance: str


def people(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Everybody in the dossier."""
    actor, on = actor_of(request), clock.today()

    def load(dossier: Dossier) -> tuple[Frame, list[PersonCard], bool]:
        cards = [_card(person, on) for person in people_of(dossier)]
        return load_frame(dossier, actor, on, "people"), cards, access.can(actor, Verb.CHANGE, dossier)

    frame, cards, may_change = open_dossier(actor, dossier_id, Verb.READ, load, data="people")
    return render(request, "dossiers/people.html", {"frame": frame, "people": cards, "may_change": may_change})


def add(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Add somebody to the dossier."""
    actor, at = actor_of(request), clock.now()
    asked = relevance_question(clock.local_date(at))
    judges = _judges(actor, clock.local_date(at))
    form = PersonForm(request.POST if request.method == "POST" else None, relevance_label=asked, judges=judges)
    if form.is_bound and form.is_valid():
        change_dossier(
            actor,
            dossier_id,
            Verb.CHANGE,
            lambda d: add_person(d, form.new_person(), by=actor, at=at).id,
            data="person",
            action=Action.ADD,
        )
        return see_other(request, "dossiers:people", dossier_id=dossier_id)
    frame = _frame(request, dossier_id)
    values = {"frame": frame, "form": form, "person_id": None}
    return (
        forms.invalid(request, "dossiers/person.html", form, values)
        if form.is_bound
        else render(request, "dossiers/person.html", values)
    )


def change(request: HttpRequest, dossier_id: UUID, person_id: UUID) -> HttpResponse:
    """Put right what is known of somebody; this shows everything, so it is recorded as such."""
    actor, at = actor_of(request), clock.now()
    on = clock.local_date(at)
    asked, judges = relevance_question(on), _judges(actor, on)

    def load(dossier: Dossier) -> tuple[Frame, dict[str, object]]:
        person = _person(dossier, person_id)
        return load_frame(dossier, actor, on, "people"), {name: getattr(person, name) for name in FIELDS}

    if request.method == "POST":
        known = {} if judges else open_dossier(actor, dossier_id, Verb.CHANGE, load, data="person")[1]
        form = PersonForm(request.POST, relevance_label=asked, judges=judges, initial=known)
        if form.is_valid():
            change_dossier(
                actor,
                dossier_id,
                Verb.CHANGE,
                lambda d: change_person(d, person_id, form.new_person(), by=actor, at=at).id,
                data="person",
            )
            return see_other(request, "dossiers:people", dossier_id=dossier_id)
        values = {"frame": _frame(request, dossier_id), "form": form, "person_id": person_id}
        return forms.invalid(request, "dossiers/person.html", form, values)
    frame, known = open_dossier(actor, dossier_id, Verb.CHANGE, load, data="person")
    form = PersonForm(initial=known, relevance_label=asked, judges=judges)
    return render(request, "dossiers/person.html", {"frame": frame, "form": form, "person_id": person_id})


def reveal(request: HttpRequest, dossier_id: UUID, person_id: UUID) -> HttpResponse:
    """Show a secret address for a moment; that it was shown is recorded with whose it is."""
    actor, on = actor_of(request), clock.today()

    def load(dossier: Dossier) -> tuple[str, Frame]:
        person = _person(dossier, person_id)
        if not person.address:
            raise NotThere
        return person.address, load_frame(dossier, actor, on, "people")

    address, frame = open_dossier(actor, dossier_id, Verb.READ, load, data="address")
    values = {"address": address, "frame": frame, "at": clock.now()}
    if is_partial(request):
        return render_block(request, "dossiers/address.html", "shown", values)
    return render(request, "dossiers/address.html", values)


def relevance_question(on: date) -> str:
    """What the regulation asks of somebody of the network; empty when it asks nothing (GT-9.1, BT-dossier-4)."""
    try:
        field = profile_in_force(on).recording.fields.get(EntryField.RELEVANCE)
    except NoVersion:
        return ""
    return str(field.label) if field is not None and field.when is AskWhen.NETWORK_PERSON else ""


@reads
def _judges(actor: Actor, on: date) -> bool:
    return may_judge(actor, on)


def _frame(request: HttpRequest, dossier_id: UUID) -> Frame:
    actor, on = actor_of(request), clock.today()
    return open_dossier(actor, dossier_id, Verb.CHANGE, lambda d: load_frame(d, actor, on, "people"), data="person")


def _person(dossier: Dossier, person_id: UUID) -> Person:
    person = Person.objects.filter(dossier=dossier, id=person_id).first()
    if person is None:
        raise NotThere
    return person


def _card(person: Person, on: date) -> PersonCard:
    return PersonCard(
        id=person.id,
        name=person.name,
        role=person.get_role_display(),
        age=age_words(person.birth_date, on),
        birth_date=person.birth_date,
        represents=person.represents,
        capable=person.capable,
        is_client=person.role == "client",
        has_bsn=bool(person.bsn),
        address="" if person.address_secret else person.address or "",
        address_secret=person.address_secret and bool(person.address),
        phone=person.phone or "",
        safe_contact=person.safe_contact or "",
        warning=person.warning or "",
        relevance=person.relevance or "",
    )
