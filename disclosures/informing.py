"""Telling the client of what left: with the hand-over, or later for a reason, and never longer than a term at a time.

Putting it off is not leaving it out: on the day that was named it comes back as
a task, and whoever puts it off once more says anew why and until when. Why, is
between colleagues: the letter gives the regulation's own sentence, for it also
goes to whom the danger came from.

For a reason that the regulation does not name only the role that decides may put
it off, beforehand or afterwards, and never who proposed it. What it decided
beforehand holds at the hand-over, whoever does that; and until its day nobody
else tells the client, or changes that day.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotThere, Refused
from casemgmt.letters.acts import write_letter
from casemgmt.letters.contents import DisclosureNotice, LetterContext, Recipient
from casemgmt.letters.vocabulary import Kind
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.informing import informing_waits_until
from casemgmt.policy.rules.unknown import not_filled_in
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Ground, Timing
from casemgmt.web.dates import date_plain
from casemgmt.work.acts import create_task, finish_tasks_for
from casemgmt.work.models import Task
from consent.facts import Circle, Somebody
from disclosures.acts import called, locked, only_in, setting, tell
from disclosures.deciding import refuse_same_person
from disclosures.guarded import guard_for
from disclosures.judging import ground_label, ground_of, must_inform, people_of, why_told_late
from disclosures.models import Disclosure
from disclosures.register import kinds_given
from disclosures.vocabulary import INFORM, PENDING, State
from dossiers.access import can
from dossiers.models import Dossier, Person
from dossiers.people.reaching import addressee, see_to_it
from dossiers.verbs import Verb


@dataclass(frozen=True, slots=True)
class Telling:
    """How the client is told: now, or later with a reason, a date and what makes it wait (facts of the vocabulary)."""

    later: bool = False
    why: str = ""
    until: date | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    told_before: bool = False


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason to wait that the regulation knows: its question, and the facts that a yes sets."""

    key: str
    question: str
    facts: dict[str, Any]
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """One disclosure at the moment somebody does something with it: the people, the rules, who and when."""

    dossier: Dossier
    row: Disclosure
    profile: Profile
    around: Circle
    by: Actor
    at: datetime

    @property
    def on(self) -> date:
        """The day."""
        return clock.local_date(self.at)

    def must_inform(self, **answers: Any) -> Decision:
        """Who is told, when and of what; ``answers`` are facts that may make it wait."""
        return must_inform(self.row, self.around, self.profile, self.on, **answers)


@act
def inform_now(dossier: Dossier, disclosure_id: UUID, *, by: Actor, at: datetime) -> Disclosure:
    """Tell the client after all, where informing was put off.

    Raises Conflict as long as it waits because the role that may always put it off said so, and this is another.
    """
    row = locked(dossier, disclosure_id)
    if row.state == State.INFORMED:
        return row
    only_in(row, {State.INFORMING_DEFERRED, State.HANDED_OVER})
    now = Situation(dossier, row, *setting(dossier, row, at, former=True), by, at)
    _look_at_who_put_it_off(now)
    _write_letters(now, now.must_inform(), late=row.deferred_until is not None)
    finish_tasks_for(row.id, by=by, at=at, kind=INFORM)
    tell(row, "disclosure-informed")
    return row


@act
def decide_telling(dossier: Dossier, disclosure_id: UUID, telling: Telling, *, by: Actor, at: datetime) -> Disclosure:
    """Decide before it leaves that the client is told later, or with the hand-over after all; by the role that may.

    It can be decided anew as long as nothing has left. Raises SamePerson for whoever proposed it, Refused for every
    other role, and Conflict when a reason or day lacks.
    """
    row = locked(dossier, disclosure_id)
    only_in(row, PENDING)
    refuse_same_person(row, by)
    now = Situation(dossier, row, *setting(dossier, row, at), by, at)
    if not may_always_defer(by, dossier, row, now.profile):
        raise Refused(now.must_inform())
    if telling.later:
        _look_at_day(now, telling)
    said = (telling.until, telling.why) if telling.later else (None, None)
    if (row.deferred_until, row.deferred_why) == said:
        return row
    row.deferred_until, row.deferred_why = said
    row.save()
    tell(row, "disclosure-informing-deferred" if telling.later else "disclosure-informing-at-once", ground="before")
    return row


@act
def defer_again(dossier: Dossier, disclosure_id: UUID, telling: Telling, *, by: Actor, at: datetime) -> Disclosure:
    """Put informing off once more, weighed anew: a reason of this moment and a new date.

    GT-15.5-b lets it wait, not lapse, as long as the danger is there; the house rule
    says after how long somebody weighs that again. Raises as ``tell_or_defer`` does.
    """
    row = locked(dossier, disclosure_id)
    only_in(row, {State.INFORMING_DEFERRED})
    now = Situation(dossier, row, *setting(dossier, row, at, former=True), by, at)
    said = (row.deferred_until, row.deferred_why) == (telling.until, telling.why)
    if said and row.deferred_until is not None and row.deferred_until > now.on:
        return row
    finish_tasks_for(row.id, by=by, at=at, kind=INFORM)
    _defer(now, telling)
    return row


