"""The world of the standing checks grown: more of everything that a page lists, told apart by a number.

Made through the acts where there is one. What only a longer story would bring (a line of the register, a removal,
a version of the rules that is over) is written as that story would leave it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from casemgmt.accounts import staff
from casemgmt.accounts.models import User
from casemgmt.audit import context
from casemgmt.base import clock
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import Membership, Organisation, SignInPlace, Unit
from casemgmt.policy.loader import with_value
from casemgmt.policy.models import PolicyChange, PolicyVersion, State
from casemgmt.policy.versions import body_of, profile_in_force, version_in_force
from casemgmt.vault.keys import load_keys
from casemgmt.work.acts import create_task
from casemgmt.work.models import ReadingAlarm
from client_requests.acts import NewRequest, receive_request
from client_requests.invitations import invite
from consent.acts import NewConsent, record_consent
from disclosures.acts import Proposal, choose_items, propose
from disclosures.models import Disclosure, DisclosureRegisterRow
from disclosures.vocabulary import State as Stage
from dossiers.access import change_dossier, open_dossier
from dossiers.acts import NewAssignment, NewDossier, create_dossier, give_access
from dossiers.models import Dossier, EntryAbout, Person, PortalAccess
from dossiers.people.acts import NewPerson, add_person
from dossiers.recording.acts import Wording, add_entry, reword_entry
from dossiers.recording.notes import keep_note
from dossiers.verbs import Verb
from retention import certificates
from retention.acts import close_dossier, place_hold
from retention.facts import Answers
from retention.models import Removal
from tests.cast import FIRST_DAY, Place, make_family, of
from tests.standing.world import CLIENT, Site

LONG_AGO = datetime(2001, 3, 1, 12, 0, tzinfo=UTC)
PAST = date(2003, 1, 1)
# Where the removal of each next closed dossier stands.
ON_THE_WAY = ("proposed", "agreed", "approved", "shredding", "destroyed", "kept")


@dataclass(frozen=True)
class Batch:
    """One more of everything at an organisation; ``number`` tells it from the others."""

    site: Site
    number: int

    @property
    def worker(self) -> Actor:
        """Who does most of it."""
        return self.site.actor("caseworker")

    @property
    def place(self) -> Place:
        """The organisation as the cast knows it."""
        site = self.site
        elsewhere = site.actor("other team")
        return Place(site.id, site.slug, site.team.id, site.other_team.id, self.worker, elsewhere, self.worker)

    def in_dossier(self, act: Callable[[Dossier], object], dossier_id: UUID, verb: Verb = Verb.ADD) -> None:
        """Something that the worker does inside a dossier."""
        change_dossier(self.worker, dossier_id, verb, act, data="entry")


def grow(site: Site, first: int, last: int) -> None:
    """One more of everything that is listed, for each number from ``first`` up to and including ``last``."""
    with organisation(site.id):
        for number in range(first, last + 1):
            batch = Batch(site, number)
            colleague = _colleague(batch)
            _organisation(batch, colleague)
            _in_the_dossier(batch, colleague)
            _another_dossier(batch)
            _dossier_on_its_way_out(batch)


def _colleague(batch: Batch) -> User:
    """Somebody who works here now, held a role before, and looked in the dossier."""
    site, number = batch.site, batch.number
    user = User.objects.create_staff(email=f"collega{number}@example.org", name=f"Collega {number}", password=None)
    SignInPlace.objects.create(user_id=user.id, organisation=Organisation.objects.get(id=site.id))
    first = FIRST_DAY.replace(year=FIRST_DAY.year - 2 * number)
    with transaction.atomic():
        Membership.objects.create(user_id=user.id, unit=site.team, role="caseworker", starts_on=FIRST_DAY)
        for somebody in (site.users["caseworker"], site.users["intern"]):
            Membership.objects.create(
                user_id=somebody.id,
                unit=site.other_team,
                role="caseworker",
                starts_on=first,
                ends_on=first + timedelta(days=9),
            )
    here = frozenset({site.team.id, site.other_team.id})
    looking = Actor(
        user_id=user.id,
        name=user.name,
        organisation_id=site.id,
        units_by_role={"caseworker": here},
        units_by_capability={Verb.READ: here},
    )
    with context.circumstances(context.AuditContext(user_id=user.id, role="caseworker")):
        for dossier in ("own", "other unit"):
            open_dossier(looking, site.dossiers[dossier], Verb.READ, lambda opened: opened.id, data="timeline")
    return user


def _organisation(batch: Batch, colleague: User) -> None:
    """A team, an alarm, an invitation, work that was given up, and a version of the rules that never held."""
    site, number, now = batch.site, batch.number, clock.now()
    invited = User.objects.create_staff(email=f"nieuw{number}@example.org", name=f"Nieuw {number}", password=None)
    staff.invite(user_id=invited.id, name=invited.name, at=now)
    Job.objects.create(
        organisation_id=site.id, kind="letters.render", subject=uuid4(), due_at=now, failed_at=now, last_error="OSError"
    )
    with transaction.atomic():
        ReadingAlarm.objects.create(
            user_id=colleague.id, began_at=now, last_at=now, dossiers=50, most=40, minutes=10, raised_at=now
        )
        Unit.objects.create(name=f"team {number}")
        _version(number, colleague.id, now)


def _version(number: int, by: UUID, at: datetime) -> None:
    based_on = version_in_force(clock.today())
    body = with_value(profile_in_force(clock.today()), "house_rules.log_view_delay", f"{number} days")
    version = PolicyVersion.objects.create(
        number=100 + number,
        state=State.SUPERSEDED,
        body=body_of(body),
        body_hash=body.content_hash,
        source=f"growing-{number}",
        from_date=PAST,
        until_date=PAST,
        based_on_id=based_on.id,
        made_at=at,
        published_at=at,
    )
    PolicyChange.objects.create(
        version=version, path="house_rules.log_view_delay", old='"0 days"', new=f'"{number} days"', by_id=by, at=at
    )


def _in_the_dossier(batch: Batch, colleague: User) -> None:
    """One more of each thing in the dossier that the pages are asked about."""
    site, number, now, today = batch.site, batch.number, clock.now(), clock.today()
    by, milan = batch.worker, _person(site, "Milan")
    first, package = site.row("entry_id"), site.row("disclosure_id")
    assert first and package

    def through(dossier: Dossier) -> None:
        add_person(dossier, NewPerson("client", f"Kind {number}", date(2014, 1, 1), of(milan)))
        uncle = add_person(dossier, NewPerson("parent", f"Oom {number}", date(1980, 1, 1), address="Dorpsweg 4")).id
        told = Wording(f"Bericht {number} van school.", source="school")
        add_entry(dossier, told, kind="fact", about=[milan, uncle], happened_on=today, by=by, at=now)
        better = Wording(f"Woorden {number}.")
        reword_entry(dossier, first, better, seen_version=number, why="duidelijker", by=by, at=now)
        choose_items(dossier, package, _entries_about(dossier, milan), by=by, at=now)
        keep_note(dossier, f"Navragen {number}.", by=by, at=now)
        said = NewConsent(uncle, milan, "disclosure", today, "written", state="refused")
        record_consent(dossier, said, by=by, at=now)
        place_hold(dossier, why=f"Klacht {number}.", by=by, at=now)
        give_access(dossier, NewAssignment(colleague.id, "waarnemer", today), by=by)
        for asker in (milan, uncle):
            receive_request(
                dossier, NewRequest("inspection", asker, milan, "written", today, categories=("care",)), by=by, at=now
            )
        foster = add_person(dossier, NewPerson("foster_parent", f"Pleegouder {number}", date(1980, 1, 1))).id
        invite(dossier, foster, address="https://example.org/", by=by, at=now)
        _disclosed(dossier, milan, by, now)
        _tasks(batch, dossier)

    batch.in_dossier(through, site.dossiers["own"])


def _person(site: Site, name: str) -> UUID:
    with transaction.atomic():
        rows = Person.objects.filter(dossier_id=site.dossiers["own"])
        load_keys([site.dossiers["own"]])
        return next(UUID(str(row.id)) for row in rows if row.name.startswith(name))


def _entries_about(dossier: Dossier, person_id: UUID) -> list[UUID]:
    return list(EntryAbout.objects.filter(dossier=dossier, person_id=person_id).values_list("entry_id", flat=True))


def _disclosed(dossier: Dossier, about: UUID, by: Actor, at: datetime) -> None:
    """Two disclosures: one that waits for a second person, and one with its line in the register, told the client."""
    who = Proposal(about, "gp", "dokter Sikkema", "Huisartsenpraktijk De Linde", "Om te beoordelen wat nodig is.")
    waits, left = (propose(dossier, who, by=by, at=at) for _ in range(2))
    Disclosure.objects.filter(id=waits.id).update(
        state=Stage.AWAITING_APPROVAL, content_hash="0" * 64, asked_by_id=by.user_id, asked_at=at
    )
    Disclosure.objects.filter(id=left.id).update(informed_at=at)
    DisclosureRegisterRow.objects.create(
        dossier=dossier,
        disclosure=left,
        about_id=about,
        at=at,
        recipient_kind="gp",
        with_consent=True,
        content=dict.fromkeys(
            ("about", "name", "organisation", "purpose", "ground", "explanation", "why", "consulted", "version"), "x"
        )
        | dict.fromkeys(("proposed_by", "approved_by", "handed_over_by", "how"), "x")
        | {"kinds": ["feit, 22-11-2026"], "articles": ["SH-1"]},
    )


def _tasks(batch: Batch, dossier: Dossier) -> None:
    create_task(
        kind="dossiers.note",
        due_on=clock.today(),
        at=clock.now(),
        dossier_id=dossier.id,
        assignee_id=batch.site.users["caseworker"].id,
        title=f"Bel terug, {batch.number}",
    )


def _another_dossier(batch: Batch) -> None:
    """A family with something to decide and to do, in which the portal's client stands, too."""
    site, now, by = batch.site, clock.now(), batch.worker
    family = make_family(batch.place, f"{site.slug}-groei-{batch.number}", now)

    def through(dossier: Dossier) -> None:
        receive_request(
            dossier,
            NewRequest("inspection", family.milan, family.milan, "written", clock.today(), categories=("care",)),
            by=by,
            at=now,
        )
        told = Wording("Milan gaat naar school.", source="school")
        add_entry(dossier, told, kind="fact", about=[family.milan], happened_on=clock.today(), by=by, at=now)
        _disclosed(dossier, family.milan, by, now)
        _tasks(batch, dossier)
        PortalAccess.objects.create(dossier=dossier, person_id=family.milan, user_id=site.users[CLIENT].id, since=now)

    batch.in_dossier(through, family.dossier_id)
    # One about which nothing waits: it stands on the worklist and nowhere else.
    create_dossier(NewDossier(f"{site.slug}-stil-{batch.number}", "Gezin Stil", site.team.id), by=by, at=clock.now())


