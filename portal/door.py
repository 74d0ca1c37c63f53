"""The portal's one door: which part of which dossier this account may come to, and the trail of it.

Whoever signs in comes in as one person of one dossier. Anything else is not
there (404): another's dossier, another's request, and what staff keep to themselves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from casemgmt.audit import context, events
from casemgmt.audit.doors import doorway
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.errors import NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.vault.keys import load_keys
from dossiers.looks import PORTAL
from dossiers.models import Dossier, Person, PortalAccess

T = TypeVar("T")
# Written in the trail as the role of whoever comes in here, and as the ground.
ROLE = PORTAL
OWN = "own"


@dataclass(frozen=True)
class Visit:
    """Somebody at their own page: who, in which dossier, by which account."""

    dossier: Dossier
    person: Person
    access: PortalAccess
    actor: Actor
    on: date


class Frozen(Exception):
    """The portal is closed for this person up to and including a day."""

    def __init__(self, until: date) -> None:
        super().__init__(until.isoformat())
        self.until = until


def open_portal(actor: Actor, load: Callable[[Visit], T], *, data: str, action: Action = Action.READ) -> T:
    """Let ``load`` read what is this person's own, and hand out plain values; the event comes with it.

    Raises NotThere without access and Frozen while it is closed, each with its row in the trail.
    """
    return _through(actor, load, data, action, lock=False, outcome=Outcome.SHOWN)


def change_portal(
    actor: Actor,
    act: Callable[[Visit], T],
    *,
    data: str,
    action: Action = Action.REQUEST,
) -> T:
    """Let ``act`` do something for this person, the dossier locked, in one transaction with its event."""
    return _through(actor, act, data, action, lock=True, outcome=Outcome.DONE)


def _through(
    actor: Actor,
    load: Callable[[Visit], T],
    data: str,
    action: Action,
    *,
    lock: bool,
    outcome: Outcome,
) -> T:
    context.learn(actor.user_id, ROLE)
    with doorway(action, data) as came:
        access = _access(actor)
        dossier = _dossier(access, lock) if access else None
        if access is None or dossier is None:
            events.record(action, outcome=Outcome.UNKNOWN, data=data, ground=ROLE)
        elif _is_frozen(access):
            events.record(action, outcome=Outcome.DENIED, dossier_id=dossier.id, data=data, ground="frozen")
        else:
            came.enter(dossier.id, OWN)
            load_keys([dossier.id])
            done = load(Visit(dossier, access.person, access, actor, clock.today()))
            events.record(action, outcome=outcome, dossier_id=dossier.id, data=data, ground=OWN)
            return done
    if access is not None and dossier is not None and access.frozen_until is not None:
        raise Frozen(access.frozen_until)
    raise NotThere


def _access(actor: Actor) -> PortalAccess | None:
    if not actor.is_portal or actor.user_id is None:
        return None
    mine = PortalAccess.objects.filter(user_id=actor.user_id, ended_at=None).select_related("person")
    found: PortalAccess | None = mine.order_by("since", "id").first()
    return found


def _dossier(access: PortalAccess, lock: bool) -> Dossier | None:
    rows = Dossier.objects.select_for_update() if lock else Dossier.objects
    found: Dossier | None = rows.exclude(state=Dossier.State.FROZEN).filter(id=access.dossier_id).first()
    return found


def _is_frozen(access: PortalAccess) -> bool:
    return access.frozen_until is not None and access.frozen_until >= clock.today()
