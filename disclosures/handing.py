"""Handing over: looked at once more at the last moment, printed, registered, and the client told.

Raising would undo what must stay: when a consent was withdrawn or the content
changed, the approval is void for good and a sentence says so (``Stopped``).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock, jobs
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotThere, Refused
from casemgmt.letters.acts import write_letter
from casemgmt.letters.contents import DisclosureNotice, LetterContext, Recipient
from casemgmt.letters.vocabulary import Kind
from casemgmt.organisations.actors import Actor
from casemgmt.policy.calendar import add_term
from casemgmt.policy.decision import Decision
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Ground, Timing
from casemgmt.work.acts import create_task, finish_tasks_for
from consent.facts import Circle, Somebody
from disclosures.acts import asked_on, called, locked, only_in, setting, tell, void
from disclosures.judging import Judgement, ground_label, judge, must_inform, people_of
from disclosures.models import Disclosure
from disclosures.package import Package, package_of
from disclosures.register import keep_row, kinds_given
from disclosures.vocabulary import HAND_OVER, INFORM, LEFT, How, State
from dossiers.models import Dossier, Person
from dossiers.people.reaching import addressee, see_to_it

BUILD = "disclosures.package"


@dataclass(frozen=True, slots=True)
class Telling:
    """How the client is told: now, or later with a reason, a date and what makes it wait (facts of the vocabulary)."""

    later: bool = False
    why: str = ""
    until: date | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    told_before: bool = False


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing was handed over, and why; the approval is void."""

    sentence: str
    decision: Decision | None = None


@act
def hand_over(
    dossier: Dossier, disclosure_id: UUID, *, how: str, telling: Telling, by: Actor, at: datetime
) -> Disclosure | Stopped:
    """Let an approved package leave the house.

    The rules and the content are looked at once more. Then the state, the
    register row, the job that prints the package and the letters to the client
    are written together, or not at all.
    """
    row = locked(dossier, disclosure_id)
    if row.state in LEFT and row.handed_over_by_id == by.user_id:
        return row
    if row.state != State.APPROVED:
        return _not_approved(row)
    profile, around = setting(dossier, row, at)
    judgement, package = judge(row, around, profile, clock.local_date(at)), package_of(row, around)
    stopped = _last_look(dossier, row, judgement, package, at)
    if stopped is not None:
        return stopped
    row.state, row.how = State.HANDED_OVER, How(how).value
    row.handed_over_by_id, row.handed_over_at = by.user_id, at
    row.judgement = {**judgement.to_json(), "ground": judgement.ground}
    row.save()
    finish_tasks_for(row.id, by=by, at=at, kind=HAND_OVER)
    keep_row(row, package, judgement, profile, around, by=by, at=at)
    jobs.enqueue(BUILD, row.id)
    _tell_client(dossier, row, telling, profile, around, by, at)
    events.record(
        Action.DISCLOSE, dossier_id=dossier.id, data="disclosure-handed-over", object_id=row.id, ground=judgement.ground
    )
    return row


@act
def inform_now(dossier: Dossier, disclosure_id: UUID, *, by: Actor, at: datetime) -> Disclosure:
    """Tell the client after all, where informing was put off."""
    row = locked(dossier, disclosure_id)
    if row.state == State.INFORMED:
        return row
    only_in(row, {State.INFORMING_DEFERRED, State.HANDED_OVER})
    profile, around = setting(dossier, row, at)
    decision = must_inform(row, around, profile, clock.local_date(at))
    _write_letters(dossier, row, decision, profile, around, by, at, late=row.deferred_why or "")
    finish_tasks_for(row.id, by=by, at=at, kind=INFORM)
    tell(row, "disclosure-informed")
    return row


@act
def defer_again(dossier: Dossier, disclosure_id: UUID, telling: Telling, *, by: Actor, at: datetime) -> Disclosure:
    """Put informing off once more, with a new reason and a new date."""
    row = locked(dossier, disclosure_id)
    only_in(row, {State.INFORMING_DEFERRED})
    profile, around = setting(dossier, row, at)
    finish_tasks_for(row.id, by=by, at=at, kind=INFORM)
    _defer(dossier, row, telling, profile, around, by, at)
    return row


