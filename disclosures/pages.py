"""What the pages of disclosures show, as plain values, read inside the door."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casemgmt.base import clock
from casemgmt.base.errors import NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Timing
from casemgmt.policy.versions import profile_in_force
from casemgmt.work.models import Task
from consent.facts import Circle, Somebody, circle, same_recipient
from consent.queries import names_of
from consent.vocabulary import ConsentState, Form, Told
from disclosures.acts import called, setting
from disclosures.guarded import Guard, guard_of_writer, secret_of
from disclosures.informing import Reason, held, lapsed, last_day, may_always_defer, reasons_to_wait, told
from disclosures.judging import (
    Judgement,
    Needed,
    OtherGround,
    Question,
    disclosure_facts,
    ground_label,
    judge,
    must_inform,
    other_grounds,
    questions,
    recipient_line,
)
from disclosures.letters import ToldLine, letters_by_which, still_by_hand
from disclosures.models import Disclosure
from disclosures.package import Choice, Package, choices, package_of
from disclosures.printing import printing_of
from disclosures.vocabulary import LEFT, PREPARING, QUESTION, REVIEW, RUNNING, State
from dossiers.models import Dossier, Person, WorkingNote
from dossiers.people.vocabulary import PersonRole


@dataclass(frozen=True, slots=True)
class NeededLine:
    """Somebody whose consent is needed, and how it stands."""

    person: Somebody
    part: str
    counts: bool
    state: str
    answer: str
    given_on: date | None
    form: str
    told: tuple[str, ...]
    consent_id: UUID | None
    lacks: tuple[str, ...]
    said_to: str


@dataclass(frozen=True, slots=True)
class Ready:
    """What a proposal begins with: the clients, the recipients that the organisation knows, what may not be typed."""

    clients: tuple[Somebody, ...]
    recipients: tuple[tuple[str, str], ...]
    number: str
    name: str
    guard: Guard


@dataclass(frozen=True, slots=True)
class DisclosurePage:
    """One disclosure with everything around it."""

    id: UUID
    dossier_id: UUID
    dossier: str
    number: str
    state: str
    state_label: str
    about: Somebody
    recipient: dict[str, str]
    called: str
    recipient_line: str
    recipient_kind: str
    recipient_label: str
    purpose: str
    requested: bool
    who: Decision
    may: Decision
    inform: Decision
    ground: str
    needed: tuple[NeededLine, ...]
    missing: tuple[NeededLine, ...]
    questions: tuple[Question, ...]
    answers: dict[str, bool]
    answered: bool
    grounds: tuple[OtherGround, ...]
    weighing: dict[str, Any]
    decidable: bool
    decision: dict[str, Any]
    review_due: date | None
    reviewed: dict[str, Any]
    decider: str
    question_open: bool
    answer_of_decider: str
    choices: tuple[Choice, ...]
    package: Package
    never: tuple[str, ...]
    approval: Decision
    approver: str
    told: tuple[Somebody, ...]
    reasons: tuple[Reason, ...]
    told_before: bool
    last_day: date
    may_always_defer: bool
    proposed_by: str
    proposed_at: datetime
    asked_at: datetime | None
    asked_by: str
    approved_by: str
    approved_at: datetime | None
    voided_at: datetime | None
    handed_over_by: str
    handed_over_at: datetime | None
    how: str
    printing: str
    printed_at: datetime | None
    informed_at: datetime | None
    letters: tuple[ToldLine, ...]
    deferred_until: date | None
    deferred_why: str
    decide_telling_anew: bool
    telling_held: bool
    ended_why: str
    ended_by: str
    ended_at: datetime | None
    mine: bool
    approved_by_me: bool
    may_review: bool

    @property
    def running(self) -> bool:
        """Whether nothing has left the house yet."""
        return self.state in RUNNING

    @property
    def refused(self) -> tuple[str, ...]:
        """Who said no, or took the yes back."""
        gone = (ConsentState.REFUSED, ConsentState.WITHDRAWN)
        return tuple(one.person.name for one in self.missing if one.state in gone)

    @property
    def asked(self) -> tuple[str, ...]:
        """Of whom a yes that counts is not there yet."""
        return tuple(one.person.name for one in self.missing if one.person.name not in self.refused)

    @property
    def preparing(self) -> bool:
        """Whether the content may change freely."""
        return self.state in PREPARING

    @property
    def left(self) -> bool:
        """Whether the data have left the house."""
        return self.state in LEFT

    @property
    def put_off(self) -> bool:
        """Whether it was decided, before it left, that the client is told later."""
        return self.running and self.deferred_until is not None and not self.decide_telling_anew

    @property
    def by_hand(self) -> tuple[str, ...]:
        """To whom a letter must still be handed over: until then they were not told."""
        return still_by_hand(self.letters)

    @property
    def allowed(self) -> bool:
        """Whether the regulation lets it go now."""
        return bool(self.may.outcome["allowed"])

    @property
    def on_ground(self) -> bool:
        """Whether it may go without the consent that would otherwise be needed."""
        return self.allowed and not self.may.outcome.get("consent_needed", True)

    @property
    def chosen(self) -> OtherGround | None:
        """The ground that was chosen and answered."""
        return next((one for one in self.grounds if one.chosen), None)

    @property
    def step(self) -> str:
        """The step that comes now."""
        if self.state not in PREPARING:
            waits = self.state == State.AWAITING_APPROVAL
            return "approval" if waits or self.state == State.REFUSED else "hand-over"
        if not self.answered and not self.missing and not self.on_ground:
            return "conditions"
        if not self.allowed:
            return "consent"
        return "approval" if self.package.items and not self.package.unfinished else "items"


def ready(dossier: Dossier, actor: Actor, on: date) -> Ready:
    """What the form of a new disclosure needs."""
    profile = profile_in_force(on)
    rows = Person.objects.filter(dossier=dossier, role=PersonRole.CLIENT).order_by("position", "id")
    ids = list(rows.values_list("id", flat=True))
    around = circle(dossier, ids[0], on) if ids else None
    clients = tuple(one for one in around.people if one.id in ids) if around else ()
    recipients = tuple((one.key.value, one.label) for one in profile.disclosure.recipients)
    return Ready(clients, recipients, dossier.number, dossier.name, guard_of_writer(dossier, actor))


def load(dossier: Dossier, disclosure_id: UUID, actor: Actor, at: datetime) -> DisclosurePage:
    """One disclosure of this dossier; while it has not left, judged as of now. Raises NotThere."""
    row = Disclosure.objects.filter(dossier=dossier, id=disclosure_id).first()
    if row is None:
        raise NotThere
    profile, around = setting(dossier, row, at, former=row.state not in RUNNING)
    on = clock.local_date(at)
    judgement = _judgement(row, around, profile, on)
    return _page(dossier, row, profile, around, judgement, actor, on)


def _judgement(row: Disclosure, around: Circle, profile: Profile, on: date) -> Judgement:
    """The judgement of today while it has not left; afterwards the one with which it left."""
    fresh = judge(row, around, profile, on)
    if row.state in RUNNING or not row.judgement:
        return fresh
    stored = row.judgement
    return Judgement(Decision.from_dict(stored["who"]), Decision.from_dict(stored["may"]), fresh.needed)


def _page(
    dossier: Dossier,
    row: Disclosure,
    profile: Profile,
    around: Circle,
    judgement: Judgement,
    actor: Actor,
    on: date,
) -> DisclosurePage:
    return DisclosurePage(
        id=row.id,
        dossier_id=dossier.id,
        dossier=dossier.name,
        number=dossier.number,
        about=around.client,
        choices=tuple(choices(row, around)) if row.state in RUNNING else (),
        package=package_of(row, around),
        never=_never(dossier, actor),
        may_always_defer=may_always_defer(actor, dossier, row, profile),
        mine=actor.user_id in (row.proposed_by_id, row.asked_by_id),
        approved_by_me=row.approved_by_id is not None and row.approved_by_id == actor.user_id,
        may_review=actor.user_id not in (row.proposed_by_id, row.asked_by_id, row.handed_over_by_id),
        **_described(row, profile),
        **_judged(row, profile, around, judgement, on),
        **_deciding(row, profile, judgement),
        **_informing(row, profile, around, judgement, on),
        **_stamps(row),
    )


def _described(row: Disclosure, profile: Profile) -> dict[str, Any]:
    """To whom it goes and what for, and where it stands."""
    return {
        "state": row.state,
        "state_label": str(State(row.state).label),
        "recipient": dict(row.recipient),
        "called": called(row),
        "recipient_line": recipient_line(row.recipient),
        "recipient_kind": row.recipient_kind,
        "recipient_label": _recipient_label(profile, row.recipient_kind),
        "purpose": row.purpose,
    }


def _judged(row: Disclosure, profile: Profile, around: Circle, judgement: Judgement, on: date) -> dict[str, Any]:
    """What the rules say of it, whose consent it needs and what is asked beside consent."""
    asked = questions(profile, disclosure_facts(row, around, [], profile))
    needed = tuple(_needed(one, row) for one in judgement.needed)
    lacking = {one.person.id for one in judgement.missing}
    flags = {name: value for name, value in row.answers.items() if isinstance(value, bool)}
    return {
        "who": judgement.who,
        "may": judgement.may,
        "ground": ground_label(profile, judgement.ground) if judgement.ground else "",
        "needed": needed,
        "missing": tuple(one for one in needed if one.person.id in lacking),
        "questions": asked,
        "answers": flags,
        "answered": all(flags.get(one.fact) for one in asked),
        "requested": bool(flags.get("requested")),
        "grounds": other_grounds(row, around, profile, on),
        "weighing": dict(row.answers.get("ground") or {}),
    }


def _deciding(row: Disclosure, profile: Profile, judgement: Judgement) -> dict[str, Any]:
    """Who decides, and the question that lies before them."""
    approval = judgement.approval(profile)
    decider = judgement.may.overrule_by or str(profile.disclosure.approved_by.value)
    waiting = Task.objects.filter(object_id=row.id, state="open", assignee_id__isnull=True)
    look = waiting.filter(kind=REVIEW).first()
    return {
        "approval": approval,
        "approver": profile.roles.label(str(approval.outcome["by"])),
        "decider": profile.roles.label(decider),
        "question_open": waiting.filter(kind=QUESTION).exists(),
        "decidable": judgement.may.overrule_by is not None and not judgement.may.absolute,
        "decision": dict(row.answers.get("decision") or {}),
        "review_due": look.due_on if look else None,
        "reviewed": _seen(row.answers.get("reviewed") or {}),
        "answer_of_decider": str(row.answers.get("answer_of_decider", "")),
    }


def _seen(stored: dict[str, Any]) -> dict[str, Any]:
    """What was found afterwards, its day as a date."""
    return {**stored, "on": date.fromisoformat(stored["on"])} if stored else {}


def _informing(row: Disclosure, profile: Profile, around: Circle, judgement: Judgement, on: date) -> dict[str, Any]:
    """Who is told, and what may make that wait until when."""
    inform = must_inform(row, around, profile, on)
    return {
        "inform": inform,
        "told": told(inform, around),
        "reasons": reasons_to_wait(profile, judgement.ground),
        "told_before": inform.outcome.get("timing") == Timing.BEFORE,
        "last_day": last_day(profile, on),
        "decide_telling_anew": row.state in RUNNING and lapsed(row, on),
        "telling_held": held(row, on),
    }


def _stamps(row: Disclosure) -> dict[str, Any]:
    """Who did what when, and where it stands after it left."""
    names = names_of({row.proposed_by_id, row.asked_by_id, row.approved_by_id, row.handed_over_by_id, row.ended_by_id})
    return {
        "proposed_by": names.get(row.proposed_by_id, ""),
        "proposed_at": row.proposed_at,
        "asked_at": row.asked_at,
        "asked_by": _named(names, row.asked_by_id),
        "approved_by": _named(names, row.approved_by_id),
        "approved_at": row.approved_at,
        "voided_at": row.voided_at if row.state in PREPARING else None,
        "handed_over_by": _named(names, row.handed_over_by_id),
        "handed_over_at": row.handed_over_at,
        "how": str(row.get_how_display()) if row.how else "",
        "printing": printing_of(row).value,
        "printed_at": row.package.created_at if row.package is not None else None,
        "informed_at": row.informed_at,
        "letters": letters_by_which([row])[row.id],
        "deferred_until": row.deferred_until,
        "deferred_why": row.deferred_why or "",
        "ended_why": row.ended_why or "",
        "ended_by": _named(names, row.ended_by_id),
        "ended_at": row.ended_at,
    }


def _named(names: Mapping[UUID, str], user_id: UUID | None) -> str:
    return names.get(user_id, "") if user_id else ""


def _needed(one: Needed, disclosure: Disclosure) -> NeededLine:
    row, meant = one.answer, recipient_line(disclosure.recipient)
    elsewhere = row is not None and not same_recipient(row, disclosure.recipient_kind, meant)
    return NeededLine(
        person=one.person,
        part=one.person.role_label,
        counts=one.counts,
        state=row.state if row else "",
        answer=str(ConsentState(row.state).label) if row else "",
        given_on=row.given_on if row else None,
        form=str(Form(row.form).label) if row else "",
        told=tuple(str(Told(word).label) for word in row.told) if row else (),
        consent_id=row.id if row else None,
        lacks=one.lacks,
        said_to=(row.recipient or "") if row is not None and elsewhere else "",
    )


def _recipient_label(profile: Profile, kind: str) -> str:
    return next((one.label for one in profile.disclosure.recipients if one.key == kind), kind)


def _never(dossier: Dossier, actor: Actor) -> tuple[str, ...]:
    """What is in the dossier and never goes: how many of one's own notes there are, and whose address is secret."""
    found = []
    author = {"author_id": actor.user_id}
    notes = WorkingNote.objects.filter(dossier=dossier, **author).count()
    if notes:
        found.append(
            ngettext("%(num)s working note of yours", "%(num)s working notes of yours", notes) % {"num": notes}
        )
    secret = [person for person in Person.objects.filter(dossier=dossier) if secret_of(person)]
    told = _("address and telephone of %(name)s (secret): black where they are recognised, so look at each piece")
    found += [told % {"name": person.name} for person in secret]
    return tuple(found)
