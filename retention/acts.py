"""Closing and reopening a dossier, holding it back, and the steps of a removal up to its approval.

Nothing here destroys: ``retention.destruction`` does, after the cooling-off and
after reading all facts once more.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock, jobs
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.calendar import add_term
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.retention import retention_expires
from casemgmt.policy.versions import profile_in_force
from casemgmt.vault.keys import load_keys
from dossiers.models import Dossier
from retention.facts import Answers, keeping_facts
from retention.models import EndDate, Hold, Removal
from retention.oppositions import opposing
from retention.vocabulary import REVERSIBLE, RUNNING, RemovalState

DESTROY = "retention.destroy"


def close_dossier(dossier: Dossier, *, closed_on: date, answers: Answers, by: Actor, at: datetime) -> Decision:
    """Close a dossier the door handed out; returns the decision about its end date.

    ``closed_on`` may lie neither before the opening nor after today. Raises Conflict.
    """
    if dossier.state != Dossier.State.OPEN:
        raise Conflict(_("This dossier was closed already."))
    if not dossier.opened_on <= closed_on <= clock.local_date(at):
        raise Conflict(_("The closing date lies between the day of opening and today."))
    dossier.state, dossier.closed_on = Dossier.State.CLOSED, closed_on
    dossier.save(update_fields=["state", "closed_on"])
    events.record(Action.CLOSE, dossier_id=dossier.id, data="dossier")
    return calculate(dossier, answers=answers, at=at)


def reopen_dossier(dossier: Dossier, *, by: Actor, at: datetime) -> None:
    """Open a closed dossier again: its clock stops, and a removal that can still be taken back ends."""
    if dossier.state != Dossier.State.CLOSED:
        raise Conflict(_("Only a closed dossier can be reopened."))
    for removal in Removal.objects.select_for_update().filter(dossier_id=dossier.id, state__in=RUNNING):
        _end(removal, RemovalState.CANCELLED, at=at)
    EndDate.objects.filter(dossier=dossier).delete()
    dossier.state, dossier.closed_on = Dossier.State.OPEN, None
    dossier.save(update_fields=["state", "closed_on"])
    events.record(Action.CLOSE, dossier_id=dossier.id, data="reopened")


def calculate(dossier: Dossier, *, at: datetime, answers: Answers | None = None) -> Decision:
    """Work out and store when the dossier's term has passed, by the profile in force; its key must be loaded."""
    on = clock.local_date(at)
    row = EndDate.objects.filter(dossier=dossier).first() or EndDate(dossier=dossier, answers={})
    known = answers or Answers.from_json(row.answers)
    decision = retention_expires(keeping_facts(dossier, known, row.extended_until), profile_in_force(on), on)
    row.answers = known.to_json()
    row.decision = decision.to_dict()
    row.due_on = decision.outcome["expires_on"]
    row.waits = bool(decision.outcome.get("waits_for_adult_youth"))
    row.version = decision.version
    row.calculated_at = at
    row.save()
    return decision


def extend(dossier: Dossier, *, until: date, why: str, by: Actor, at: datetime) -> Decision:
    """Keep a dossier longer, with a reason, where the regulation knows it; ends a running removal that can end."""
    row = EndDate.objects.select_for_update().filter(dossier=dossier).first()
    if row is None or row.due_on is None or until <= row.due_on:
        raise Conflict(_("Choose a day after the present end date."))
    row.extended_until, row.extended_why = until, why
    row.save()
    for removal in Removal.objects.select_for_update().filter(dossier_id=dossier.id, state__in=REVERSIBLE):
        removal.words = why
        _end(removal, RemovalState.KEPT, at=at)
    events.record(Action.REMOVE, dossier_id=dossier.id, data="extension", words=why)
    return calculate(dossier, at=at)


def place_hold(dossier: Dossier, *, why: str, by: Actor, at: datetime) -> Hold:
    """Hold a dossier back from destruction until the hold is lifted."""
    hold = Hold.objects.create(dossier=dossier, why=why, placed_by_id=by.user_id, placed_at=at)
    events.record(Action.REMOVE, dossier_id=dossier.id, data="hold", object_id=hold.id, words=why)
    return hold


