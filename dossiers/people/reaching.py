"""How a letter reaches somebody: in the portal, by post, or from hand to hand."""

from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.letters.contents import Addressee
from casemgmt.letters.models import Letter
from casemgmt.organisations.actors import Actor
from casemgmt.work.acts import create_task
from casemgmt.work.kinds import Group, task_kind
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
    access = PortalAccess.objects.filter(person=person, ended_at=None).order_by("-since", "-id").first()
    if access is not None and access.frozen_until is not None and access.frozen_until >= on:
        return Way.HAND
    if access is not None and User.objects.filter(id=access.user_id, last_login__isnull=False).exists():
        return Way.PORTAL
    safe = person.address and not person.address_secret and not person.safe_contact
    return Way.POST if safe else Way.HAND


def addressee(person: Person, on: date) -> Addressee:
    """Somebody as a letter names them: an address only when it goes there."""
    if way_to(person, on) != Way.POST or not person.address:
        return Addressee(person.name)
    lines = tuple(line.strip() for line in person.address.replace(",", "\n").splitlines() if line.strip())
    return Addressee(person.name, lines)


def see_to_it(dossier: Dossier, person: Person, letter: Letter, *, by: Actor, at: datetime) -> None:
    """Put before staff that a letter must be handed over, when it would otherwise wait where nobody comes."""
    if way_to(person, clock.local_date(at)) != Way.HAND:
        return
    create_task(
        kind=BY_HAND,
        due_on=clock.local_date(at),
        at=at,
        dossier_id=dossier.id,
        unit_id=dossier.unit_id,
        capability="dossier.change",
        assignee_id=None if by.is_portal else by.user_id,
        title=_("Hand over a letter in person to %(name)s") % {"name": person.name},
        object_id=letter.id,
    )
