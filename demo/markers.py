"""Marks for testers: one dossier per organisation in which every sealed text says of itself what it is.

``MARKER-<organisation>-<dossier>-<field>``: found anywhere but behind its
dossier's door, it names the leak. A reader of the demo meets them only in the
dossier that is called a trial dossier, at the other team.
"""

from datetime import date
from uuid import UUID

from casemgmt.base import clock
from client_requests.acts import NewRequest, receive_request
from consent.acts import NewConsent, record_consent
from demo.history import TOLD, Past
from disclosures.acts import Proposal, propose
from dossiers.access import change_dossier
from dossiers.acts import NewDossier, create_dossier
from dossiers.models import Dossier, Person
from dossiers.people.acts import NewPerson, add_person
from dossiers.recording.acts import Wording, add_entry
from dossiers.recording.notes import keep_note
from dossiers.verbs import Verb
from retention.acts import place_hold

DOSSIER = "proef"
# Labels of sealed fields: people, what is recorded, what is asked, given and held back.
FIELDS = (
    "dossier.name",
    "person.name",
    "person.address",
    "person.phone",
    "person.safe_contact",
    "person.warning",
    "person.relevance",
    "entry.text",
    "entry.source",
    "note.text",
    "consent.recipient",
    "consent.what_for",
    "consent.note",
    "disclosure.recipient",
    "disclosure.purpose",
    "request.words",
    "hold.why",
)


def markers_of(slug: str) -> dict[str, str]:
    """The marks of an organisation by the label of the sealed field in which each stands."""
    return {field: f"MARKER-{slug}-{DOSSIER}-{field}" for field in FIELDS}


def mark(past: Past, unit_id: UUID, number: str) -> UUID:
    """Make the trial dossier through the acts, by the other team; returns its id."""
    worker, at, says = past.actors["colleague"], past.now, markers_of(past.slug)
    name = f"Proefdossier {says['dossier.name']}"
    dossier_id = create_dossier(NewDossier(number, name, unit_id), by=worker, at=at)

    def record(dossier: Dossier) -> None:
        person = add_person(dossier, _person(says), by=worker, at=at)
        text = f"Dit is een proefdossier: de merktekens horen nergens anders op te duiken. {says['entry.text']}"
        add_entry(
            dossier,
            Wording(text, source=says["entry.source"]),
            kind="fact",
            about=[person.id],
            happened_on=clock.local_date(at),
            by=worker,
            at=at,
        )
        keep_note(dossier, says["note.text"], by=worker, at=at)
        _about_sharing(past, dossier, person, says)
        place_hold(dossier, why=says["hold.why"], by=worker, at=at)

    change_dossier(worker, dossier_id, Verb.ADD, record, data="trial")
    return dossier_id


def _person(says: dict[str, str]) -> NewPerson:
    return NewPerson(
        role="client",
        name=f"Proefpersoon {says['person.name']}",
        birth_date=date(1990, 1, 1),
        address=says["person.address"],
        phone=says["person.phone"],
        safe_contact=says["person.safe_contact"],
        warning=says["person.warning"],
        relevance=says["person.relevance"],
    )


def _about_sharing(past: Past, dossier: Dossier, person: Person, says: dict[str, str]) -> None:
    worker, at = past.actors["colleague"], past.now
    said = NewConsent(
        person_id=person.id,
        about_id=person.id,
        purpose="disclosure",
        given_on=clock.local_date(at),
        form="oral",
        state="refused",
        recipient_kind="gp",
        recipient=says["consent.recipient"],
        what_for=says["consent.what_for"],
        informed_of=TOLD,
        note=says["consent.note"],
        id=past.id_for("consent", DOSSIER),
    )
    record_consent(dossier, said, by=worker, at=at)
    proposal = Proposal(
        about_id=person.id,
        recipient_kind="gp",
        name=says["disclosure.recipient"],
        organisation="Proefpraktijk",
        purpose=says["disclosure.purpose"],
        id=past.id_for("disclosure", DOSSIER),
    )
    propose(dossier, proposal, by=worker, at=at)
    asked = NewRequest(
        kind="inspection",
        asker_id=person.id,
        about_id=person.id,
        channel="written",
        received_on=clock.local_date(at),
        words=says["request.words"],
        categories=("care",),
        id=past.id_for("request", DOSSIER),
    )
    receive_request(dossier, asked, by=worker, at=at)
