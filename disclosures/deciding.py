"""The second person: approving exactly what was seen, or not approving it, with a reason."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotAllowed, Refused
from casemgmt.organisations.actors import Actor
from casemgmt.work.acts import cancel_tasks_for, create_task, finish_tasks_for
from disclosures import printing
from disclosures.acts import asked_on, called, end, locked, only_in, rejudge, setting, tell
from disclosures.again import to_ask_again
from disclosures.judging import judge
from disclosures.models import Disclosure
from disclosures.package import package_of
from disclosures.vocabulary import APPROVE, ASK_AGAIN, HAND_OVER, LEFT, PREPARING, QUESTION, REVIEW, State
from dossiers.models import Dossier


class SamePerson(NotAllowed):
    """Whoever proposed something may not be the second person who looks at it."""

    word = "same-person"


@act
def approve(dossier: Dossier, disclosure_id: UUID, *, seen: str, by: Actor, at: datetime) -> Disclosure:
    """Approve the package that was seen (``seen`` is its digest), which is then printed; never by who proposed it.

    Raises SamePerson for whoever proposed it or asked for approval, and Conflict when the content, or what the
    regulation says of it, is no longer what was on the screen.
    """
    row = locked(dossier, disclosure_id)
    if row.state == State.APPROVED and row.approved_by_id == by.user_id and row.content_hash == seen:
        return row
    only_in(row, {State.AWAITING_APPROVAL})
    refuse_same_person(row, by)
    profile, around = setting(dossier, row, at)
    package = package_of(row, around)
    if package.not_ready:
        raise Conflict(package.not_ready)
    if not seen or package.digest != seen or row.content_hash != seen:
        raise Conflict(_("The package changed after you opened this page. Look at it again before you approve it."))
    judgement = judge(row, around, profile, clock.local_date(at))
    if not judgement.allowed:
        raise Conflict(_("This may not go any more: %(why)s") % {"why": judgement.may.explanation}, judgement.may)
    if not judgement.rests_as(asked_on(row)):
        raise Conflict(
            _("It rests on another ground, or on another's consent, than when approval was asked. Have it asked anew."),
            judgement.may,
        )
    row.state, row.approved_by_id, row.approved_at = State.APPROVED, by.user_id, at
    row.judgement = {**judgement.to_json(), "basis": asked_on(row)}
    row.save()
    printing.order(row)
    finish_tasks_for(row.id, by=by, at=at, kind=APPROVE)
    cancel_tasks_for(row.id, at=at, kind=ASK_AGAIN)
    create_task(
        kind=HAND_OVER,
        due_on=clock.local_date(at),
        at=at,
        dossier_id=dossier.id,
        unit_id=dossier.unit_id,
        assignee_id=row.proposed_by_id,
        title=_("Hand over to %(recipient)s: it was approved") % {"recipient": called(row)},
        link="disclosures:page",
        object_id=row.id,
    )
    events.record(Action.DECIDE, dossier_id=dossier.id, data="disclosure-approved", object_id=row.id)
    return row


@act
def refuse(dossier: Dossier, disclosure_id: UUID, *, why: str, by: Actor, at: datetime) -> Disclosure:
    """Do not approve; the reason goes back to who proposed it. Nothing leaves the house."""
    row = locked(dossier, disclosure_id)
    if row.state == State.REFUSED and row.ended_by_id == by.user_id:
        return row
    only_in(row, {State.AWAITING_APPROVAL})
    refuse_same_person(row, by)
    row.content_hash = ""
    end(row, State.REFUSED, why, by=by, at=at)
    events.record(Action.DECIDE, dossier_id=dossier.id, data="disclosure-refused", object_id=row.id, words=why)
    return row


@act
def answer_question(
    dossier: Dossier, disclosure_id: UUID, *, answer: str, may: bool = False, by: Actor, at: datetime
) -> Disclosure:
    """Answer what was laid before this role; the answer goes back to who asked, as a task, and stands in the trail.

    ``may`` lets it go where the text is silent on whose consent it needs, and there alone: raises Refused elsewhere,
    for no answer of a person takes the place of consent or of a ground.
    """
    row = locked(dossier, disclosure_id)
    only_in(row, PREPARING)
    refuse_same_person(row, by)
    open_question = finish_tasks_for(row.id, by=by, at=at, kind=QUESTION)
    if may:
        _let_go(dossier, row, answer, open_question, by, at)
    else:
        row.answers = {name: value for name, value in row.answers.items() if name != "decision"}
    if open_question:
        create_task(
            kind=QUESTION,
            due_on=clock.local_date(at),
            at=at,
            dossier_id=dossier.id,
            unit_id=dossier.unit_id,
            assignee_id=row.proposed_by_id,
            title=_("Your question about %(recipient)s was answered") % {"recipient": called(row)},
            detail=answer,
            link="disclosures:page",
            object_id=row.id,
        )
    row.answers = {**row.answers, "answer_of_decider": answer}
    row.save(update_fields=["answers"])
    rejudge(dossier, row, at)
    tell(row, "disclosure-answered", ground="may" if may else "")
    return row


@act
def review(dossier: Dossier, disclosure_id: UUID, *, found: str, by: Actor, at: datetime) -> Disclosure:
    """Look afterwards at what went in acute danger, and say what was found; never by who proposed or handed it over.

    Raises Conflict when nobody waits for it.
    """
    row = locked(dossier, disclosure_id)
    only_in(row, LEFT)
    refuse_same_person(row, by)
    if by.user_id == row.handed_over_by_id:
        raise SamePerson(_("You handed this over yourself. Somebody else must look at it."))
    if not finish_tasks_for(row.id, by=by, at=at, kind=REVIEW):
        raise Conflict(_("Nobody has to look at this disclosure any more. Nothing was changed."))
    seen = {"found": found, "name": by.name, "on": clock.local_date(at).isoformat()}
    row.answers = {**row.answers, "reviewed": seen}
    row.save(update_fields=["answers"])
    events.record(Action.DECIDE, dossier_id=dossier.id, data="disclosure-reviewed", object_id=row.id)
    return row


def look_at_asked(dossier: Dossier, at: datetime) -> None:
    """Something in the dossier was put right: tell who proposed it where what was asked cannot be approved any more.

    The request stays as it is; what is put back as it was takes the task away.
    """
    for row in Disclosure.objects.select_for_update().filter(dossier=dossier, state=State.AWAITING_APPROVAL):
        ground = _cannot_be_approved(dossier, row, at)
        if ground:
            to_ask_again(row, ground, called(row), at)
        else:
            cancel_tasks_for(row.id, at=at, kind=ASK_AGAIN)


def _cannot_be_approved(dossier: Dossier, row: Disclosure, at: datetime) -> str:
    """What stands in the way of approving what was asked, as the trail calls it; empty where nothing does."""
    profile, around = setting(dossier, row, at)
    package = package_of(row, around)
    if package.not_ready or package.digest != row.content_hash:
        return "content"
    judgement = judge(row, around, profile, clock.local_date(at))
    return "" if judgement.allowed and judgement.rests_as(asked_on(row)) else "rules"


def _let_go(dossier: Dossier, row: Disclosure, why: str, asked: int, by: Actor, at: datetime) -> None:
    """Keep the decision of who decides, where the regulation leaves it to a person."""
    profile, around = setting(dossier, row, at)
    may = judge(row, around, profile, clock.local_date(at)).may
    if not asked or may.overrule_by is None or may.absolute:
        raise Refused(may)
    decision = {"may": True, "why": why, "name": by.name, "on": clock.local_date(at).isoformat()}
    row.answers = {**row.answers, "decision": decision}


def refuse_same_person(row: Disclosure, by: Actor) -> None:
    """Nobody decides about their own proposal: raises SamePerson, which the door writes down."""
    if by.user_id in (row.proposed_by_id, row.asked_by_id):
        raise SamePerson(
            _("You proposed this disclosure yourself. Somebody else must look at it: ask another manager of the team.")
        )
