"""Who works here, and closing or opening their account: for whoever manages the users, who reads no dossiers.

An account is somebody's everywhere. One that opens other organisations too is
closed by the operator, so that no organisation shuts another's people out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.accounts.acts import disable_account, enable_account
from casemgmt.accounts.models import User
from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base.db import act, reads
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.base.organisation import current
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import Membership, SignInPlace
from casemgmt.policy.words import role_label

DATA = "staff-account"


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works here: name, today's roles with their teams, and whether the account works.

    ``why_not`` says why this account cannot be closed or opened here; empty when it can.
    """

    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    active: bool
    why_not: str


@reads
def members(by: Actor, on: date) -> list[Member]:
    """Everybody of staff with a place in the current organisation, by name; closed accounts too."""
    here = SignInPlace.objects.filter(organisation_id=current()).values("user_id")
    users = list(User.objects.filter(id__in=here, kind=User.Kind.STAFF).order_by("name", "id"))
    ids = [user.id for user in users]
    others = SignInPlace.objects.filter(user_id__in=ids).exclude(organisation_id=current())
    elsewhere = set(others.values_list("user_id", flat=True))
    roles = _roles(ids, on)
    return [
        Member(
            id=user.id,
            name=user.name,
            email=user.email or "",
            roles=tuple(roles.get(user.id, ())),
            active=user.is_active,
            why_not=_why_not(user.id, by, user.id in elsewhere),
        )
        for user in users
    ]


@act
def close_account(member_id: UUID, *, by: Actor) -> str:
    """Let nobody sign in with this account any more, and end its sessions at once; returns the person's name.

    Raises NotThere for somebody who is not of this organisation's staff, and Conflict for one's own account, for
    one that opens other organisations too, and for one that is closed already.
    """
    user = _member(member_id, by)
    if not user.is_active:
        raise Conflict(_("This account is closed already."))
    disable_account(user_id=user.id)
    events.record(Action.GRANT, data=DATA, object_id=user.id, ground="closed")
    return str(user.name)


@act
def open_account(member_id: UUID, *, by: Actor) -> str:
    """Let somebody sign in again, with the password and second factor they had; raises as ``close_account`` does."""
    user = _member(member_id, by)
    if user.is_active:
        raise Conflict(_("This account works already."))
    enable_account(user_id=user.id)
    events.record(Action.GRANT, data=DATA, object_id=user.id, ground="opened")
    return str(user.name)


def _member(member_id: UUID, by: Actor) -> User:
    places = SignInPlace.objects.filter(user_id=member_id)
    user = User.objects.select_for_update().filter(id=member_id, kind=User.Kind.STAFF).first()
    if user is None or not places.filter(organisation_id=current()).exists():
        raise NotThere
    refused = _why_not(user.id, by, places.exclude(organisation_id=current()).exists())
    if refused:
        raise Conflict(refused)
    found: User = user
    return found


def _why_not(user_id: UUID, by: Actor, elsewhere: bool) -> str:
    if user_id == by.user_id:
        return _("This is your own account. A colleague who manages users can close it.")
    if elsewhere:
        return _("This account opens another organisation too. Ask the operator.")
    return ""


def _roles(ids: Iterable[UUID], on: date) -> dict[UUID, list[str]]:
    """Today's roles in words, with the team."""
    found: dict[UUID, list[str]] = {}
    held = Membership.objects.filter(user_id__in=ids, starts_on__lte=on).select_related("unit")
    for row in held.order_by("unit__name", "role"):
        if row.ends_on is None or row.ends_on >= on:
            found.setdefault(row.user_id, []).append(f"{role_label(row.role, on)} ({row.unit.name})")
    return found
