"""Two organisations with their shipped regulations, and the people who keep them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client

from casemgmt.accounts.models import User
from casemgmt.audit import context
from casemgmt.base import jobs
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor, actor_for
from casemgmt.organisations.models import Membership, Organisation, SignInPlace, Unit
from casemgmt.policy import acts
from casemgmt.policy.models import PolicySimulation, PolicyVersion
from casemgmt.policy.shipped import load_shipped

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
KEPT = "retention.classes.dossier.term"


@dataclass
class Place:
    """An organisation with one team and whoever works there."""

    row: Organisation
    people: dict[str, User] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.row.id

    def actor(self, name: str) -> Actor:
        with organisation(self.id):
            return actor_for(self.people[name], TODAY)

    def client(self, name: str) -> Client:
        client = Client(raise_request_exception=False)  # a refusal by the entrance becomes its page
        client.force_login(self.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def url(self, rest: str = "") -> str:
        return f"/o/{self.row.slug}/regels/{rest}"


def employ(place: Place, name: str, role: str) -> None:
    """Somebody of staff with a second factor and one role in the team, since long ago."""
    user = User.objects.create_staff(
        email=f"{name}@{place.row.slug}.example", name=name.title(), password="niet-te-raden-12"
    )
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    SignInPlace.objects.create(user_id=user.id, organisation=place.row)
    with organisation(place.id), transaction.atomic():
        unit, _made = Unit.objects.get_or_create(name="team")
        Membership.objects.create(user_id=user.id, unit=unit, role=role, starts_on=date(2020, 1, 1))
    place.people[name] = user


def settle(slug: str) -> Place:
    """An organisation with its shipped regulation and four people."""
    place = Place(Organisation.objects.create(slug=slug, name=slug.title(), kind="test", abbreviation="T"))
    load_shipped(slug=slug, at=NOW)
    employ(place, "joris", "organisation_administrator")
    employ(place, "femke", "organisation_administrator")
    employ(place, "hanneke", "director")
    employ(place, "wim", "caseworker")
    return place


@pytest.fixture(autouse=True)
def own_circumstances() -> Iterator[None]:
    """Signing in outside a request leaves who it was; the next test is somebody else's."""
    with context.circumstances(context.AuditContext()):
        yield


@pytest.fixture
def house(db: None) -> Place:
    """Sterk Huis: Joris and Femke draft, Hanneke publishes, Wim reads."""
    return settle("sterk-huis")


@pytest.fixture
def other(db: None) -> Place:
    """Another organisation with another regulation."""
    return settle("gebiedsteam-opsterland")


@pytest.fixture
def inside(house: Place) -> Iterator[Place]:
    """The same, with Sterk Huis as the current organisation."""
    with organisation(house.id):
        yield house


def in_force() -> UUID:
    """The id of the version in force today."""
    from casemgmt.policy.versions import version_in_force

    return version_in_force(TODAY).id


def drafted(place: Place, value: str = "20 years", path: str = KEPT) -> UUID:
    """A draft by Joris in which dossiers are kept longer."""
    draft = acts.start_draft(based_on=in_force(), by=place.actor("joris"), at=NOW)
    acts.change_values(version_id=draft, values={path: value}, by=place.actor("joris"), at=NOW)
    return draft


def worked_through(place: Place, draft: UUID) -> UUID:
    """The same draft after Joris said that its sentences are right as they are, and its simulation ran."""
    from casemgmt.policy.queries import draft as found

    stale = [one.path for one in found(draft, TODAY).stale]
    acts.change_values(version_id=draft, values={}, right=stale, by=place.actor("joris"), at=NOW)
    acts.simulate(version_id=draft, by=place.actor("joris"), at=NOW)
    return counted(draft)


def counted(version: UUID) -> UUID:
    """The same version after every simulation of it that was asked has run."""
    from casemgmt.policy.simulation import run_simulation

    with transaction.atomic():
        waiting = list(
            PolicySimulation.objects.filter(version_id=version, state="waiting").values_list("id", flat=True)
        )
    for one in waiting:
        run_simulation(one)
    return version


def submitted(place: Place, from_date: date = date(2027, 1, 1), **extra: str) -> UUID:
    """A draft that Joris submitted."""
    draft = worked_through(place, drafted(place))
    acts.submit(
        version_id=draft, from_date=from_date, why="De wet is veranderd.", by=place.actor("joris"), at=NOW, **extra
    )
    return counted(draft)


def published(place: Place, from_date: date = date(2027, 1, 1), **extra: str) -> UUID:
    """A draft that Joris submitted and Hanneke published."""
    draft = submitted(place, from_date, **extra)
    acts.publish(version_id=draft, confirm=str(row(draft).number), by=place.actor("hanneke"), at=NOW)
    return draft


def row(version_id: UUID) -> PolicyVersion:
    """The row as it stands."""
    with transaction.atomic():
        return PolicyVersion.objects.get(id=version_id)


def queued(kind: str) -> list[jobs.Job]:
    """What waits in the queue."""
    return list(jobs.Job.objects.filter(kind=kind))