def _dossier_on_its_way_out(batch: Batch) -> None:
    """A closed dossier for each place on the removal list, the destroyed one with its certificate."""
    now = clock.now()
    for state in ON_THE_WAY:
        dossier_id = _closed(batch, f"{batch.site.slug}-weg-{state}-{batch.number}")
        with transaction.atomic():
            removal = Removal(
                dossier_id=dossier_id,
                state=state,
                due_on=PAST,
                articles=["SH-1"],
                version="x",
                decision={},
                proposed_at=now,
            )
            if state not in ("proposed", "kept"):
                removal.reviewed_by_id, removal.reviewed_at = uuid4(), now
            if state in ("approved", "shredding", "destroyed"):
                removal.approved_by_id, removal.approved_at, removal.cooling_until = uuid4(), now, now
            if state in ("destroyed", "kept"):
                removal.ended_at = removal.key_destroyed_at = now
            removal.save()
            if state == "destroyed":
                certificates.make(removal, at=now)


def _closed(batch: Batch, number: str) -> UUID:
    dossier_id = create_dossier(NewDossier(number, "Gezin De Wit", batch.site.team.id), by=batch.worker, at=LONG_AGO)

    def through(dossier: Dossier) -> None:
        add_person(dossier, NewPerson("client", "Ans de Wit", date(1980, 1, 1)))
        close_dossier(dossier, closed_on=PAST, answers=Answers(), by=batch.worker, at=clock.now())

    batch.in_dossier(through, dossier_id, Verb.CLOSE)
    return dossier_id