@act
def close(dossier: Dossier, disclosure_id: UUID, *, by: Actor, at: datetime) -> Disclosure:
    """Finish a disclosure: it has arrived and the client knows."""
    row = locked(dossier, disclosure_id)
    if row.state == State.CLOSED:
        return row
    only_in(row, {State.INFORMED})
    row.state, row.ended_by_id, row.ended_at = State.CLOSED, by.user_id, at
    row.save()
    tell(row, "disclosure-closed")
    return row


def last_day(profile: Profile, on: date) -> date:
    """The last day until which informing may wait (house rule)."""
    return add_term(on, profile.house_rules.informing_deferred.value)


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to wait that the regulation knows: its question, and the facts that a yes sets."""

    key: str
    question: str
    facts: dict[str, Any]
    articles: tuple[str, ...]


def reasons_to_wait(profile: Profile, ground: str) -> tuple[Reason, ...]:
    """The reasons for which this organisation may tell the client later; none: only the role that decides may."""
    rules = profile.informing
    rule = rules.per_ground.get(Ground(ground)) if ground else None
    rule = rule or next((one for event, one in rules.events.items() if event.value == "disclosure"), None)
    found = []
    for number, deferral in enumerate(rule.deferrals if rule else ()):
        if not deferral.forbids and not deferral.omit:
            found.append(
                Reason(str(number), deferral.when.question, _facts(deferral.when.test), tuple(deferral.articles))
            )
    return tuple(found)


def _facts(test: str) -> dict[str, Any]:
    """The facts that make a condition true: "x", "not x" or "x in a|b" (the strongest is written last)."""
    words = test.split(" or ")[0].split(" ")
    if words[0] == "not":
        return {words[1]: False}
    return {words[0]: words[2].split("|")[-1]} if len(words) == 3 else {words[0]: True}


def _not_approved(row: Disclosure) -> Stopped:
    if row.voided_at is None:
        only_in(row, {State.APPROVED})
    stored = (row.judgement or {}).get("may")
    decision = Decision.from_dict(stored) if stored else None
    return Stopped(
        _("The approval is void, because something changed after it. Nothing was handed over. %(why)s")
        % {"why": decision.explanation if decision and not decision.outcome["allowed"] else ""},
        decision,
    )


def _last_look(
    dossier: Dossier, row: Disclosure, judgement: Judgement, package: Package, at: datetime
) -> Stopped | None:
    if not judgement.allowed:
        void(dossier, row, at, "rules")
        why = _withdrawal(judgement) or judgement.may.explanation
        return Stopped(_("Nothing was handed over. %(why)s") % {"why": why}, judgement.may)
    if not judgement.rests_as(asked_on(row)):
        void(dossier, row, at, "ground")
        return Stopped(
            _(
                "Nothing was handed over: it now rests on another ground, or on another's consent, than was approved."
                " Have it approved once more."
            ),
            judgement.may,
        )
    if package.digest != row.content_hash:
        void(dossier, row, at, "content")
        return Stopped(
            _("Nothing was handed over: what would go now is not what was approved. Have it approved once more.")
        )
    return None


def _withdrawal(judgement: Judgement) -> str:
    for one in judgement.needed:
        if one.withdrawn and one.answer is not None and one.answer.withdrawn_at is not None:
            return _("%(name)s withdrew the consent on %(day)s.") % {
                "name": one.person.name,
                "day": clock.local_date(one.answer.withdrawn_at).strftime("%d-%m-%Y"),
            }
    return ""


def _tell_client(
    dossier: Dossier, row: Disclosure, telling: Telling, profile: Profile, around: Circle, by: Actor, at: datetime
) -> None:
    if telling.later:
        _defer(dossier, row, telling, profile, around, by, at)
        return
    decision = must_inform(row, around, profile, clock.local_date(at))
    if decision.outcome.get("timing") == Timing.BEFORE and not telling.told_before:
        raise Conflict(_("First tell the client, before it goes: %(why)s") % {"why": decision.explanation}, decision)
    _write_letters(dossier, row, decision, profile, around, by, at, beforehand=telling.told_before)


def _defer(
    dossier: Dossier, row: Disclosure, telling: Telling, profile: Profile, around: Circle, by: Actor, at: datetime
) -> None:
    """Put informing off: for a reason the regulation knows, or by the role that decides; never longer than allowed."""
    on = clock.local_date(at)
    decision = must_inform(row, around, profile, on, **telling.facts)
    waits = decision.outcome.get("timing") == Timing.MAY_BE_DEFERRED
    if not waits and not by.may("disclosure.approve"):
        raise Refused(decision)
    if not telling.why.strip() or telling.until is None or not on < telling.until <= last_day(profile, on):
        raise Conflict(
            _("Putting it off needs a reason and a date, at most %(days)s away.")
            % {"days": profile.house_rules.informing_deferred.value.dutch()}
        )
    row.state, row.deferred_until, row.deferred_why = State.INFORMING_DEFERRED, telling.until, telling.why
    row.save()
    create_task(
        kind=INFORM,
        due_on=telling.until,
        at=at,
        dossier_id=dossier.id,
        assignee_id=row.proposed_by_id,
        title=_("Tell the client about the disclosure to %(recipient)s") % {"recipient": called(row)},
        detail=telling.why,
        decision=decision,
        link="disclosures:page",
        object_id=row.id,
    )
    tell(row, "disclosure-informing-deferred")


def _write_letters(
    dossier: Dossier,
    row: Disclosure,
    decision: Decision,
    profile: Profile,
    around: Circle,
    by: Actor,
    at: datetime,
    *,
    late: str = "",
    beforehand: bool = False,
) -> None:
    """One letter to each person the regulation names, each to its own address or the portal, never another's."""
    for person in (_person(dossier, one) for one in told(decision, around)):
        context = LetterContext(
            content=_notice(row, profile, around, at, late=late, beforehand=beforehand),
            addressee=addressee(person, clock.local_date(at)),
            dossier_number=dossier.number,
            decisions=tuple(_decisions(row, decision)),
        )
        letter = write_letter(
            dossier_id=dossier.id,
            to_person_id=person.id,
            kind=Kind.DISCLOSURE_NOTICE,
            context=context,
            by=by,
            at=at,
        )
        see_to_it(dossier, person, letter, by=by, at=at)
    row.state, row.informed_at = State.INFORMED, at
    row.save()