def lift_hold(dossier: Dossier, hold_id: UUID, *, by: Actor, at: datetime) -> None:
    """Lift a standing hold."""
    hold = Hold.objects.select_for_update().filter(dossier=dossier, id=hold_id, lifted_at=None).first()
    if hold is None:
        raise Conflict(_("This hold was lifted already."))
    hold.lifted_by_id, hold.lifted_at = by.user_id, at
    hold.save(update_fields=["lifted_by_id", "lifted_at"])
    events.record(Action.REMOVE, dossier_id=dossier.id, data="hold-lifted", object_id=hold.id)


@act
def propose(dossier_id: UUID, *, at: datetime) -> UUID | None:
    """Put a closed dossier whose term has passed on the list; None when it is not (any more) so, or on it already."""
    dossier = Dossier.objects.select_for_update().filter(id=dossier_id, state=Dossier.State.CLOSED).first()
    if dossier is None or Removal.objects.filter(dossier_id=dossier_id, state__in=RUNNING).exists():
        return None
    load_keys([dossier_id])
    decision = calculate(dossier, at=at)
    if not decision.outcome["expired"] or opposing(dossier, at=at):
        return None
    removal = Removal.objects.create(
        dossier_id=dossier_id,
        due_on=decision.outcome["expires_on"],
        articles=list(decision.articles),
        version=decision.version,
        decision=decision.to_dict(),
        proposed_at=at,
    )
    events.record(Action.REMOVE, dossier_id=dossier_id, data="proposed", object_id=removal.id)
    return removal.id


def review(removal: Removal, *, by: Actor, at: datetime) -> None:
    """The first pair of eyes: this dossier may go. Never preselected, item by item."""
    _expect(removal, RemovalState.PROPOSED)
    removal.state = RemovalState.AGREED
    removal.reviewed_by_id, removal.reviewed_at = by.user_id, at
    removal.save(update_fields=["state", "reviewed_by_id", "reviewed_at"])
    events.record(Action.REMOVE, dossier_id=removal.dossier_id, data="reviewed", object_id=removal.id)


def keep(dossier: Dossier, removal: Removal, *, why: str, by: Actor, at: datetime) -> None:
    """Not to be removed now: a hold with the reason, so the night proposes it again only after it is lifted."""
    if removal.state not in REVERSIBLE:
        raise Conflict(_("The destruction of this dossier has begun and cannot be stopped."))
    place_hold(dossier, why=why, by=by, at=at)
    removal.words = why
    _end(removal, RemovalState.KEPT, at=at)


def approve(removal: Removal, *, by: Actor, at: datetime) -> None:
    """The second pair of eyes, always another person; starts the cooling-off of the profile's house rule."""
    _expect(removal, RemovalState.AGREED)
    if removal.reviewed_by_id == by.user_id:
        raise NotAllowed(_("You reviewed this dossier yourself. Somebody else must approve its destruction."))
    term = profile_in_force(clock.local_date(at)).house_rules.cooling_off.value
    days = add_term(clock.local_date(at), term) - clock.local_date(at)
    removal.state = RemovalState.APPROVED
    removal.approved_by_id, removal.approved_at = by.user_id, at
    removal.cooling_until = at + timedelta(days=days.days)
    removal.save(update_fields=["state", "approved_by_id", "approved_at", "cooling_until"])
    events.record(Action.REMOVE, dossier_id=removal.dossier_id, data="approved", object_id=removal.id)
    jobs.enqueue(DESTROY, removal.id, due=removal.cooling_until)


def cancel(removal: Removal, *, by: Actor, at: datetime) -> None:
    """Take an approval back during the cooling-off."""
    if removal.state not in REVERSIBLE:
        raise Conflict(_("The destruction of this dossier has begun and cannot be stopped."))
    _end(removal, RemovalState.CANCELLED, at=at)


def running_removal(dossier: Dossier) -> Removal:
    """The dossier's removal that is on its way, locked; raises NotThere when there is none."""
    removal = Removal.objects.select_for_update().filter(dossier_id=dossier.id, state__in=RUNNING).first()
    if removal is None:
        raise NotThere
    return removal


def _expect(removal: Removal, state: RemovalState) -> None:
    if removal.state != state:
        raise Conflict(_("Somebody was quicker: this removal is now “%s”.") % RemovalState(removal.state).label)


def _end(removal: Removal, state: RemovalState, *, at: datetime) -> None:
    removal.state, removal.ended_at = state, at
    removal.save(update_fields=["state", "ended_at", "words"])
    events.record(Action.REMOVE, dossier_id=removal.dossier_id, data=str(state), object_id=removal.id)
