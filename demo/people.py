"""Who works where in the demo: the same parts in each organisation, so that every step has its two people."""

import base64
import hashlib
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from casemgmt.accounts.models import User


@dataclass(frozen=True, slots=True)
class Part:
    """One part to be played: role key, in which unit, and what the part is called in tests."""

    part: str
    role: str
    unit: str


TEAM, OTHER, DESK = "team", "other", "desk"

PARTS = (
    Part("caseworker", "caseworker", TEAM),
    Part("second_caseworker", "caseworker", TEAM),
    Part("colleague", "caseworker", OTHER),
    Part("manager", "manager", TEAM),
    Part("second_pair_of_eyes", "deputy_manager", TEAM),
    Part("director", "director", DESK),
    Part("records_administrator", "records_administrator", DESK),
    Part("controller", "internal_controller", DESK),
    Part("administrator", "organisation_administrator", DESK),
)
# Sterk Huis calls the one who stands in for a cluster manager a unit manager.
ROLE_INSTEAD = {"sterk-huis": {"deputy_manager": "unit_manager"}}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody who can sign in, with what that takes; only ever printed for the demo."""

    organisation: str
    part: str
    name: str
    role: str
    email: str
    password: str
    totp_secret: str


def secret_of(seed: int, slug: str, part: str) -> str:
    """A second factor that stays the same for one seed."""
    digest = hashlib.sha256(f"{seed}|{slug}|{part}|totp".encode()).digest()
    return base64.b32encode(digest[:20]).decode()


def password_of(seed: int, slug: str, part: str) -> str:
    """A password that stays the same for one seed."""
    digest = hashlib.sha256(f"{seed}|{slug}|{part}|password".encode()).hexdigest()
    return f"demo-{digest[:4]}-{digest[4:8]}-{digest[8:12]}"


def give_second_factor(user: User, secret: str) -> None:
    """Set up the authenticator app of a demo account, once."""
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, secret)
