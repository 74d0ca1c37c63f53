"""Builds one organisation of the demo through the acts, so that trail, tokens and letters are real."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import check_password
from django.db import transaction

from casemgmt.accounts import staff
from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor, actor_for, operator
from casemgmt.organisations.acts import NewRole, accept_invitation, invite_staff
from casemgmt.organisations.models import Organisation, Unit
from casemgmt.policy.founding import NewOrganisation, found_by_kind
from demo.history import Past, live
from demo.markers import mark
from demo.objects import dossiers_of
from demo.people import DESK, OTHER, PARTS, ROLE_INSTEAD, TEAM, DemoPerson, give_second_factor, password_of, secret_of
from demo.portal import give_portal, portal_people
from dossiers.access import change_dossier
from dossiers.acts import NewDossier, create_dossier
from dossiers.models import Dossier
from dossiers.people.acts import NewPerson, add_person
from dossiers.people.representing import Represented
from dossiers.recording.acts import Wording, add_entry
from dossiers.verbs import Verb
from retention.acts import close_dossier
from retention.facts import Answers

DATA = Path(__file__).parent / "data"
FIRST_DAY = datetime(2000, 1, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that building one organisation needs: its data, its people, and today's moment."""

    slug: str
    data: Mapping[str, Any]
    seed: int
    now: datetime
    units: Mapping[str, Unit]
    actors: Mapping[str, Actor]


@dataclass(frozen=True, slots=True)
class Built:
    """What was built: where, who can sign in, and the dossiers by name."""

    slug: str
    organisation_id: UUID
    people: tuple[DemoPerson, ...]
    dossiers: Mapping[str, UUID]


class OtherSeed(Exception):
    """The demo stands already, and its passwords come from another seed."""


def slugs() -> tuple[str, ...]:
    """The organisations of the demo."""
    return tuple(sorted(path.stem for path in DATA.glob("*.toml")))


def people_of(slug: str, seed: int) -> tuple[DemoPerson, ...]:
    """Who can sign in at an organisation: the same answer before and after it was built."""
    data = read(slug)
    instead = ROLE_INSTEAD.get(slug, {})
    return tuple(
        DemoPerson(
            organisation=slug,
            part=part.part,
            name=name,
            role=instead.get(part.role, part.role),
            email=f"{name.split()[0].lower()}@{slug}.example.org",
            password=password_of(seed, slug, part.part),
            totp_secret=secret_of(seed, slug, part.part),
        )
        for part, name in zip(PARTS, data["people"], strict=True)
    )


def read(slug: str) -> Mapping[str, Any]:
    """The data of one organisation."""
    return tomllib.loads((DATA / f"{slug}.toml").read_text(encoding="utf-8"))


def build(slug: str, *, seed: int) -> Built:
    """Build an organisation with its history; an organisation that is there already is left as it is.

    Raises OtherSeed when that one was built with another seed, or never to the end.
    """
    people = people_of(slug, seed)
    known = Organisation.objects.filter(slug=slug).first()
    if known is not None:
        if not _made_with(people, portal_people(slug, seed)):
            raise OtherSeed(slug)
        return Built(slug, known.id, people, dossiers_of(known.id))
    data, now = read(slug), clock.now()
    units = tuple(data[which] for which in (TEAM, OTHER, DESK))
    new = NewOrganisation(slug, data["name"], data["abbreviation"], units, data["kind"])
    founded = found_by_kind(new=new, kind=slug, at=now)
    with organisation(founded):
        with transaction.atomic():
            stage = Stage(slug, data, seed, now, _units(data), {})
            users = _accounts(stage, people)
        stage = replace(stage, actors={part: actor_for(user, clock.today()) for part, user in users.items()})
        dossiers = {row["name"]: _dossier(stage, number, row) for number, row in enumerate(data["dossier"], 1)}
        past = Past(slug, seed, now, stage.actors, dossiers)
        live(past)
        mark(past, stage.units[OTHER].id, f"{data['prefix']}-PROEF")
    return Built(slug, founded, people, dossiers_of(founded))


def _made_with(staff: tuple[DemoPerson, ...], clients: tuple[DemoPerson, ...]) -> bool:
    """Whether anybody's name or password is still the one that this seed gives: people may change theirs or go."""
    if User.objects.filter(username__in=[one.email for one in clients]).exists():
        return True
    stored = dict(User.objects.filter(email__in=[one.email for one in staff]).values_list("email", "password"))
    return any(check_password(one.password, stored.get(one.email, "")) for one in staff)


def _units(data: Mapping[str, Any]) -> dict[str, Unit]:
    return {which: Unit.objects.get(name=data[which]) for which in (TEAM, OTHER, DESK)}


