"""The people of a dossier: the list, adding and putting right, and a secret address."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.base.errors import NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.rules.representation import is_adult
from casemgmt.policy.schema.vocabulary import AskWhen, EntryField
from casemgmt.policy.schema.vocabulary import Person as Who
from casemgmt.policy.versions import NoVersion, profile_in_force
from casemgmt.web import forms
from casemgmt.web.dates import date_plain
from casemgmt.web.render import is_partial, render, render_block, see_other
from dossiers import access
from dossiers.access import change_dossier, open_dossier
from dossiers.forms import PersonForm, from_day, until_day
from dossiers.frame import Frame, age_words, load_frame, people_of
from dossiers.models import Dossier, Person, Representation
from dossiers.people.acts import FIELDS, add_person, change_person
from dossiers.people.capacity import may_judge
from dossiers.people.representing import clients_of, held_on, representations_in, represented_by, standing_to
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of


@dataclass(frozen=True, slots=True)
class Tie:
    """A client whom somebody represents, or who does that; ``note`` says when, and whether it holds today."""

    name: str
    note: str


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Somebody on the page of people; a secret address and a BSN are not in it."""

    id: UUID
    name: str
    role: str
    age: str
    birth_date: date | None
    represents: tuple[Tie, ...]
    represented_by: tuple[Tie, ...]
    is_minor: bool
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
        return load_frame(dossier, actor, on, "people"), _cards(dossier, on), access.can(actor, Verb.CHANGE, dossier)

    frame, cards, may_change = open_dossier(actor, dossier_id, Verb.READ, load, data="people")
    return render(request, "dossiers/people.html", {"frame": frame, "people": cards, "may_change": may_change})


def add(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Add somebody to the dossier."""
    actor, at = actor_of(request), clock.now()
    on = clock.local_date(at)

    def load(dossier: Dossier) -> tuple[Frame, list[tuple[UUID, str]]]:
        return load_frame(dossier, actor, on, "people"), _to_represent(dossier, None)

    frame, clients = open_dossier(actor, dossier_id, Verb.CHANGE, load, data="person")
    form = PersonForm(request.POST if request.method == "POST" else None, clients=clients, **_asked(actor, on))
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
    return _show(request, form, frame, None)


def change(request: HttpRequest, dossier_id: UUID, person_id: UUID) -> HttpResponse:
    """Put right what is known of somebody; this shows everything, so it is recorded as such."""
    actor, at = actor_of(request), clock.now()
    on = clock.local_date(at)

    def load(dossier: Dossier) -> tuple[Frame, list[tuple[UUID, str]], dict[str, object]]:
        person = _person(dossier, person_id)
        known = {name: getattr(person, name) for name in FIELDS} | _represented(person)
        return load_frame(dossier, actor, on, "people"), _to_represent(dossier, person_id), known

    frame, clients, known = open_dossier(actor, dossier_id, Verb.CHANGE, load, data="person")
    data = request.POST if request.method == "POST" else None
    form = PersonForm(data, clients=clients, initial=known, **_asked(actor, on))
    if form.is_bound and form.is_valid():
        change_dossier(
            actor,
            dossier_id,
            Verb.CHANGE,
            lambda d: change_person(d, person_id, form.new_person(), by=actor, at=at).id,
            data="person",
        )
        return see_other(request, "dossiers:people", dossier_id=dossier_id)
    return _show(request, form, frame, person_id)


def _show(request: HttpRequest, form: PersonForm, frame: Frame, person_id: UUID | None) -> HttpResponse:
    values = {"frame": frame, "form": form, "person_id": person_id}
    if form.is_bound:
        return forms.invalid(request, "dossiers/person.html", form, values)
    return render(request, "dossiers/person.html", values)


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
def _asked(actor: Actor, on: date) -> dict[str, Any]:
    """What the form asks of this member of staff: the regulation's question, and whether they judge capacity."""
    return {"relevance_label": relevance_question(on), "judges": may_judge(actor, on)}


def _to_represent(dossier: Dossier, person_id: UUID | None) -> list[tuple[UUID, str]]:
    """The clients whom somebody can represent, as choices: everybody but themselves."""
    return [(one.id, one.name) for one in clients_of(dossier) if one.id != person_id]


def _represented(person: Person) -> dict[str, object]:
    """Whom somebody represents, as the form shows it."""
    known: dict[str, object] = {}
    rows = represented_by(person)
    for one in rows:
        known |= {from_day(one.client_id): one.starts_on, until_day(one.client_id): one.ends_on}
    return known | {"represents": [str(one.client_id) for one in rows]}


def _person(dossier: Dossier, person_id: UUID) -> Person:
    person = Person.objects.filter(dossier=dossier, id=person_id).first()
    if person is None:
        raise NotThere
    return person


def _cards(dossier: Dossier, on: date) -> list[PersonCard]:
    everybody = people_of(dossier)
    held, by_id = held_on(dossier, on), {person.id: person for person in everybody}
    mine: dict[UUID, list[Tie]] = {}
    of: dict[UUID, list[Tie]] = {}
    for one in representations_in(dossier):
        person, client = by_id[one.representative_id], by_id[one.client_id]
        holds = standing_to(person, client, held, on) is Who.LEGAL_REPRESENTATIVE
        note = ", ".join((*_days(one), *_why_not(client, holds, (person.id, client.id) in held)))
        mine.setdefault(person.id, []).append(Tie(client.name, note))
        of.setdefault(client.id, []).append(Tie(person.name, note))
    return [_card(person, mine.get(person.id, []), of.get(person.id, []), on) for person in everybody]


def _days(row: Representation) -> tuple[str, ...]:
    """Between which days somebody represents a client."""
    first = (_("from %(day)s") % {"day": date_plain(row.starts_on)},) if row.starts_on else ()
    last = (_("up to and including %(day)s") % {"day": date_plain(row.ends_on)},) if row.ends_on else ()
    return (*first, *last)


def _why_not(client: Person, holds: bool, in_between: bool) -> tuple[str, ...]:
    """Why what is written down does not hold today; nothing when it does."""
    if holds:
        return ()
    if not in_between:
        return (_("not today"),)
    return (_("ended at eighteen") if client.birth_date else _("holds once the date of birth is known"),)


def _card(person: Person, represents: list[Tie], represented_by: list[Tie], on: date) -> PersonCard:
    return PersonCard(
        id=person.id,
        name=person.name,
        role=person.get_role_display(),
        age=age_words(person.birth_date, on),
        birth_date=person.birth_date,
        represents=tuple(represents),
        represented_by=tuple(represented_by),
        is_minor=person.birth_date is not None and not is_adult(person.birth_date, on),
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