def tell_or_defer(now: Situation, telling: Telling) -> None:
    """Write the letters, or put them off, in the transaction that hands over.

    Raises Refused when neither the regulation nor the role lets it wait, and
    Conflict when it must be said beforehand and was not, or a reason or day lacks.
    """
    if now.row.deferred_until is not None and not lapsed(now.row, now.on):
        _wait(now, _of_the_role(now, now.must_inform()))  # decided before it left, by the role that may
        return
    if telling.later:
        _defer(now, telling)
        return
    decision = now.must_inform()
    if decision.outcome.get("timing") == Timing.BEFORE and not telling.told_before:
        raise Conflict(_("First tell the client, before it goes: %(why)s") % {"why": decision.explanation}, decision)
    _write_letters(now, decision, beforehand=telling.told_before)


def last_day(profile: Profile, on: date) -> date:
    """The last day until which informing may be put off on this day."""
    until: date = informing_waits_until(profile, on).outcome["until"]
    return until


def reasons_to_wait(profile: Profile, ground: str) -> tuple[Reason, ...]:
    """The reasons for which this organisation may tell the client later; none: only the role that decides may."""
    rules = profile.informing
    known = ground_of(ground)
    rule = rules.per_ground.get(known) if known else None
    rule = rule or next((one for event, one in rules.events.items() if event.value == "disclosure"), None)
    return tuple(
        Reason(str(number), one.when.question, _facts(one.when.test), tuple(one.articles))
        for number, one in enumerate(rule.deferrals if rule else ())
        if not one.forbids
    )


def may_always_defer(actor: Actor, dossier: Dossier, row: Disclosure, profile: Profile) -> bool:
    """Whether this person may put telling off for a reason the regulation does not name.

    That is the role which the house rule names for approving, and no other that may approve too (SH-3.7.7); and
    never who proposed it or asked for approval.
    """
    return (
        actor.user_id not in (row.proposed_by_id, row.asked_by_id)
        and decides_telling(actor, profile)
        and can(actor, Verb.APPROVE_DISCLOSURE, dossier)
    )


def decides_telling(actor: Actor, profile: Profile) -> bool:
    """Whether this person has the role that may put telling off for any reason, whatever the dossier."""
    return str(profile.disclosure.approved_by.value) in actor.units_by_role


def lapsed(row: Disclosure, on: date) -> bool:
    """Whether putting off, decided before it left, must be decided anew: its day has come, or it goes elsewhere now."""
    return row.deferred_why is not None and (row.deferred_until is None or row.deferred_until <= on)


def undone(row: Disclosure) -> bool:
    """Whether putting off, decided before it left, lapsed because it went elsewhere or for something else since.

    It stays so when that is changed back: whoever decided looks at it anew, and no reason of the rules takes their
    place. Where only its day has come a worker may wait for such a reason.
    """
    return row.deferred_why is not None and row.deferred_until is None


def held(row: Disclosure, on: date) -> bool:
    """Whether it left, and only the role that decided that telling waits may tell sooner: until the day it named.

    The task that waits says on whose word: of that role, or a reason of the regulation that let the worker wait.
    """
    if row.state != State.INFORMING_DEFERRED or row.deferred_until is None or row.deferred_until <= on:
        return False
    task = Task.objects.filter(object_id=row.id, kind=INFORM).order_by("-made_at", "-id").first()
    if task is None or not task.decision:
        return True  # nobody can tell any more on whose word it waits, so it waits for who decides
    decision = Decision.from_dict(task.decision)
    return decision.overrule_by is not None or not _waits(decision)


def told(decision: Decision, around: Circle) -> tuple[Somebody, ...]:
    """Who gets the letter; where the rule names nobody who is there, the client; nobody while that cannot be told."""
    if not_filled_in(decision):
        return ()
    return people_of(around, tuple(decision.outcome.get("who", ()))) or (around.client,)


def _facts(test: str) -> dict[str, Any]:
    """The facts that make a condition true: "x", "not x" or "x in a|b" (the strongest is written last)."""
    words = test.split(" or ")[0].split(" ")
    if words[0] == "not":
        return {words[1]: False}
    return {words[0]: words[2].split("|")[-1]} if len(words) == 3 else {words[0]: True}


def _defer(now: Situation, telling: Telling) -> None:
    """Put informing off: for a reason the regulation knows, or by the role that decides; never longer than allowed."""
    row, decision = now.row, now.must_inform(**telling.facts)
    always = may_always_defer(now.by, now.dossier, row, now.profile)
    if not _waits(decision) and not always:
        raise Refused(decision)
    _look_at_who_put_it_off(now)
    _look_at_day(now, telling)
    row.deferred_until, row.deferred_why = telling.until, telling.why
    _wait(now, _of_the_role(now, decision) if always else decision)
    tell(row, "disclosure-informing-deferred")