def _accounts(stage: Stage, people: tuple[DemoPerson, ...]) -> dict[str, User]:
    """Everybody is invited on the first day and comes in at once, by the acts that a real organisation uses."""
    with clock.pretend(FIRST_DAY):
        return {
            part.part: _employ(person, stage.units[part.unit].id) for part, person in zip(PARTS, people, strict=True)
        }


def _employ(person: DemoPerson, unit_id: UUID) -> User:
    role = NewRole(person.role, unit_id, clock.local_date(FIRST_DAY))
    made = invite_staff(email=person.email, name=person.name, roles=[role], by=operator(), at=FIRST_DAY, by_mail=False)
    code = staff.new_code(invitation_id=made.invitation_id, at=FIRST_DAY) or ""
    if not accept_invitation(email=person.email, code=code, password=person.password, at=FIRST_DAY):
        raise RuntimeError("Somebody of the demo could not come in.")
    user = User.objects.get(id=made.user_id)
    give_second_factor(user, person.totp_secret)
    return user


def _dossier(stage: Stage, number: int, row: Mapping[str, Any]) -> UUID:
    """One dossier with its people and entries, each at its own moment; closed where the data say so."""
    opened = _moment(stage, row.get("opened_on"), row.get("days_ago", 0))
    worker = stage.actors["colleague" if row.get("other_team") else "caseworker"]
    unit = stage.units[OTHER if row.get("other_team") else TEAM]
    name = row.get("number") or f"{stage.data['prefix']}-{opened:%Y}-{100 + number:04d}"
    with clock.pretend(opened):
        dossier_id = create_dossier(NewDossier(name, row["name"], unit.id), by=worker, at=opened)
        people = _people(stage, worker, dossier_id, row)
    for entry in row["entries"]:
        _entry(stage, worker, dossier_id, people, entry)
    if "portal" in row:
        client = next(one for one in portal_people(stage.slug, stage.seed) if one.name == row["portal"])
        give_portal(worker, dossier_id, people[row["portal"]], client)
    if "closed_on" in row:
        _close(stage, worker, dossier_id, date.fromisoformat(row["closed_on"]))
    return dossier_id


def _people(stage: Stage, worker: Actor, dossier_id: UUID, row: Mapping[str, Any]) -> dict[str, UUID]:
    def through(dossier: Dossier) -> dict[str, UUID]:
        made: dict[str, UUID] = {}
        for person in row["people"]:
            made[person["name"]] = add_person(dossier, _person(person, made)).id
        return made

    return change_dossier(worker, dossier_id, Verb.ADD, through, data="person")


def _person(row: Mapping[str, Any], made: Mapping[str, UUID]) -> NewPerson:
    """Somebody of the data; ``represents`` names children who stand before them there."""
    return NewPerson(
        role=row["role"],
        name=row["name"],
        birth_date=date.fromisoformat(row["born"]),
        represents=tuple(Represented(made[name]) for name in row.get("represents", ())),
        bsn=row.get("bsn"),
        address=row.get("address"),
        address_secret=row.get("secret", False),
        phone=row.get("phone"),
    )


def _entry(stage: Stage, worker: Actor, dossier_id: UUID, people: Mapping[str, UUID], row: Mapping[str, Any]) -> None:
    at = _moment(stage, row.get("on"), row.get("days_ago", 0))
    test_before = clock.local_date(stage.now) + timedelta(days=row["test_in"]) if "test_in" in row else None
    details = {"tested_how": row["tested_how"]} if "tested_how" in row else {}
    wording = Wording(row["text"], source=row.get("source"), details=details, test_before=test_before)

    def through(dossier: Dossier) -> None:
        add_entry(
            dossier,
            wording,
            kind=row["kind"],
            about=[people[name] for name in row["about"]],
            happened_on=clock.local_date(at),
            by=worker,
            at=at,
        )

    with clock.pretend(at):
        change_dossier(worker, dossier_id, Verb.ADD, through, data="entry")


def _close(stage: Stage, worker: Actor, dossier_id: UUID, closed_on: date) -> None:
    at = _moment(stage, closed_on.isoformat(), 0) + timedelta(hours=1)

    def through(dossier: Dossier) -> None:
        close_dossier(dossier, closed_on=closed_on, answers=Answers(), by=worker, at=at)

    with clock.pretend(at):
        change_dossier(worker, dossier_id, Verb.CLOSE, through, data="closing")


def _moment(stage: Stage, on: str | None, days_ago: int) -> datetime:
    """Ten in the morning of a day: a named one, or so many days before now; never in the future."""
    day = date.fromisoformat(on) if on else clock.local_date(stage.now) - timedelta(days=days_ago)
    return min(datetime.combine(day, time(10, 0), UTC), stage.now)
