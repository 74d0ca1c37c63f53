"""The people of a dossier: the list of them, and how to reach them, which is shown only when asked for."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.base.errors import NotThere
from casemgmt.policy.rules.representation import is_adult
from casemgmt.policy.schema.vocabulary import Person as Who
from casemgmt.web.render import is_partial, render, render_block
from dossiers import access
from dossiers.access import open_dossier
from dossiers.frame import Frame, age_words, load_frame, people_of, person_in
from dossiers.models import Dossier, Person
from dossiers.people.capacity import way_to_judge
from dossiers.people.differing import days_of
from dossiers.people.representing import held_on, representations_in, standing_to
from dossiers.verbs import Verb
from dossiers.views.asked import actor_of


@dataclass(frozen=True, slots=True)
class Tie:
    """A client whom somebody represents, or who does that; ``note`` says when, and whether it holds today."""

    name: str
    note: str


@dataclass(frozen=True, slots=True)
class PersonCard:
    """Somebody on the page of people; no address, telephone number or BSN is in it, only that there is one."""

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
    has_address: bool
    address_secret: bool
    has_phone: bool
    safe_contact: str
    warning: str
    relevance: str


def people(request: HttpRequest, dossier_id: UUID) -> HttpResponse:
    """Everybody in the dossier."""
    actor, on = actor_of(request), clock.today()

    def load(dossier: Dossier) -> dict[str, object]:
        return {
            "frame": load_frame(dossier, actor, on, "people"),
            "people": _cards(dossier, on),
            "may_change": access.can(actor, Verb.CHANGE, dossier),
            "may_judge": access.can(actor, way_to_judge(actor, on), dossier),
        }

    values = open_dossier(actor, dossier_id, Verb.READ, load, data="people")
    return render(request, "dossiers/people.html", values)


def reveal(request: HttpRequest, dossier_id: UUID, person_id: UUID) -> HttpResponse:
    """Show a secret address for a moment; that it was shown is recorded with whose it is."""
    actor, on = actor_of(request), clock.today()

    def load(dossier: Dossier) -> tuple[str, Frame]:
        person = person_in(dossier, person_id)
        if not person.address:
            raise NotThere
        return person.address, load_frame(dossier, actor, on, "people")

    address, frame = open_dossier(actor, dossier_id, Verb.READ, load, data="address", object_id=person_id)
    return _for_a_moment(request, address, frame, _("Secret address"))


def contact(request: HttpRequest, dossier_id: UUID, person_id: UUID) -> HttpResponse:
    """Show somebody's telephone number, and their address unless it is secret, for a moment; recorded too."""
    actor, on = actor_of(request), clock.today()

    def load(dossier: Dossier) -> tuple[str, Frame]:
        person = person_in(dossier, person_id)
        known = [person.phone, None if person.address_secret else person.address]
        text = "; ".join(part for part in known if part)
        if not text:
            raise NotThere
        return text, load_frame(dossier, actor, on, "people")

    text, frame = open_dossier(actor, dossier_id, Verb.READ, load, data="contact", object_id=person_id)
    return _for_a_moment(request, text, frame, _("Contact details"))


def number(request: HttpRequest, dossier_id: UUID, person_id: UUID) -> HttpResponse:
    """Show somebody's BSN for a moment, to whoever may put it right; that it was shown is recorded."""
    actor, on = actor_of(request), clock.today()

    def load(dossier: Dossier) -> tuple[str, Frame]:
        person = person_in(dossier, person_id)
        if not person.bsn:
            raise NotThere
        return person.bsn, load_frame(dossier, actor, on, "people")

    bsn, frame = open_dossier(actor, dossier_id, Verb.CHANGE, load, data="person-bsn", object_id=person_id)
    return _for_a_moment(request, bsn, frame, _("BSN"))


def _for_a_moment(request: HttpRequest, text: str, frame: Frame, title: str) -> HttpResponse:
    values = {"text": text, "frame": frame, "title": title, "at": clock.now()}
    if is_partial(request):
        return render_block(request, "dossiers/revealed.html", "shown", values)
    return render(request, "dossiers/revealed.html", values)


def _cards(dossier: Dossier, on: date) -> list[PersonCard]:
    everybody = people_of(dossier)
    held, by_id = held_on(dossier, on), {person.id: person for person in everybody}
    mine: dict[UUID, list[Tie]] = {}
    of: dict[UUID, list[Tie]] = {}
    for one in representations_in(dossier):
        person, client = by_id[one.representative_id], by_id[one.client_id]
        holds = standing_to(person, client, held, on) is Who.LEGAL_REPRESENTATIVE
        note = ", ".join((*days_of(one), *_why_not(client, holds, (person.id, client.id) in held)))
        mine.setdefault(person.id, []).append(Tie(client.name, note))
        of.setdefault(client.id, []).append(Tie(person.name, note))
    return [_card(person, mine.get(person.id, []), of.get(person.id, []), on) for person in everybody]


def _why_not(client: Person, holds: bool, in_between: bool) -> tuple[str, ...]:
    """Why what is written down does not hold today, or what it still waits for; nothing when it simply holds."""
    if holds:
        return () if client.birth_date else (_("what it allows waits for the date of birth"),)
    return (_("ended at eighteen"),) if in_between else (_("not today"),)


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
        has_address=bool(person.address),
        address_secret=person.address_secret and bool(person.address),
        has_phone=bool(person.phone),
        safe_contact=person.safe_contact or "",
        warning=person.warning or "",
        relevance=person.relevance or "",
    )
