"""People at the door: a staff member with and without a second factor, and a client with a letter."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from casemgmt.accounts import acts
from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation, SignInPlace

PASSWORD = "vier losse woorden samen"


def totp(secret: str, shift: int = 0) -> str:
    """The code an app shows now, or ``shift`` half minutes away."""
    return format_hotp_value(hotp_value(secret.replace(" ", ""), int(time.time()) // 30 + shift))


@dataclass
class Door:
    """A staff member with an app, and an organisation to work for."""

    user: User
    secret: str
    place: Organisation

    def sign_in(self, client: Client) -> Any:
        """Password, then code, as a plain HTTP client does."""
        client.post("/inloggen/", {"login": self.user.email, "password": PASSWORD})
        return client.post("/inloggen/code/", {"code": totp(self.secret)})


@pytest.fixture(autouse=True)
def fresh_counts(transactional_db: None) -> Iterator[None]:
    """No count of an earlier test weighs on this one."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def place() -> Organisation:
    """One organisation."""
    return Organisation.objects.create(slug="huis", name="Het Huis", kind="test", abbreviation="HH")


@pytest.fixture
def bare(place: Organisation) -> User:
    """A staff member with a password and nothing else."""
    user = User.objects.create_staff(email="nieuw@example.org", name="Noor Nieuw", password=PASSWORD)
    SignInPlace.objects.create(user_id=user.id, organisation=place)
    return user


@pytest.fixture
def staff(place: Organisation) -> Door:
    """A staff member with an authenticator app and recovery codes."""
    user = User.objects.create_staff(email="vera@example.org", name="Vera Vast", password=PASSWORD)
    SignInPlace.objects.create(user_id=user.id, organisation=place)
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return Door(user, secret, place)


@pytest.fixture
def invited(place: Organisation) -> acts.Invited:
    """A client with a letter."""
    with organisation(place.id):
        made = acts.create_portal_account(until=clock.now() + timedelta(days=14))
    SignInPlace.objects.create(user_id=made.user.id, organisation=place)
    return made


@dataclass
class PortalDoor:
    """A client who has been in before."""

    name: str
    secret: str
    user: User
    codes: list[str]

    def sign_in(self, client: Client, slug: str = "huis") -> Any:
        """Name and password, then code."""
        client.post(f"/mijn/{slug}/inloggen/", {"name": self.name, "password": PASSWORD})
        return client.post(f"/mijn/{slug}/inloggen/code/", {"code": totp(self.secret)})


@pytest.fixture
def portal(invited: acts.Invited) -> PortalDoor:
    """The client, after having used the letter."""
    from django.contrib.auth.hashers import make_password

    from casemgmt.accounts.models import PortalInvitation

    secret = generate_totp_secret()
    invitation = PortalInvitation.objects.get(user_id=invited.user.id)
    user = acts.accept_invitation(
        invitation_id=invitation.id, password_hash=make_password(PASSWORD), totp_secret=secret, at=clock.now()
    )
    return PortalDoor(invited.signin_name, secret, user, RecoveryCodes.activate(user).get_unused_codes())
