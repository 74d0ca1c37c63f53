"""Adding people to a dossier and keeping what they can be found by."""

from dataclasses import dataclass
from datetime import date

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.vault.tokens import name_tokens, number_tokens, replace_tokens
from dossiers.models import Dossier, Person


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody to be added. ``represents``: legal representative of the minor clients here."""

    role: str
    name: str
    birth_date: date | None = None
    represents: bool = False
    capable: bool = True
    bsn: str | None = None
    address: str | None = None
    address_secret: bool = False
    phone: str | None = None
    safe_contact: str | None = None
    warning: str | None = None
    relevance: str | None = None


def add_person(dossier: Dossier, new: NewPerson) -> Person:
    """Add somebody to a dossier that the door handed out (``change_dossier``)."""
    person = Person(
        dossier=dossier,
        role=new.role,
        represents=new.represents,
        capable=new.capable,
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
    replace_tokens(dossier.id, person.id, tokens_of(person))
    events.record(Action.ADD, dossier_id=dossier.id, data="person", object_id=person.id)
    return person


def tokens_of(person: Person) -> set[bytes]:
    """Everything a person can be found by."""
    found = name_tokens(person.name)
    if person.bsn:
        found |= number_tokens("bsn", person.bsn)
    return found
