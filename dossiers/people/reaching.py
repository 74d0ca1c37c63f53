"""How a letter reaches somebody: in the portal, by post, or from hand to hand."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.letters.contents import Addressee
from casemgmt.letters.models import Letter
from casemgmt.organisations.actors import Actor
from casemgmt.work.acts import create_task, finish_tasks_for
from casemgmt.work.kinds import Group, task_kind
from casemgmt.work.models import Task
from dossiers.models import Dossier, Person, PortalAccess

BY_HAND = task_kind("dossiers.by_hand", gettext_noop("Hand over a letter in person"), Group.ASK, "message").name


class Way(StrEnum):
    """The ways in which a letter reaches somebody."""

    PORTAL = "portal"
    POST = "post"
    HAND = "hand"


def way_to(person: Person, on: date) -> Way:
    """The portal when this person can open it; else by post, unless that is not safe; else by hand.

    While the portal is frozen something is unsafe, so nothing goes by post either.
    """
    access = _access_of(person)
    if access is not None and _is_frozen(access, on):
        return Way.HAND
    if access is not None and _came_in(access):
        return Way.PORTAL
    safe = person.address and not person.address_secret and not person.safe_contact
    return Way.POST if safe else Way.HAND


def can_open_portal(person: Person, on: date) -> bool:
    """Whether this person came into the portal before, by a way that is not closed on that day.

    An invitation alone is no way in: what opens there for who never came waits where nobody reads it.
    """
    access = _access_of(person)
    return access is not None and not _is_frozen(access, on) and _came_in(access)


def has_portal(person: Person) -> bool:
    """Whether this person has a way into the portal that nobody ended: also frozen until a day, or not used yet.

    Such a way opens without a change of the dossier: when that day is over, or when they sign in.
    """
    return _access_of(person) is not None


def addressee(person: Person, on: date) -> Addressee:
    """Somebody as a letter names them: an address only when it goes there."""
    if way_to(person, on) != Way.POST or not person.address:
        return Addressee(person.name)
    lines = tuple(line.strip() for line in person.address.replace(",", "\n").splitlines() if line.strip())
    return Addressee(person.name, lines)


def see_to_it(dossier: Dossier, person: Person, letter: Letter, *, by: Actor, at: datetime) -> None:
    """Put before staff that a letter must be handed over, when it would otherwise wait where nobody comes.

    The task leads to the letter and says why it goes by hand; ``reached`` ends it.
    """
    on = clock.local_date(at)
    if way_to(person, on) != Way.HAND:
        return
    create_task(
        kind=BY_HAND,
        due_on=on,
        at=at,
        dossier_id=dossier.id,
        unit_id=dossier.unit_id,
        capability="dossier.change",
        assignee_id=None if by.is_portal else by.user_id,
        title=_("Hand over a letter in person to %(name)s") % {"name": person.name},
        detail=_why_by_hand(person, on),
        link="client_requests:letter",
        object_id=letter.id,
    )


def reached(letter_id: UUID, *, by: Actor, at: datetime) -> int:
    """End the task of a letter that reached whom it is for: handed over, or read in the portal; how many ended."""
    return finish_tasks_for(letter_id, by=by, at=at, kind=BY_HAND)


def waiting_by_hand(letter_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Which of these letters must still be handed over, and why; the keys of their dossiers must be loaded."""
    rows = Task.objects.filter(kind=BY_HAND, state=Task.State.OPEN, object_id__in=list(letter_ids))
    return {row.object_id: row.detail or "" for row in rows if row.object_id is not None}


def _why_by_hand(person: Person, on: date) -> str:
    """Why neither the portal nor the post brings it; what somebody wrote of a safe way stays on the person's page."""
    access = _access_of(person)
    if access is not None and _is_frozen(access, on):
        return _("Their page in the portal is closed for now, so nothing goes by post either.")
    if person.safe_contact:
        return _("A safe way to reach this person was agreed, so it does not go by post. It stands with the people.")
    if person.address_secret:
        return _("The address is secret, so it does not go by post.")
    return _("No address is known, so it does not go by post.")


def _access_of(person: Person) -> PortalAccess | None:
    held = PortalAccess.objects.filter(person=person, ended_at=None).order_by("-since", "-id")
    found: PortalAccess | None = held.first()
    return found


def _came_in(access: PortalAccess) -> bool:
    return User.objects.filter(id=access.user_id, last_login__isnull=False).exists()


def _is_frozen(access: PortalAccess, on: date) -> bool:
    return access.frozen_until is not None and access.frozen_until >= on
