"""Preparing a disclosure: propose, answer, choose, black out, have it assessed, ask, stop.

Each act gets the dossier from the door (``change_dossier``), locks its row,
checks the state and writes one event. Changing what was asked to be approved
voids the request or the approval.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.rules.disclosure import question_due
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Purpose, Recipient
from casemgmt.policy.versions import profile_in_force
from casemgmt.work.acts import cancel_tasks_for, create_task, finish_tasks_for
from consent.facts import Circle, circle
from disclosures import printing
from disclosures.again import to_ask_again
from disclosures.judging import Judgement, judge, offered
from disclosures.models import Disclosure, DisclosureItem
from disclosures.package import LookAgain, Package, a_look, all_about, mark_of_look, package_of
from disclosures.redaction import Span, sentence_spans
from disclosures.vocabulary import APPROVE, ASK_AGAIN, HAND_OVER, PENDING, PREPARING, QUESTION, RUNNING, State
from dossiers.content import SavedBefore, saved_before
from dossiers.models import Dossier, Entry, EntryVersion, Person
from dossiers.people.vocabulary import PersonRole


@dataclass(frozen=True, slots=True)
class Proposal:
    """Whose data go to whom and why. ``id`` comes from the form, so that sending it twice proposes once."""

    about_id: UUID
    recipient_kind: str
    name: str
    organisation: str
    purpose: str
    address: str = ""
    purpose_kind: str = "help"
    answers: Mapping[str, bool] = field(default_factory=dict)
    id: UUID | None = None

    @property
    def recipient(self) -> dict[str, str]:
        """As stored."""
        return {"name": self.name, "organisation": self.organisation, "address": self.address}


@dataclass(frozen=True, slots=True)
class Weighing:
    """A chosen ground: the answer to each question, why it goes without consent, why it cannot wait, who was consulted.

    ``answers`` by the name of the question, ``consulted_on`` the day of the consultation.
    """

    key: str
    answers: Mapping[str, str]
    why: str
    acute_why: str = ""
    consulted: str = ""
    consulted_on: date | None = None

    @property
    def stored(self) -> dict[str, Any]:
        """As stored with the answers."""
        day = self.consulted_on.isoformat() if self.consulted_on else ""
        words = {"why": self.why, "acute_why": self.acute_why, "consulted": self.consulted, "consulted_on": day}
        return {"key": self.key, "answers": dict(self.answers), **words}


# What a change of the answers is to who must ask anew; any other changes what would go.
_WHAT_CHANGED = {"disclosure-conditions": "rules", "disclosure-ground": "rules"}
_WEIGHED = frozenset({"ground", "decision", "answer_of_decider"})


@act
def propose(dossier: Dossier, new: Proposal, *, by: Actor, at: datetime) -> Disclosure:
    """Begin a disclosure; it is assessed at once, so that the page can say whose consent is needed.

    The same form sent twice gives the disclosure it began before. Raises SavedBefore for something else in it.
    """
    assert by.user_id is not None
    known = _already(dossier, new)
    if known is not None:
        return known
    row = Disclosure(
        id=new.id or uuid4(),
        dossier=dossier,
        about=_client(dossier, new.about_id),
        recipient_kind=Recipient(new.recipient_kind).value,
        recipient=new.recipient,
        purpose_kind=Purpose(new.purpose_kind).value,
        purpose=new.purpose,
        answers=dict(new.answers),
        proposed_by_id=by.user_id,
        proposed_at=at,
    )
    row.save()
    tell(row, "disclosure-proposed")
    return assess(dossier, row.id, by=by, at=at)


@act
def change_proposal(dossier: Dossier, disclosure_id: UUID, new: Proposal, *, by: Actor, at: datetime) -> Disclosure:
    """Change about whom, to whom or why; what was chosen, answered or approved for another is so no longer."""
    row = locked(dossier, disclosure_id)
    only_in(row, RUNNING)
    same = _whom_and_why(row) == _whom_and_why(new)
    if row.about_id != new.about_id:
        row.items.all().delete()
    row.about = _client(dossier, new.about_id)
    row.recipient_kind = Recipient(new.recipient_kind).value
    row.recipient, row.purpose = new.recipient, new.purpose
    row.purpose_kind = Purpose(new.purpose_kind).value
    # What was answered, weighed or decided for one recipient and purpose says nothing of another.
    kept = {name: value for name, value in row.answers.items() if same and name not in _WEIGHED}
    row.answers = kept | dict(new.answers)
    if not same:
        row.deferred_until = None  # the reason stays: whoever put telling off decides it anew
    row.save()
    cancel_tasks_for(row.id, at=at, kind=QUESTION)
    return _changed(dossier, row, "disclosure-recipient", by, at)


@act
def answer_conditions(
    dossier: Dossier, disclosure_id: UUID, answers: Mapping[str, bool], *, by: Actor, at: datetime
) -> Disclosure:
    """Answer what the regulation asks beside consent, such as whether it is necessary."""
    row = locked(dossier, disclosure_id)
    only_in(row, RUNNING)
    row.answers = {**row.answers, **{name: bool(value) for name, value in answers.items()}}
    row.save()
    return _changed(dossier, row, "disclosure-conditions", by, at)


@act
def answer_ground(dossier: Dossier, disclosure_id: UUID, said: Weighing, *, by: Actor, at: datetime) -> Disclosure:
    """Choose a ground without consent and answer its conditions, with reasons. SH-3.7.8; GT-15.4; BT-toestemming-11.

    Raises NotThere for a ground that this organisation does not know for this recipient.
    """
    row = locked(dossier, disclosure_id)
    only_in(row, RUNNING)
    if offered(profile_in_force(clock.local_date(at)), row, said.key) is None:
        raise NotThere
    row.answers = {**row.answers, "ground": {**said.stored, "by": by.name, "at": at.isoformat()}}
    row.save()
    return _changed(dossier, row, "disclosure-ground", by, at)


@act
def choose_items(
    dossier: Dossier, disclosure_id: UUID, entry_ids: Iterable[UUID], *, by: Actor, at: datetime
) -> Disclosure:
    """Choose which entries go, each in its newest version; what was blacked out in one that stays, stays.

    Only entries about this client can be chosen: raises NotThere for any other id.
    Working notes and drafts are not entries, so nothing can choose them.
    """
    row = locked(dossier, disclosure_id)
    only_in(row, RUNNING)
    wanted = list(dict.fromkeys(entry_ids))
    entries = {entry.id: entry for entry in Entry.objects.filter(dossier=dossier, id__in=wanted)}
    if len(entries) < len(wanted) or not all_about(row.about_id, entries.values()):
        raise NotThere
    kept = {item.entry_id: item for item in row.items.all()}
    row.items.exclude(entry_id__in=wanted).delete()
    for entry in sorted(entries.values(), key=lambda one: (one.happened_on, one.recorded_at)):
        if entry.id not in kept:
            _add(row, entry)
    return _changed(dossier, row, "disclosure-items", by, at)


@act
def black_out(
    dossier: Dossier,
    disclosure_id: UUID,
    item_id: UUID,
    starts: Sequence[int],
    *,
    by: Actor,
    at: datetime,
    source: bool = False,
    seen: str | None = None,
) -> Disclosure:
    """Black out these sentences of an item (by where they start), and note that somebody looked at it.

    ``source``: whether what the entry names as its source goes along. It is left out unless somebody says so, for it
    may name people who are not in the dossier, whom nothing blacks out by itself. ``seen``: the mark of the piece on
    the page (None where there was no page). Raises LookAgain where it is another by now.
    """
    row = locked(dossier, disclosure_id)
    only_in(row, RUNNING)
    item = DisclosureItem.objects.select_for_update().filter(disclosure=row, id=item_id).first()
    if item is None:
        raise NotThere
    look = a_look(dossier.id)
    if seen not in (None, mark_of_look(item.version, look["secrets"])):
        told = _("Since you opened this page an address became secret or changed, or this piece was worded anew.")
        raise LookAgain(told + " " + _("Nothing was kept. What you ticked still stands here: look at the piece again."))
    text = EntryVersion.objects.get(dossier=dossier, entry_id=item.entry_id, number=item.version).text
    chosen = [span for span in sentence_spans(text) if span.start in set(starts)]
    item.redactions = {"spans": [_stored(span) for span in chosen], **look, "source": source}
    item.save(update_fields=["redactions"])
    return _changed(dossier, row, "disclosure-redaction", by, at)


@act
def refresh_item(dossier: Dossier, disclosure_id: UUID, item_id: UUID, *, by: Actor, at: datetime) -> Disclosure:
    """Take an entry in its newest wording; what was blacked out in the older one must be chosen anew."""
    row = locked(dossier, disclosure_id)
    only_in(row, RUNNING)
    item = DisclosureItem.objects.select_for_update().filter(disclosure=row, id=item_id).first()
    if item is None:
        raise NotThere
    item.version, item.redactions = Entry.objects.get(dossier=dossier, id=item.entry_id).version, _untouched()
    item.save(update_fields=["version", "redactions"])
    return _changed(dossier, row, "disclosure-items", by, at)


@act
def assess(dossier: Dossier, disclosure_id: UUID, *, by: Actor | None, at: datetime) -> Disclosure:
    """Ask the regulation whose consent is needed and whether it may go now; keep the decision with its version."""
    row = locked(dossier, disclosure_id)
    only_in(row, PREPARING)
    rejudge(dossier, row, at)
    tell(row, "disclosure-assessed", ground=row.state)
    return row


@act
def ask_approval(dossier: Dossier, disclosure_id: UUID, *, by: Actor, at: datetime) -> Disclosure:
    """Ask a second person to approve exactly this package; where the house rule asks nobody it is approved at once."""
    row = locked(dossier, disclosure_id)
    if row.state == State.AWAITING_APPROVAL and row.asked_by_id == by.user_id:
        return row
    only_in(row, PREPARING)
    profile, around = setting(dossier, row, at)
    judgement = rejudge(dossier, row, at)
    package = package_of(row, around)
    _ready(judgement, package)
    row.asked_by_id, row.asked_at, row.content_hash = by.user_id, at, package.digest
    row.judgement = {**judgement.to_json(), "basis": judgement.basis}
    row.approval_needed = bool(judgement.approval(profile).outcome["needed"])
    row.state = State.AWAITING_APPROVAL if row.approval_needed else State.APPROVED
    row.save()
    # A question, or the answer that went back to the proposer, is settled by going on.
    for kind in (QUESTION, ASK_AGAIN):
        finish_tasks_for(row.id, by=by, at=at, kind=kind)
    if row.approval_needed:
        _ask(dossier, row, judgement, at)
    else:
        printing.order(row)
    tell(row, "disclosure-asked", ground=row.state)
    return row


@act
def escalate(dossier: Dossier, disclosure_id: UUID, question: str, *, by: Actor, at: datetime) -> Disclosure:
    """Lay the question before the role that decides where consent does not carry; the decision goes with it."""
    row = locked(dossier, disclosure_id)
    only_in(row, PREPARING)
    judgement = rejudge(dossier, row, at)
    cancel_tasks_for(row.id, at=at, kind=QUESTION)
    create_task(
        kind=QUESTION,
        due_on=_answer_due(at),
        at=at,
        dossier_id=dossier.id,
        unit_id=dossier.unit_id,
        capability="disclosure.approve",
        title=_("May this go to %(recipient)s without consent?") % {"recipient": called(row)},
        detail=question,
        decision=judgement.may,
        link="disclosures:approve",
        object_id=row.id,
    )
    tell(row, "disclosure-question")
    return row


@act
def withdraw(dossier: Dossier, disclosure_id: UUID, why: str, *, by: Actor, at: datetime) -> Disclosure:
    """Stop a disclosure that has not left the house."""
    row = locked(dossier, disclosure_id)
    if row.state == State.WITHDRAWN:
        return row
    only_in(row, RUNNING)
    end(row, State.WITHDRAWN, why, by=by, at=at)
    return row


def end(row: Disclosure, state: State, why: str, *, by: Actor, at: datetime) -> None:
    """End a disclosure that never left, with its reason; tasks about it are dropped."""
    row.state, row.ended_why, row.ended_by_id, row.ended_at = state, why or None, by.user_id, at
    row.save()
    printing.drop(row)
    cancel_tasks_for(row.id, at=at)
    tell(row, f"disclosure-{state.value}")


def reassess_running(dossier_id: UUID, about_id: UUID, at: datetime) -> None:
    """An answer changed: judge anew every disclosure about this client that has not left the house."""
    dossier = Dossier.objects.get(id=dossier_id)
    profile = profile_in_force(clock.local_date(at))
    rows = Disclosure.objects.select_for_update().filter(dossier=dossier, about_id=about_id, state__in=sorted(RUNNING))
    for row in rows:
        judgement = _judge(dossier, row, at)
        if row.state in PENDING and _still_stands(row, judgement, profile):
            continue
        voided = row.state in PENDING
        _void(row, at)
        _store(row, judgement, at)
        tell(row, "disclosure-voided" if voided else "disclosure-assessed", ground="consent")
        if voided:
            to_ask_again(row, "consent", called(row), at)


def _still_stands(row: Disclosure, judgement: Judgement, profile: Profile) -> bool:
    """Whether what was asked or approved still holds, and nobody must approve what nobody had to approve before."""
    unapproved = row.state == State.APPROVED and judgement.lacks_approval(profile, row.approved_by_id)
    return judgement.allowed and judgement.rests_as(asked_on(row)) and not unapproved


def void(dossier: Dossier, row: Disclosure, at: datetime, ground: str) -> None:
    """Void an approval that no longer stands, and judge the disclosure anew."""
    _void(row, at)
    rejudge(dossier, row, at)
    tell(row, "disclosure-voided", ground=ground)
    to_ask_again(row, ground, called(row), at)


def rejudge(dossier: Dossier, row: Disclosure, at: datetime) -> Judgement:
    """Ask the rules anew after something changed, and keep what they say."""
    judgement = _judge(dossier, row, at)
    _store(row, judgement, at)
    return judgement


def asked_on(row: Disclosure) -> dict[str, Any] | None:
    """The ground, and whose consent, on which approval was asked."""
    return (row.judgement or {}).get("basis")


def setting(dossier: Dossier, row: Disclosure, at: datetime, *, former: bool = False) -> tuple[Profile, Circle]:
    """The regulation and the people as they are at this moment; ``former``: see ``circle``."""
    on = clock.local_date(at)
    around = circle(dossier, row.about_id, on, former=former)
    if around is None:
        raise NotThere
    return profile_in_force(on), around


def locked(dossier: Dossier, disclosure_id: UUID) -> Disclosure:
    """One disclosure of this dossier, its row locked; raises NotThere."""
    row: Disclosure | None = Disclosure.objects.select_for_update().filter(dossier=dossier, id=disclosure_id).first()
    if row is None:
        raise NotThere
    return row


def only_in(row: Disclosure, states: Iterable[str]) -> None:
    """Raise Conflict unless the disclosure is in one of these states."""
    if row.state not in states:
        raise Conflict(
            _("This disclosure is “%(state)s” by now, so this step cannot be done. Nothing was changed.")
            % {"state": State(row.state).label}
        )


def tell(row: Disclosure, data: str, ground: str = "") -> None:
    """The one event of an act."""
    events.record(Action.DISCLOSE, dossier_id=row.dossier_id, data=data, object_id=row.id, ground=str(ground))


def called(row: Disclosure) -> str:
    """How the recipient is called in a sentence."""
    return row.recipient.get("organisation") or row.recipient.get("name") or ""


def _already(dossier: Dossier, new: Proposal) -> Disclosure | None:
    """The disclosure this same form began before; raises SavedBefore for something else in it."""
    known = saved_before(Disclosure, new.id, dossier.id)
    if known is None:
        return None
    answered = {name: known.answers.get(name) for name in new.answers}
    if _whom_and_why(known) != _whom_and_why(new) or answered != dict(new.answers):
        raise SavedBefore
    return known


def _whom_and_why(of: Disclosure | Proposal) -> tuple[Any, ...]:
    return (of.about_id, of.recipient_kind, of.recipient, of.purpose_kind, of.purpose)


def _changed(dossier: Dossier, row: Disclosure, data: str, by: Actor, at: datetime) -> Disclosure:
    """After any change: what was asked or approved is void, and the rules are asked again; who proposed it hears it."""
    voided = row.state in PENDING
    _void(row, at)
    rejudge(dossier, row, at)
    tell(row, data, ground="voided" if voided else "")
    if voided and by.user_id != row.proposed_by_id:
        to_ask_again(row, _WHAT_CHANGED.get(data, "content"), called(row), at)
    return row


def _void(row: Disclosure, at: datetime) -> None:
    if row.state not in PENDING:
        return
    row.state, row.voided_at = State.ASSESSING, at
    row.asked_by_id = row.asked_at = row.approved_by_id = row.approved_at = None
    printing.drop(row)
    row.content_hash, row.approval_needed = "", True
    for kind in (APPROVE, HAND_OVER):
        cancel_tasks_for(row.id, at=at, kind=kind)


def _judge(dossier: Dossier, row: Disclosure, at: datetime) -> Judgement:
    profile, around = setting(dossier, row, at)
    return judge(row, around, profile, clock.local_date(at))


def _store(row: Disclosure, judgement: Judgement, at: datetime) -> None:
    row.judgement = judgement.to_json()
    row.assessed_at = at
    row.state = State.AWAITING_CONSENT if judgement.waits_for_consent else State.ASSESSING
    row.save()


def _ready(judgement: Judgement, package: Package) -> None:
    if not judgement.allowed:
        raise Conflict(_("This may not go yet: %(why)s") % {"why": judgement.may.explanation}, judgement.may)
    if not package.items:
        raise Conflict(_("Nothing has been chosen yet. Choose what the recipient needs, and no more."))
    if package.not_ready:
        raise Conflict(package.not_ready)


def _answer_due(at: datetime) -> date:
    """By when who decides answers a question that is laid before them at this moment."""
    on = clock.local_date(at)
    due: date = question_due(profile_in_force(on), on).outcome["due"]
    return due


def _ask(dossier: Dossier, row: Disclosure, judgement: Judgement, at: datetime) -> None:
    create_task(
        kind=APPROVE,
        due_on=clock.local_date(at),
        at=at,
        dossier_id=dossier.id,
        unit_id=dossier.unit_id,
        capability="disclosure.approve",
        title=_("Approve a disclosure to %(recipient)s") % {"recipient": called(row)},
        decision=judgement.may,
        link="disclosures:approve",
        object_id=row.id,
    )


def _client(dossier: Dossier, person_id: UUID) -> Person:
    person = Person.objects.filter(dossier=dossier, id=person_id, role=PersonRole.CLIENT).first()
    if person is None:
        raise NotThere
    return person


def _add(row: Disclosure, entry: Entry) -> None:
    item = DisclosureItem(
        dossier_id=row.dossier_id,
        disclosure=row,
        entry=entry,
        version=entry.version,
        redactions=_untouched(),
        position=row.items.count(),
    )
    item.save()


def _untouched() -> dict[str, Any]:
    """What is blacked out in an item at which nobody looked yet: its source."""
    return {"spans": [], "source": False}


def _stored(span: Span) -> dict[str, int]:
    return {"start": span.start, "end": span.end}