def _waits(decision: Decision) -> bool:
    """Whether the regulation lets it wait; what may be left out for a reason (GT-16.4) may certainly wait for it."""
    return decision.outcome.get("timing") == Timing.MAY_BE_DEFERRED or not decision.outcome.get("duty", True)


def _of_the_role(now: Situation, decision: Decision) -> Decision:
    """The same, waiting on the word of the role that decides: only that role may decide otherwise before the day."""
    return replace(decision, overrule_by=_role(now))


def _role(now: Situation) -> str:
    """In this organisation's words, the role that may put telling off for any reason."""
    return now.profile.roles.label(str(now.profile.disclosure.approved_by.value))


def _look_at_who_put_it_off(now: Situation) -> None:
    """Raises Conflict for everybody but the role on whose word it waits, until the day it named has come."""
    row = now.row
    if not held(row, now.on) or may_always_defer(now.by, now.dossier, row, now.profile):
        return
    assert row.deferred_until is not None
    raise Conflict(
        _(
            "The %(role)s put telling the client off. Before %(day)s only the %(role)s may tell the client,"
            " or let it wait longer."
        )
        % {"role": _role(now), "day": date_plain(row.deferred_until)},
        now.must_inform(),
    )


def _look_at_day(now: Situation, telling: Telling) -> None:
    """Raises Conflict without words, and without a day that the house rule lets it wait for."""
    longest = informing_waits_until(now.profile, now.on)
    if not telling.why.strip() or telling.until is None or not now.on < telling.until <= longest.outcome["until"]:
        raise Conflict(
            _("Putting it off needs a reason and a date, at the latest %(day)s.")
            % {"day": date_plain(longest.outcome["until"])},
            longest,
        )


def _wait(now: Situation, decision: Decision) -> None:
    """No letter yet; on the day that was named it comes back as a task."""
    row = now.row
    assert row.deferred_until is not None
    row.state = State.INFORMING_DEFERRED
    row.save()
    create_task(
        kind=INFORM,
        due_on=row.deferred_until,
        at=now.at,
        dossier_id=row.dossier_id,
        unit_id=now.dossier.unit_id,
        assignee_id=row.proposed_by_id,
        title=_("Tell the client about the disclosure to %(recipient)s") % {"recipient": called(row)},
        detail=row.deferred_why,
        decision=decision,
        link="disclosures:page",
        object_id=row.id,
    )


def _write_letters(now: Situation, decision: Decision, *, late: bool = False, beforehand: bool = False) -> None:
    """One letter to each person the regulation names, each to its own address or the portal, never another's.

    Raises Refused while nobody can tell who must be told, for want of a birth date.
    """
    if not_filled_in(decision):
        raise Refused(decision)
    row = now.row
    waited = why_told_late(row, now.around, now.profile) if late else None
    may = Decision.from_dict((row.judgement or {})["may"])
    for person in (_person(now.dossier, one) for one in told(decision, now.around)):
        context = LetterContext(
            content=_notice(now, may, waited, person, beforehand=beforehand),
            addressee=addressee(person, now.on),
            dossier_number=now.dossier.number,
            decisions=(may, decision, *((waited,) if waited else ())),
        )
        letter = write_letter(
            dossier_id=row.dossier_id,
            to_person_id=person.id,
            kind=Kind.DISCLOSURE_NOTICE,
            context=context,
            by=now.by,
            at=now.at,
        )
        see_to_it(now.dossier, person, letter, by=now.by, at=now.at)
    row.state, row.informed_at = State.INFORMED, now.at
    row.save()


def _notice(
    now: Situation, may: Decision, waited: Decision | None, reader: Person, *, beforehand: bool
) -> DisclosureNotice:
    row = now.row
    ground = (row.judgement or {}).get("ground") or ""
    said_yes = row.consent_of
    by_consent = ground == Ground.CONSENT
    guard = guard_for(row.dossier_id, reader.id)
    recipient = guard.recipient(row.recipient, row.recipient_kind)
    return DisclosureNotice(
        on=clock.local_date(row.handed_over_at or now.at),
        recipients=(Recipient(recipient.get("name", ""), recipient.get("organisation", "")),),
        shared=kinds_given(row),
        purpose=guard.words(row.purpose),
        ground=ground_label(now.profile, ground),
        motives=_who_said_yes(reader, said_yes) if by_consent else guard.words(may.explanation),
        about="" if reader.id == now.around.client.id else now.around.client.name,
        with_consent=by_consent,
        own_consent=str(reader.id) in said_yes,
        beforehand=beforehand,
        late_because=waited.explanation if waited else "",
    )


def _who_said_yes(reader: Person, said_yes: Collection[str]) -> str:
    """On consent it rests on who said yes; who the others are, one reader need not learn from the letter."""
    if str(reader.id) not in said_yes:
        return "Ieder van wie een ja nodig was, zei ja."
    return "U zei ja." if len(said_yes) == 1 else "U zei ja, en ook ieder ander van wie een ja nodig was."


def _person(dossier: Dossier, somebody: Somebody) -> Person:
    person: Person | None = Person.objects.filter(dossier=dossier, id=somebody.id).first()
    if person is None:
        raise NotThere
    return person
