"""The one door to a dossier: who may, what they may, and the trail of both.

``can`` and ``visible`` come from one definition; a property test proves that
they agree. The door decides, reads and writes its event in one durable
transaction, hands out plain values, and only then does anybody render: when the
event cannot be written nothing is shown. A no from inside undoes that transaction
and leaves a row of its own.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casemgmt.accounts.models import User
from casemgmt.audit import events
from casemgmt.audit.doors import doorway
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.base.organisation import current, current_or_none
from casemgmt.base.registries import Registry
from casemgmt.organisations.actors import Actor, actor_for
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.answer import answer, fact
from casemgmt.policy.versions import NoVersion, profile_in_force
from casemgmt.vault.keys import load_keys
from dossiers.models import Assignment, Dossier
from dossiers.verbs import AFTER_CLOSING, FROM_A_DESK, Verb

T = TypeVar("T")
NO_GROUND = ""

# Told inside the transaction after an act changed a dossier, its key loaded: (dossier, actor, moment).
changed: Registry[Callable[[Dossier, Actor, datetime], None]] = Registry("listener to changed dossiers")


def can(actor: Actor, verb: Verb, dossier: Dossier) -> bool:
    """Whether ``actor`` may do ``verb`` with this dossier today."""
    return bool(ground_for(actor, verb, dossier))


def ground_for(actor: Actor, verb: Verb, dossier: Dossier) -> str:
    """Why ``actor`` may: "team", "assignment" or "desk"; empty when they may not."""
    if not actor.may(verb) or actor.organisation_id != dossier.organisation_id:
        return NO_GROUND
    if dossier.state == Dossier.State.FROZEN:
        return NO_GROUND
    if verb in FROM_A_DESK:
        return "desk"
    if actor.only_supervised(verb):
        return NO_GROUND  # an assignment names no supervisor, so none can be seen to have access
    if dossier.unit_id in actor.units_where(verb):
        return "team"
    return "assignment" if _assignments(actor).filter(content_object=dossier).exists() else NO_GROUND


def visible(actor: Actor) -> QuerySet[Dossier]:
    """The dossiers that ``actor`` may read today."""
    return reachable(actor, Verb.READ)


def reachable(actor: Actor, verb: Verb) -> QuerySet[Dossier]:
    """The dossiers with which ``actor`` may do ``verb`` today: those for which ``can`` says yes."""
    there = Dossier.objects.exclude(state=Dossier.State.FROZEN)
    if not actor.may(verb) or actor.organisation_id != current():
        return there.none()
    if verb in FROM_A_DESK:
        return there
    if actor.only_supervised(verb):
        return there.none()
    mine = _assignments(actor).filter(content_object=OuterRef("pk"))
    return there.filter(Q(unit_id__in=actor.units_where(verb)) | Exists(mine))


def _assignments(actor: Actor) -> QuerySet[Assignment]:
    today = clock.today()
    return Assignment.objects.filter(user_id=actor.user_id, starts_on__lte=today).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    )


def assignment_of(actor: Actor, dossier: Dossier) -> Assignment | None:
    """The assignment with which ``actor`` works with this dossier today, if any."""
    return _assignments(actor).filter(content_object=dossier).first()


def open_dossier(
    actor: Actor,
    dossier_id: UUID,
    verb: Verb,
    load: Callable[[Dossier], T],
    *,
    data: str,
    action: Action = Action.READ,
    object_id: UUID | None = None,
) -> T:
    """Let ``load`` read from the dossier and hand out what it returns: plain values only.

    ``data`` names what is read, in one word of the code, for the trail, and ``object_id`` whose or which it is, where
    a dossier has several and one of them may be a secret. Raises
    NotThere for a dossier that is not this organisation's (any more) and
    NotAllowed, with a sentence to act on, for a colleague without the right.
    """
    with doorway(action, data) as came:
        dossier = Dossier.objects.select_related("unit").filter(pk=dossier_id).first()
        ground = _knock(actor, dossier, dossier_id, verb, action, data)
        if ground and dossier is not None:
            came.enter(dossier_id, ground)
            load_keys([dossier_id])
            shown = load(dossier)
            events.record(
                action, outcome=Outcome.SHOWN, dossier_id=dossier_id, data=data, object_id=object_id, ground=ground
            )
            return shown
    raise _refusal(dossier, actor, verb)


def change_dossier(
    actor: Actor,
    dossier_id: UUID,
    verb: Verb,
    act: Callable[[Dossier], T],
    *,
    data: str,
    action: Action = Action.CHANGE,
) -> T:
    """Let ``act`` change the dossier, its row locked, in one transaction with its event.

    Raises as ``open_dossier`` does, and Conflict when the dossier is closed to ``verb``.
    """
    with doorway(action, data) as came:
        dossier = Dossier.objects.select_for_update().filter(pk=dossier_id).first()
        ground = _knock(actor, dossier, dossier_id, verb, action, data)
        if ground and dossier is not None:
            came.enter(dossier_id, ground)
            if dossier.state == Dossier.State.CLOSED and verb not in AFTER_CLOSING:
                raise Conflict(_("This dossier is closed, so nothing can be added to it. Reopen it first."))
            load_keys([dossier_id])
            done = act(dossier)
            for _name, told in changed:
                told(dossier, actor, clock.now())
            events.record(action, outcome=Outcome.DONE, dossier_id=dossier_id, data=data, ground=ground)
            return done
    raise _refusal(dossier, actor, verb)


def _knock(actor: Actor, dossier: Dossier | None, dossier_id: UUID, verb: Verb, action: Action, data: str) -> str:
    """The ground to come in; a refusal leaves its row in the transaction that is about to commit."""
    if dossier is None or dossier.state == Dossier.State.FROZEN:
        events.record(action, outcome=Outcome.UNKNOWN, object_id=dossier_id, data=data)
        return NO_GROUND
    ground = ground_for(actor, verb, dossier)
    if not ground:
        events.record(action, outcome=Outcome.DENIED, dossier_id=dossier_id, data=data, ground="no-assignment")
    return ground


def _refusal(dossier: Dossier | None, actor: Actor, verb: Verb) -> Exception:
    if dossier is None or dossier.state == Dossier.State.FROZEN:
        return NotThere()
    if actor.only_supervised(verb):
        return NotAllowed(
            _(
                "You work under a supervisor, and no supervisor with access to this dossier is known for you. "
                "So it stays closed to you; work with it together with a colleague who has access."
            )
        )
    sentence, decision = _said_to_a_colleague(actor)
    return NotAllowed(sentence, decision)


def _said_to_a_colleague(actor: Actor) -> tuple[str, Decision | None]:
    """What the regulation tells a colleague without access; our own words when it has none yet, and in English."""
    ours = _(
        "You do not work with this client, so this dossier is closed to you. "
        "Do you need it for your work? Ask the team that works with the client, or your manager, to add you."
    )
    try:
        profile = profile_in_force(clock.today())
    except NoVersion:
        return ours, None
    rule = profile.access.colleague_sentence
    # Not what stands in the dossier, only who asks: a refusal reveals nothing.
    used = (fact("role", actor.roles), fact("involved", False))
    decision = answer(profile, {"allowed": False}, (rule,), used)
    return (ours if get_language() == "en" else rule.sentence), decision


def permission_to_view() -> Permission:
    """guardian's word for an assignment."""
    return Permission.objects.get(content_type__app_label="dossiers", codename="view_dossier")


class Backend:
    """Lets anybody who asks ``user.has_perm(p, dossier)`` hear the door's own answer."""

    def authenticate(self, request: Any, **credentials: Any) -> None:
        """This backend signs nobody in."""

    def has_perm(self, user: User, permission: str, obj: Any = None) -> bool:
        """What ``can`` says about this dossier; without a dossier nobody has anything."""
        if not isinstance(obj, Dossier) or current_or_none() is None:
            return False
        name = permission.rsplit(".", 1)[-1]
        verb = {"view_dossier": Verb.READ, "change_dossier": Verb.CHANGE}.get(name)
        return verb is not None and can(actor_for(user, clock.today()), verb, obj)
