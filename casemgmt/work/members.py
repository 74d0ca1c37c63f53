"""Who works here, and closing or opening their account: for whoever manages the users, who reads no dossiers.

An account is somebody's everywhere. One that opens other organisations too is
closed by the operator, so that no organisation shuts another's people out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from casemgmt.accounts import staff
from casemgmt.accounts.acts import disable_account, enable_account
from casemgmt.accounts.models import User
from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.db import act, reads
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.base.organisation import current
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.acts import GRANT, STAFF, is_last_administrator, last_administrator
from casemgmt.organisations.models import Membership, SignInPlace
from casemgmt.organisations.trail import refusals_told
from casemgmt.policy.words import role_label

AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works here: name, today's roles with their teams, and whether the account works.

    ``invited``: waits for somebody to use an invitation. ``why_not`` says why this account cannot be closed or
    opened here; empty when it can. Of somebody who has not come in, nothing is told that is known of elsewhere:
    neither that the account works for others, nor that it was closed.
    """

    id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    active: bool
    invited: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Members:
    """A part of everybody who works here, by name; ``next`` is where the part after it begins, if there is one."""

    people: tuple[Member, ...]
    closed: int
    next: UUID | None


@reads
def members(by: Actor, on: date, after: UUID | None = None) -> Members:
    """Staff with a place in the current organisation or an invitation to it, by name; closed accounts too.

    ``after`` is the last person of the part before; somebody who is not here begins at the top.
    """
    invited = staff.open_invitations()
    here = SignInPlace.objects.filter(organisation_id=current())
    everybody = User.objects.filter(Q(id__in=here.values("user_id")) | Q(id__in=list(invited)), kind=User.Kind.STAFF)
    users = list(_from(everybody, after)[: AT_ONCE + 1])
    ids = [user.id for user in users[:AT_ONCE]]
    arrived = set(here.filter(user_id__in=ids).values_list("user_id", flat=True))
    others = SignInPlace.objects.filter(user_id__in=arrived).exclude(organisation_id=current())
    elsewhere = set(others.values_list("user_id", flat=True))
    roles = _roles(ids, on)
    people = tuple(
        Member(
            id=user.id,
            # What was typed stands here until the owner of an account that was there already accepts.
            name=(invited[user.id].name if user.id in invited else "") or user.name,
            email=user.email or "",
            roles=tuple(roles.get(user.id, ())),
            active=user.is_active or user.id not in arrived,
            invited=user.id in invited,
            why_not=_why_not(user.id, by, here=user.id in arrived, elsewhere=user.id in elsewhere),
        )
        for user in users[:AT_ONCE]
    )
    closed = everybody.filter(is_active=False, id__in=here.values("user_id")).count()
    return Members(people, closed, ids[-1] if len(users) > AT_ONCE else None)


@refusals_told(GRANT, STAFF)
@act
def close_account(member_id: UUID, *, by: Actor) -> str:
    """Let nobody sign in with this account any more, and end its sessions at once; returns the person's name.

    Raises NotThere for somebody who is not of this organisation's staff, and Conflict for one's own account, for
    one that opens other organisations too, for somebody who has not come in, and for one that is closed already.
    """
    user = _member(member_id, by)
    if not user.is_active:
        raise Conflict(_("This account is closed already."))
    if is_last_administrator(user.id, clock.today()):
        raise Conflict(last_administrator())
    disable_account(user_id=user.id)
    events.record(Action.GRANT, data=STAFF, object_id=user.id, ground="closed")
    return str(user.name)


@refusals_told(GRANT, STAFF)
@act
def open_account(member_id: UUID, *, by: Actor) -> str:
    """Let somebody sign in again, with the password and second factor they had; raises as ``close_account`` does."""
    user = _member(member_id, by)
    if user.is_active:
        raise Conflict(_("This account works already."))
    enable_account(user_id=user.id)
    events.record(Action.GRANT, data=STAFF, object_id=user.id, ground="opened")
    return str(user.name)


def _member(member_id: UUID, by: Actor) -> User:
    places = SignInPlace.objects.filter(user_id=member_id)
    user = User.objects.select_for_update().filter(id=member_id, kind=User.Kind.STAFF).first()
    here = places.filter(organisation_id=current()).exists()
    if user is None or not (here or member_id in staff.open_invitations([member_id])):
        raise NotThere
    elsewhere = places.exclude(organisation_id=current()).exists()
    refused = _why_not(user.id, by, here=here, elsewhere=elsewhere)
    if refused:
        raise Conflict(refused)
    found: User = user
    return found


def _from(everybody: QuerySet[User], after: UUID | None) -> QuerySet[User]:
    """By name, from the person after this one."""
    last = everybody.filter(id=after).first() if after else None
    if last is not None:
        everybody = everybody.filter(Q(name__gt=last.name) | Q(name=last.name, id__gt=last.id))
    return everybody.order_by("name", "id")


def _why_not(user_id: UUID, by: Actor, *, here: bool, elsewhere: bool) -> str:
    if user_id == by.user_id:
        return _("This is your own account. A colleague who manages users can close it.")
    if not here:
        return _("This colleague has not come in yet. You can withdraw the invitation.")
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
