"""The steps of a removal up to its approval: proposed, reviewed, approved by another, and every way back.

Nothing here destroys: ``retention.destruction`` does, after the cooling-off and
after reading all facts once more.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock, jobs
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.calendar import moment_after
from casemgmt.policy.rules.house import cooling_off
from casemgmt.policy.versions import profile_in_force
from casemgmt.vault.keys import load_keys
from casemgmt.work.acts import cancel_tasks_for, finish_tasks_for
from dossiers.models import Dossier
from retention.calling import call_to_ask_youth, review_done
from retention.end_dates import calculate
from retention.models import EndDate, Hold, Removal
from retention.oppositions import judged, opposing
from retention.vocabulary import DECIDE_TASK, DESTROYING, REVERSIBLE, RUNNING, STUCK_TASK, RemovalState

DESTROY = "retention.destroy"


@act
def propose(dossier_id: UUID, *, at: datetime) -> UUID | None:
    """Put a closed dossier whose term has passed on the list; None when it is not (any more) so, or on it already.

    Where the regulation wants a now adult youth asked first, that becomes a task instead.
    """
    dossier = Dossier.objects.select_for_update().filter(id=dossier_id, state=Dossier.State.CLOSED).first()
    if dossier is None or Removal.objects.filter(dossier_id=dossier_id, state__in=RUNNING).exists():
        return None
    load_keys([dossier_id])
    decision = calculate(dossier, at=at)
    if not decision.outcome["expired"]:
        return None
    if opposing(dossier, at=at):
        _ask_first(dossier, at)
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


def _ask_first(dossier: Dossier, at: datetime) -> None:
    decision = judged(dossier, at=at)
    if decision is not None and EndDate.objects.filter(dossier=dossier, waits=True).exists():
        call_to_ask_youth(dossier, decision, at=at)


def review(removal: Removal, *, by: Actor, at: datetime) -> None:
    """The first pair of eyes: this dossier may go. Never preselected, item by item; refused while anything opposes."""
    _expect(removal, RemovalState.PROPOSED)
    _nothing_opposes(removal, at)
    removal.state = RemovalState.AGREED
    removal.reviewed_by_id, removal.reviewed_at = by.user_id, at
    removal.save(update_fields=["state", "reviewed_by_id", "reviewed_at"])
    events.record(Action.REMOVE, dossier_id=removal.dossier_id, data="reviewed", object_id=removal.id)
    review_done(by=by, at=at)


def take_back(removal: Removal, *, by: Actor, at: datetime) -> None:
    """Undo a review that nobody approved yet: the dossier stands on the list again, unreviewed."""
    _expect(removal, RemovalState.AGREED)
    removal.state = RemovalState.PROPOSED
    removal.reviewed_by_id = removal.reviewed_at = None
    removal.save(update_fields=["state", "reviewed_by_id", "reviewed_at"])
    events.record(Action.REMOVE, dossier_id=removal.dossier_id, data="review-undone", object_id=removal.id)
    finish_tasks_for(removal.id, by=by, at=at, kind=DECIDE_TASK)


def keep(dossier: Dossier, removal: Removal, *, why: str, by: Actor, at: datetime) -> None:
    """Not to be removed now: a hold with the reason, so the night proposes it again only after it is lifted."""
    _still_reversible(removal)
    assert by.user_id is not None
    hold = Hold.objects.create(dossier=dossier, why=why, placed_by_id=by.user_id, placed_at=at)
    events.record(Action.REMOVE, dossier_id=dossier.id, data="hold", object_id=hold.id, words=why)
    removal.words = why
    end_removal(removal, RemovalState.KEPT, at=at)
    review_done(by=by, at=at)


def approve(removal: Removal, *, by: Actor, at: datetime) -> None:
    """The second pair of eyes, always another person; starts the cooling-off of the profile's house rule."""
    _expect(removal, RemovalState.AGREED)
    if removal.reviewed_by_id == by.user_id:
        raise NotAllowed(_("You reviewed this dossier yourself. Somebody else must approve its destruction."))
    _nothing_opposes(removal, at)
    on = clock.local_date(at)
    cooling = cooling_off(profile_in_force(on), on)
    removal.state = RemovalState.APPROVED
    removal.approved_by_id, removal.approved_at = by.user_id, at
    removal.cooling_until = moment_after(at, cooling.outcome["days"])
    removal.save(update_fields=["state", "approved_by_id", "approved_at", "cooling_until"])
    events.record(Action.REMOVE, dossier_id=removal.dossier_id, data="approved", object_id=removal.id)
    jobs.enqueue(DESTROY, removal.id, due=removal.cooling_until)
    finish_tasks_for(removal.id, by=by, at=at, kind=DECIDE_TASK)


def cancel(removal: Removal, *, by: Actor, at: datetime) -> None:
    """Take an approval back during the cooling-off; the night may propose the dossier again."""
    _still_reversible(removal)
    end_removal(removal, RemovalState.CANCELLED, at=at)


def this_removal(removal_id: UUID, dossier: Dossier) -> Removal:
    """One removal of the dossier, locked; raises NotThere when it is not of this dossier."""
    removal = Removal.objects.select_for_update().filter(id=removal_id, dossier_id=dossier.id).first()
    if removal is None:
        raise NotThere
    return removal


@act
def try_again(removal_id: UUID, *, by: Actor, at: datetime) -> None:
    """Let the machine take up a destruction that it gave up; raises Conflict when it needs no help.

    Nor is work begun a second time that somebody is at: a ledger or a disk that hangs would hold them both.
    """
    if not Removal.objects.filter(id=removal_id).exists():
        raise NotThere
    removal = Removal.objects.select_for_update(skip_locked=True).filter(id=removal_id).first()
    if removal is None or jobs.is_being_done(DESTROY, removal_id, at):
        raise Conflict(_("This is being worked on at this moment. Look again in a minute."))
    if removal.state not in (RemovalState.APPROVED, *DESTROYING):
        raise Conflict(_("There is nothing to try again here."))
    due = removal.cooling_until if removal.state == RemovalState.APPROVED else None
    jobs.enqueue(DESTROY, removal.id, due=due)
    events.record(Action.DESTROY, dossier_id=removal.dossier_id, data="again", object_id=removal.id)
    finish_tasks_for(removal.id, by=by, at=at, kind=STUCK_TASK)


def end_removal(removal: Removal, state: RemovalState, *, at: datetime) -> None:
    """Let a removal end without destruction."""
    removal.state, removal.ended_at = state, at
    removal.save(update_fields=["state", "ended_at", "words"])
    events.record(Action.REMOVE, dossier_id=removal.dossier_id, data=str(state), object_id=removal.id)
    cancel_tasks_for(removal.id, at=at, kind=DECIDE_TASK)


def _nothing_opposes(removal: Removal, at: datetime) -> None:
    dossier = Dossier.objects.get(id=removal.dossier_id)
    load_keys([dossier.id])
    sentences = opposing(dossier, at=at)
    if sentences:
        raise Conflict(" ".join(sentences))


def _still_reversible(removal: Removal) -> None:
    if removal.state not in REVERSIBLE:
        raise Conflict(_("The destruction of this dossier has begun and cannot be stopped."))


def _expect(removal: Removal, state: RemovalState) -> None:
    if removal.state != state:
        raise Conflict(_("Somebody was quicker: this removal is now “%s”.") % RemovalState(removal.state).label)
