"""Two organisations with their regulation: two administrators, a caseworker, and a colleague elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
from django.test import Client

from casemgmt.accounts.models import User
from casemgmt.audit import context
from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor, actor_for
from casemgmt.organisations.models import Membership, Organisation, SignInPlace, Unit
from casemgmt.policy.shipped import load_shipped

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LONG_AGO = date(2020, 1, 1)
PASSWORD = "vier losse woorden samen"
# A password that nobody types here; hashing one for everybody takes most of a test.
HASH = "argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdHNhbHQ$aGFzaA"
ADMINISTRATOR = "organisation_administrator"


@dataclass
class House:
    """An organisation with teams and people who can sign in."""

    row: Organisation
    units: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    @property
    def id(self) -> UUID:
        return self.row.id

    def actor(self, name: str, on: date | None = None) -> Actor:
        with organisation(self.id):
            return actor_for(self.people[name], on or clock.today())

    def client(self, name: str) -> Client:
        client = Client(raise_request_exception=False)
        client.force_login(self.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    def url(self, rest: str = "") -> str:
        return f"/o/{self.row.slug}/{rest}"

    def person(self, name: str, rest: str = "") -> str:
        return self.url(f"medewerkers/{self.people[name].id}/{rest}")

    def membership(self, name: str) -> UUID:
        with organisation(self.id), transaction.atomic():
            return UUID(str(Membership.objects.get(user_id=self.people[name].id).id))

    def events(self, **which: Any) -> list[tuple[str, str, str, str]]:
        with organisation(self.id), transaction.atomic():
            rows = AccessEvent.objects.filter(**which).order_by("at")
            return list(rows.values_list("action", "data", "ground", "outcome"))


def settle(slug: str) -> House:
    """An organisation with its shipped regulation and two teams."""
    house = House(Organisation.objects.create(slug=slug, name=slug.title(), kind="test", abbreviation="T"))
    load_shipped(slug=slug, at=NOW)
    with organisation(house.id), transaction.atomic():
        house.units = {name: Unit.objects.create(name=name).id for name in ("team Zuid", "team Noord")}
    return house


def employ(house: House, name: str, role: str) -> User:
    """Somebody with a password, a second factor and a role in team Zuid since long ago."""
    user = User.objects.create_staff(
        email=f"{name}@{house.row.slug}.example", name=f"{name.title()} Test", password=None
    )
    user.password = HASH
    user.save(update_fields=["password"])
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    SignInPlace.objects.create(user_id=user.id, organisation=house.row)
    with organisation(house.id), transaction.atomic():
        Membership.objects.create(user_id=user.id, unit_id=house.units["team Zuid"], role=role, starts_on=LONG_AGO)
    house.people[name] = user
    return user


@pytest.fixture(autouse=True)
def own_circumstances(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Everybody confirmed just now; no count and nobody's name of an earlier test weighs on this one."""
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: True)
    cache.clear()
    with context.circumstances(context.AuditContext()):
        yield
    cache.clear()


@pytest.fixture
def house() -> House:
    made = settle("sterk-huis")
    employ(made, "joris", ADMINISTRATOR)
    employ(made, "femke", ADMINISTRATOR)
    employ(made, "noor", "caseworker")
    return made


@pytest.fixture
def elsewhere() -> House:
    made = settle("veilig-thuis-hm")
    employ(made, "truus", "caseworker")
    employ(made, "karel", ADMINISTRATOR)
    return made
