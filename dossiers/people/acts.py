"""Adding people to a dossier and keeping what they can be found by."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID, uuid4

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.vault.tokens import name_tokens, number_tokens, replace_tokens
from dossiers.content import SavedBefore, saved_before
from dossiers.models import Dossier, Person
from dossiers.people.hiding import once_secret_after
from dossiers.people.representing import Represented, represent, represented_by, represented_no_more
from dossiers.people.staying import look_at_what_runs
from dossiers.people.vocabulary import PersonRole
from dossiers.sections import person_added, put_right

FIELDS = (
    "role",
    "name",
    "birth_date",
    "bsn",
    "address",
    "address_secret",
    "phone",
    "safe_contact",
    "warning",
    "relevance",
)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is to be known of somebody.

    ``represents``: the clients here whose legal representative this is, and no others.
    """

    role: str
    name: str
    birth_date: date | None = None
    represents: tuple[Represented, ...] = ()
    bsn: str | None = None
    address: str | None = None
    address_secret: bool = False
    phone: str | None = None
    safe_contact: str | None = None
    warning: str | None = None
    relevance: str | None = None


def known_of(person: Person) -> NewPerson:
    """What is known of somebody now, whom they represent with it; the key must be loaded."""
    return NewPerson(**{name: getattr(person, name) for name in FIELDS}, represents=represented_by(person))


def unshown(known: NewPerson) -> dict[str, str]:
    """What no form about somebody may show unasked: a BSN, a secret address, and the telephone number with that."""
    secret = {"address": known.address, "phone": known.phone} if known.address_secret else {}
    return {name: value for name, value in ({"bsn": known.bsn} | secret).items() if value}


def seen_mark(known: NewPerson) -> str:
    """The mark of what somebody had before them: another one as soon as any of it changes, and it tells none of it."""
    return salted_hmac("dossiers.person.seen", repr(known), algorithm="sha256").hexdigest()


def is_as_sent(person: Person, new: NewPerson) -> bool:
    """Whether somebody in the dossier is just what a form says that adds them."""
    represents = tuple(sorted(new.represents, key=lambda one: one.client_id))
    return known_of(person) == replace(new, represents=represents)


def add_person(
    dossier: Dossier,
    new: NewPerson,
    *,
    by: Actor | None = None,
    at: datetime | None = None,
    row_id: UUID | None = None,
) -> Person:
    """Add somebody to a dossier that the door handed out (``change_dossier``).

    With ``by`` and ``at`` the listeners in ``dossiers.sections.person_added`` are told. ``row_id`` comes from the
    form, so that sending it twice adds one person; SavedBefore for somebody else in it.
    Raises NotThere for somebody represented who is no client of this dossier, and Conflict for a reporter.
    """
    known = saved_before(Person, row_id, dossier.id)
    if known is not None:
        if is_as_sent(known, new):
            return known
        raise SavedBefore
    person = Person(
        id=row_id or uuid4(),
        dossier=dossier,
        role=new.role,
        name=new.name,
        birth_date=new.birth_date,
        bsn=new.bsn,
        address=new.address,
        address_secret=new.address_secret,
        phone=new.phone,
        safe_contact=new.safe_contact,
        warning=new.warning,
        relevance=new.relevance,
        position=Person.objects.filter(dossier=dossier).count(),
    )
    person.save()
    represent(dossier, person, new.represents)
    replace_tokens(dossier.id, person.id, tokens_of(person))
    events.record(Action.ADD, dossier_id=dossier.id, data="person", object_id=person.id)
    if by is not None and at is not None:
        for _name, told in person_added:
            told(dossier, person.id, by, at)
    return person


def change_person(dossier: Dossier, person_id: UUID, new: NewPerson, *, seen: str, by: Actor, at: datetime) -> Person:
    """Put right what is known of somebody; the trail keeps the earlier values sealed.

    ``seen`` is the mark of what the writer had before them (``seen_mark``): when somebody else was quicker,
    Conflict is raised and nothing is overwritten, no secret address opened and no custody undone.
    What of them was secret stays so (``once_secret_after``).
    Raises NotThere for somebody of another dossier, also among those represented, and Conflict for a reporter or
    for who must stay a client for now (``look_at_what_runs``).
    """
    person = Person.objects.select_for_update().filter(dossier=dossier, id=person_id).first()
    if person is None:
        raise NotThere
    if seen_mark(known_of(person)) != seen:
        raise Conflict(_("Somebody changed this person meanwhile. What you filled in was kept; compare both first."))
    if person.role == PersonRole.CLIENT and new.role != PersonRole.CLIENT:
        look_at_what_runs(dossier, person, new.role, by)
    person.once_secret = once_secret_after(person, {name: getattr(new, name) for name in FIELDS}) or None
    for name in FIELDS:
        value = getattr(new, name)
        if getattr(person, name) != value:
            setattr(person, name, value)
    person.save()
    represent(dossier, person, new.represents)
    if person.role != PersonRole.CLIENT:
        represented_no_more(dossier, person)
    replace_tokens(dossier.id, person.id, tokens_of(person))
    for _name, told in put_right:
        told(dossier, at)
    return person


def tokens_of(person: Person) -> set[bytes]:
    """Everything a person can be found by."""
    found = name_tokens(person.name)
    if person.bsn:
        found |= number_tokens("bsn", person.bsn)
    return found
