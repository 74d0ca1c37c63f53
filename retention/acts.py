"""Closing and reopening a dossier, its judgements and end date, and what holds it back.

The steps of a removal stand in ``retention.removing``; nothing here destroys.
"""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.policy.versions import profile_in_force
from casemgmt.work.acts import finish_tasks_for
from dossiers.models import Dossier
from retention.end_dates import calculate, preview
from retention.facts import Answers, children_of
from retention.judgements import YOUTH_CHOICES, extension_rule
from retention.models import EndDate, Hold, Removal
from retention.removing import (
    DESTROY,
    approve,
    cancel,
    end_removal,
    keep,
    propose,
    review,
    take_back,
    this_removal,
    try_again,
)
from retention.vocabulary import ASK_YOUTH, REVERSIBLE, RUNNING, RemovalState

__all__ = [
    "DESTROY",
    "answer_of_youth",
    "approve",
    "calculate",
    "cancel",
    "close_dossier",
    "extend",
    "judge",
    "keep",
    "lift_hold",
    "place_hold",
    "preview",
    "propose",
    "reopen_dossier",
    "review",
    "take_back",
    "this_removal",
    "try_again",
]


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
        end_removal(removal, RemovalState.CANCELLED, at=at)
    EndDate.objects.filter(dossier=dossier).delete()
    dossier.state, dossier.closed_on = Dossier.State.OPEN, None
    dossier.save(update_fields=["state", "closed_on"])
    events.record(Action.CLOSE, dossier_id=dossier.id, data="reopened")


def judge(dossier: Dossier, *, answers: Answers, by: Actor, at: datetime) -> Decision:
    """Change the judgements of a closed dossier; what was answered by the youths stays."""
    row = _end_date(dossier)
    before = Answers.from_json(row.answers)
    events.record(Action.CHANGE, dossier_id=dossier.id, data="keeping-judgements", words=answers.why or None)
    return calculate(dossier, answers=replace(answers, youths=before.youths, adult_youth=before.adult_youth), at=at)


def answer_of_youth(dossier: Dossier, *, person_id: UUID, answer: str, by: Actor, at: datetime) -> Decision:
    """Note what a now adult child did with the question that must come first (VT-18.4)."""
    row = _end_date(dossier)
    if person_id not in {child.id for child in children_of(dossier)}:
        raise NotThere
    if answer not in dict(YOUTH_CHOICES):
        raise ValueError(f"{answer!r} is no answer of a youth.")
    known = Answers.from_json(row.answers)
    events.record(Action.CHANGE, dossier_id=dossier.id, data="adult-youth", object_id=person_id, ground=answer)
    decision = calculate(dossier, answers=replace(known, youths={**known.youths, str(person_id): answer}), at=at)
    finish_tasks_for(dossier.id, by=by, at=at, kind=ASK_YOUTH)
    return decision


def extend(dossier: Dossier, *, until: date, why: str, by: Actor, at: datetime) -> Decision:
    """Keep a dossier longer, with a reason, where the regulation knows it; ends a running removal that can end."""
    row = _end_date(dossier, lock=True)
    if extension_rule(profile_in_force(clock.local_date(at))) is None:
        raise Conflict(_("Your regulation does not know a longer term. You can hold this back with a reason."))
    if row.due_on is None or until <= row.due_on:
        raise Conflict(_("Choose a day after the present end date."))
    row.extended_until, row.extended_why = until, why
    row.save()
    for removal in Removal.objects.select_for_update().filter(dossier_id=dossier.id, state__in=REVERSIBLE):
        removal.words = why
        end_removal(removal, RemovalState.KEPT, at=at)
    events.record(Action.REMOVE, dossier_id=dossier.id, data="extension", words=why)
    return calculate(dossier, at=at)


def place_hold(dossier: Dossier, *, why: str, by: Actor, at: datetime) -> Hold:
    """Hold a dossier back from destruction until the hold is lifted."""
    assert by.user_id is not None
    hold = Hold.objects.create(dossier=dossier, why=why, placed_by_id=by.user_id, placed_at=at)
    events.record(Action.REMOVE, dossier_id=dossier.id, data="hold", object_id=hold.id, words=why)
    return hold


def lift_hold(dossier: Dossier, hold_id: UUID, *, by: Actor, at: datetime) -> None:
    """Lift a standing hold."""
    hold = Hold.objects.select_for_update().filter(dossier=dossier, id=hold_id).first()
    if hold is None:
        raise NotThere
    if hold.lifted_at is not None:
        raise Conflict(_("This hold was lifted already."))
    hold.lifted_by_id, hold.lifted_at = by.user_id, at
    hold.save(update_fields=["lifted_by_id", "lifted_at"])
    events.record(Action.REMOVE, dossier_id=dossier.id, data="hold-lifted", object_id=hold.id)


def _end_date(dossier: Dossier, *, lock: bool = False) -> EndDate:
    rows = EndDate.objects.select_for_update() if lock else EndDate.objects.all()
    row = rows.filter(dossier=dossier).first()
    if row is None or dossier.closed_on is None:
        raise Conflict(_("This dossier is not closed, so it has no end date yet."))
    return row
