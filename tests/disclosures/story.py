"""A dossier with one client of any age, two entries, and the steps of a disclosure by their acts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from casemgmt.base.jobs import run_due
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor
from casemgmt.policy.shipped import load_shipped
from consent.acts import NewConsent, record_consent
from disclosures import acts, deciding, handing, informing
from disclosures.acts import Proposal
from disclosures.models import Disclosure
from disclosures.package import package_of
from dossiers.access import change_dossier
from dossiers.acts import NewDossier, create_dossier
from dossiers.models import Dossier
from dossiers.people.acts import NewPerson, add_person
from dossiers.recording.acts import Wording, add_entry
from dossiers.verbs import Verb
from tests.cast import MOMENT, Place, make_place, of

ON = date(2026, 11, 22)
OPENED = MOMENT - timedelta(days=60)
SECRET = "Geheimelaan 13, 5038 XY Tilburg"
WHAT_FOR = "Om te beoordelen of behandeling nodig is."
SENTENCE = "Yara slaapt slecht en piekert."
ABOUT_BROTHER = "Haar broer Sem is geschorst na een vechtpartij."


@dataclass(frozen=True)
class Case:
    """One organisation, one dossier, its people and entries."""

    place: Place
    dossier_id: UUID
    client: UUID
    mother: UUID
    brother: UUID
    plain: UUID
    mixed: UUID
    others_only: UUID


def born(age: int, *, days: int = 0) -> date:
    """A birth date that makes somebody ``age`` on ON; ``days`` later is that many days younger."""
    return date(ON.year - age, ON.month, ON.day) + timedelta(days=days)


def make_case(slug: str, birth_date: date | None = None, *, capable: bool = True) -> Case:
    """An organisation with its own shipped regulation and a dossier about one client (14 when nothing is said)."""
    place = make_place(slug)
    load_shipped(slug=slug, at=MOMENT)
    with organisation(place.id):
        return fill(place, birth_date or born(14), capable=capable)


def fill(place: Place, birth_date: date, *, capable: bool = True, number: str = "D-1") -> Case:
    """The dossier itself, made through the acts."""
    dossier_id = create_dossier(NewDossier(number, "Gezin Bakker", place.unit_id), by=place.worker, at=OPENED)

    def people(dossier: Dossier) -> list[UUID]:
        yara = add_person(dossier, NewPerson("client", "Yara Bakker", birth_date))
        yara.capable = capable
        yara.save()
        child = yara.id
        others = [
            NewPerson("parent", "Samira El Idrissi", born(38), of(child), address=SECRET, address_secret=True),
            NewPerson("sibling", "Sem Bakker", born(11), phone="06-12345678"),
            NewPerson("network", "Truus Overweg", born(60), address="Dorpsweg 4, 5012 AB Tilburg"),
        ]
        return [child, *(add_person(dossier, one).id for one in others)]

    client, mother, brother, _neighbour = change_dossier(place.worker, dossier_id, Verb.ADD, people, data="person")

    def entries(dossier: Dossier) -> list[UUID]:
        return [
            _entry(dossier, place, f"{SENTENCE} Zij gaat elke dag naar school.", [client]),
            _entry(dossier, place, f"{SENTENCE} {ABOUT_BROTHER} Bel oom op 06 1234 5678.", [client, brother]),
            _entry(dossier, place, "Sem kreeg een waarschuwing.", [brother]),
        ]

    plain, mixed, others = change_dossier(place.worker, dossier_id, Verb.ADD, entries, data="entry")
    return Case(place, dossier_id, client, mother, brother, plain, mixed, others)


def _entry(dossier: Dossier, place: Place, text: str, about: list[UUID]) -> UUID:
    made = add_entry(
        dossier, Wording(text, source="school"), kind="fact", about=about, happened_on=ON, by=place.worker, at=MOMENT
    )
    return made.id


def do(case: Case, verb: Verb, act: Callable[[Dossier], Any], actor: Actor | None = None) -> Any:
    """Run an act through the door."""
    return change_dossier(actor or case.place.worker, case.dossier_id, verb, act, data="disclosure")


def proposal(case: Case, **changes: Any) -> Proposal:
    """To the GGZ for an assessment, answered that it is necessary."""
    base = Proposal(
        about_id=case.client,
        recipient_kind="gp",
        name="dokter Sikkema",
        organisation="Huisartsenpraktijk De Linde",
        purpose=WHAT_FOR,
        answers={"necessary": True, "only_necessary_data": True},
        id=uuid4(),
    )
    return replace(base, **changes)


def propose(case: Case, **changes: Any) -> Disclosure:
    """Begin a disclosure."""
    new = proposal(case, **changes)
    made: Disclosure = do(
        case, Verb.PREPARE_DISCLOSURE, lambda d: acts.propose(d, new, by=case.place.worker, at=MOMENT)
    )
    return made


def consent(case: Case, person: UUID, row: Disclosure | None, at: datetime = MOMENT, **changes: Any) -> UUID:
    """A yes in the strictest form: in writing, beforehand, for this exchange, everything told that is chosen by now.

    Without a disclosure: to the same recipient for the same purpose, and nothing of the content was told.
    """
    new = NewConsent(
        person_id=person,
        about_id=case.client,
        purpose="disclosure",
        given_on=ON,
        form="written",
        recipient_kind="gp",
        recipient="Huisartsenpraktijk De Linde, dokter Sikkema",
        what_for=None if row else WHAT_FOR,
        informed_of=frozenset({"purpose", "recipient"} | ({"content"} if row else set())),
        exchange_id=row.id if row else None,
    )
    new = replace(new, **changes)
    made = do(case, Verb.RECORD_CONSENT, lambda d: record_consent(d, new, by=case.place.worker, at=at))
    return UUID(str(made.id))


def choose(case: Case, row: Disclosure, *entries: UUID, look: bool = True) -> Disclosure:
    """Choose entries (the plain one when nothing is said) and look at each that is about the client alone."""
    wanted = entries or (case.plain,)
    made: Disclosure = do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: acts.choose_items(d, row.id, wanted, by=case.place.worker, at=MOMENT),
    )
    return look_at_own(case, row) if look else made


def look_at_own(case: Case, row: Disclosure) -> Disclosure:
    """Look at each chosen piece about the client alone that nobody looked at, and black nothing out."""

    def act(dossier: Dossier) -> Disclosure:
        fresh = Disclosure.objects.get(id=row.id)
        _profile, around = acts.setting(dossier, fresh, MOMENT)
        for item in package_of(fresh, around).items:
            if not item.seen and not item.others:
                fresh = acts.black_out(dossier, row.id, item.id, [], by=case.place.worker, at=MOMENT)
        return fresh

    made: Disclosure = do(case, Verb.PREPARE_DISCLOSURE, act)
    return made


def ask(case: Case, row: Disclosure) -> Disclosure:
    """Ask for approval."""
    made: Disclosure = do(
        case, Verb.PREPARE_DISCLOSURE, lambda d: acts.ask_approval(d, row.id, by=case.place.worker, at=MOMENT)
    )
    return made


def approve(
    case: Case, row: Disclosure, actor: Actor | None = None, seen: str | None = None, *, printed: bool = True
) -> Disclosure:
    """Approve what was asked, by the manager, and have it printed."""
    who = actor or case.place.manager
    made: Disclosure = do(
        case,
        Verb.APPROVE_DISCLOSURE,
        lambda d: deciding.approve(d, row.id, seen=seen or row.content_hash, by=who, at=MOMENT),
        who,
    )
    if printed:
        run_due()
    return made


def hand_over(case: Case, row: Disclosure, **telling: Any) -> Any:
    """Hand over, the client told."""
    said = informing.Telling(**{"told_before": True, **telling})
    return do(
        case,
        Verb.PREPARE_DISCLOSURE,
        lambda d: handing.hand_over(
            d, row.id, how="in_person", telling=said, by=case.place.worker, at=MOMENT + timedelta(hours=1)
        ),
    )


def agreed(case: Case, *people: UUID, entries: tuple[UUID, ...] = ()) -> Disclosure:
    """A disclosure whose entries are chosen, that these people consented to, asked for approval."""
    row = choose(case, propose(case), *entries)
    for person in people or (case.client, case.mother):
        consent(case, person, row)
    return ask(case, row)


def digest(case: Case, row: Disclosure) -> str:
    """The digest of what would go now."""

    def read(dossier: Dossier) -> str:
        fresh = Disclosure.objects.get(id=row.id)
        _profile, around = acts.setting(dossier, fresh, MOMENT)
        return package_of(fresh, around).digest

    return str(do(case, Verb.PREPARE_DISCLOSURE, read))
