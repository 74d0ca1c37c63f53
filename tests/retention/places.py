"""An organisation with accounts that can sign in, for the pages of keeping and letting go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client

from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor, actor_for
from casemgmt.organisations.models import Membership, Organisation, SignInPlace, Unit
from casemgmt.policy.shipped import load_shipped
from casemgmt.vault.keys import create_organisation_key
from dossiers.access import change_dossier
from dossiers.acts import NewDossier, create_dossier
from dossiers.models import Dossier
from dossiers.people.acts import NewPerson, add_person
from dossiers.verbs import Verb
from retention import acts
from retention.acts import close_dossier
from retention.facts import Answers

LONG_AGO = datetime(2004, 3, 1, 12, 0, tzinfo=UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
PEOPLE = (
    ("noor", "caseworker", "team Zuid"),
    ("daan", "caseworker", "team Noord"),
    ("hanneke", "manager", "team Zuid"),
    ("ria", "director", "team Zuid"),
    ("karin", "records_administrator", "team Zuid"),
    ("wim", "internal_controller", "team Zuid"),
)


@dataclass
class House:
    """An organisation with its regulation, its people and their clients of HTTP."""

    row: Organisation
    units: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.row.id

    def actor(self, name: str) -> Actor:
        with organisation(self.id):
            return actor_for(self.people[name], clock.today())

    def client(self, name: str) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(self.people[name], backend=BACKEND)
        return client

    def url(self, rest: str = "") -> str:
        return f"/o/{self.row.slug}/{rest}"


def settle(slug: str = "sterk-huis") -> House:
    """An organisation with its shipped regulation and six people in two teams."""
    row = Organisation.objects.create(slug=slug, name=slug.title(), kind="test", abbreviation=slug[:2].upper())
    house = House(row)
    with organisation(row.id):
        create_organisation_key()
    load_shipped(slug=slug, at=datetime(2026, 1, 1, tzinfo=UTC))
    for name, role, team in PEOPLE:
        employ(house, name, role, team)
    return house


def employ(house: House, name: str, role: str, team: str) -> User:
    """Somebody with a second factor and one role in a team, since long ago."""
    user = User.objects.create_staff(
        email=f"{name}@{house.row.slug}.example", name=f"{name.title()} Test", password="niet-te-raden-12"
    )
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    SignInPlace.objects.create(user_id=user.id, organisation=house.row)
    with organisation(house.id), transaction.atomic():
        unit, _made = Unit.objects.get_or_create(name=team)
        Membership.objects.create(user_id=user.id, unit=unit, role=role, starts_on=date(2000, 1, 1))
    house.units[team] = unit.id
    house.people[name] = user
    return user


def dossier(
    house: House,
    number: str = "SH-2004-0001",
    *,
    born: tuple[date | None, ...] = (date(1999, 3, 1),),
    closed_on: date | None = None,
    answers: Answers | None = None,
) -> UUID:
    """A dossier of team Zuid with children born on these days, closed when asked."""
    noor = house.actor("noor")
    with organisation(house.id):
        new = NewDossier(number=number, name="Gezin Marker", unit_id=house.units["team Zuid"])
        made = create_dossier(new, by=noor, at=LONG_AGO)
        for index, day in enumerate(born):
            person = NewPerson("client", f"Kind{index} Marker", day)
            change_dossier(noor, made, Verb.ADD, lambda d, p=person: add_person(d, p).id, data="person")  # type: ignore[misc]
        if closed_on is not None:
            shut(house, made, closed_on, answers)
    return made


def shut(
    house: House, dossier_id: UUID, on: date, answers: Answers | None = None, *, at: datetime | None = None
) -> Any:
    """Close a dossier through the door."""
    noor, at = house.actor("noor"), at or clock.now()
    given = answers or Answers()
    with organisation(house.id):
        return change_dossier(
            noor,
            dossier_id,
            Verb.CLOSE,
            lambda d: close_dossier(d, closed_on=on, answers=given, by=noor, at=at),
            data="closing",
        )


def approve(house: House, dossier_id: UUID, at: datetime) -> UUID:
    """Propose, review and approve the removal of a closed dossier, by two people; returns the removal."""
    with organisation(house.id):
        removal_id = acts.propose(dossier_id, at=at)
        assert removal_id is not None
        for name, verb, act in (
            ("karin", Verb.REVIEW_REMOVAL, acts.review),
            ("ria", Verb.APPROVE_REMOVAL, acts.approve),
        ):
            by = house.actor(name)

            def through(dossier: Dossier, act: Any = act, by: Actor = by) -> None:
                act(acts.this_removal(removal_id, dossier), by=by, at=at)

            change_dossier(by, dossier_id, verb, through, data="removal")
    return removal_id


def keeping(house: House, dossier_id: UUID, rest: str = "") -> str:
    """An address in the section “Bewaren” of a dossier."""
    return house.url(f"dossiers/{dossier_id}/bewaren/{rest}")