def told(decision: Decision, around: Circle) -> tuple[Somebody, ...]:
    """Who gets the letter; where the rule names nobody who is there, the client."""
    return people_of(around, tuple(decision.outcome.get("who", ()))) or (around.client,)


def _notice(
    row: Disclosure, profile: Profile, around: Circle, at: datetime, *, late: str, beforehand: bool
) -> DisclosureNotice:
    ground = (row.judgement or {}).get("ground") or ""
    return DisclosureNotice(
        on=clock.local_date(row.handed_over_at or at),
        recipients=(Recipient(row.recipient.get("name", ""), row.recipient.get("organisation", "")),),
        shared=kinds_given(row, profile),
        purpose=row.purpose,
        ground=ground_label(profile, ground),
        motives=Decision.from_dict((row.judgement or {})["may"]).explanation,
        about=around.client.name,
        with_consent=ground == Ground.CONSENT,
        beforehand=beforehand,
        late_because=late,
    )


def _decisions(row: Disclosure, decision: Decision) -> list[Decision]:
    return [Decision.from_dict((row.judgement or {})["may"]), decision]


def _person(dossier: Dossier, somebody: Somebody) -> Person:
    person: Person | None = Person.objects.filter(dossier=dossier, id=somebody.id).first()
    if person is None:
        raise NotThere
    return person
