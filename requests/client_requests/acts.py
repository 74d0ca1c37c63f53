"""What is done with a request: received, identified, looked into, decided, carried out, withdrawn.

Each act runs inside a door (``change_dossier`` for staff, the portal's own for
clients): the dossier is locked, its key loaded, and the door writes the event.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotAllowed, NotThere, Refused
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.days import was_born
from casemgmt.policy.rules.facts import FactError
from casemgmt.policy.rules.unknown import not_filled_in
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import RequestKind
from casemgmt.policy.versions import profile_in_force, version_in_force
from casemgmt.policy.words import role_label
from casemgmt.web.dates import date_plain
from casemgmt.work.acts import cancel_tasks_for, create_task, finish_tasks_for
from client_requests import judging, letters
from client_requests.facts import FOUND_OUT, Asked, joined_and_found_out
from client_requests.inspection import (
    Parts,
    candidates,
    other_than_seen,
    parts_of,
    read_with,
    shown_mark,
    stored_pieces,
    why_not_in_portal,
)
from client_requests.models import ClientRequest
from client_requests.vocabulary import (
    AFTER_DECISION,
    BEFORE_DECISION,
    CARRY_OUT,
    DECIDE,
    SHOWING,
    Channel,
    Executed,
    Identified,
    Outcome,
    RequestState,
)
from consent.facts import circle
from dossiers.content import SavedBefore, saved_before
from dossiers.frame import first_name
from dossiers.models import Dossier, Person
from dossiers.verbs import Verb


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What somebody asks. ``id`` comes from the form, so that sending twice is one request.

    ``before_opening``: whoever writes it down says that it came in before the dossier was opened here.
    """

    kind: str
    asker_id: UUID
    about_id: UUID
    channel: str
    received_on: date
    words: str | None = None
    categories: tuple[str, ...] = ()
    reason: str = ""
    change: str = ""
    before_opening: bool = False
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What is decided: the outcome, on which ground (for a refusal) and why, in words for the asker.

    ``mandated_on``: the day of the written mandate, for whoever decides in the place of the college or the board.
    ``pieces``: what is given of a part, each entry with the number of the wording that was read; what is not named
    there is not given. ``seen``: the mark of what the page showed (``shown_mark``); None where nobody saw a page.
    """

    outcome: str
    ground: str
    reason: str
    mandated_on: date | None = None
    pieces: Mapping[UUID, int] = field(default_factory=dict)
    seen: str | None = None


@act
def receive_request(dossier: Dossier, new: NewRequest, *, by: Actor, at: datetime) -> ClientRequest:
    """Write down a request, with its due date and whether this person may ask; never refused here.

    The same form sent twice gives the request it made before. Raises NotThere for people who are not
    in this dossier and Conflict for a kind that the organisation does not take, for more in a day
    than somebody can read, or for a day that cannot be true, such as one before a birth or before the first
    regulation, or that is before the dossier without ``before_opening``, and SavedBefore for something else in
    that form.
    """
    on = clock.local_date(at)
    profile = profile_in_force(new.received_on)
    known = _already(dossier, new)
    if known is not None:
        return known
    if RequestKind(new.kind) not in {kind for kind, _rules in judging.kinds_offered(profile)}:
        raise Conflict(_("The regulation does not know this kind of request."))
    if new.received_on > on:
        told = _("A request cannot have come in on a day that is still to come.")
        raise Conflict(told, field="received_on")
    _not_too_many(dossier, new, profile, on)
    asked = _asked_anew(dossier, new)
    _on_a_day_that_can_be(dossier, new, asked)
    try:
        entitled = judging.entitled(asked, profile, new.received_on)
        due = judging.deadline(new.kind, new.received_on, profile, on)
    except FactError as error:
        raise Conflict(error.sentence, field="received_on") from error
    row = ClientRequest(
        id=new.id or uuid4(),
        dossier=dossier,
        kind=new.kind,
        asker_id=new.asker_id,
        about_id=new.about_id,
        channel=new.channel,
        words=new.words or None,
        details=_details(new),
        received_at=at,
        received_on=new.received_on,
        due_on=due.outcome["due"],
        deadline=due.to_dict(),
        entitled=entitled.to_dict(),
        recorded_by_id=who(by),
    )
    row.save(force_insert=True)
    letters.write_received(row, dossier, profile, (due, entitled), by=by, at=at)
    _task(row, dossier, DECIDE, Verb.DECIDE_REQUEST, profile, row.due_on, due, at=at)
    return row


@act
def verify_identity(dossier: Dossier, request_id: UUID, *, how: str, by: Actor, at: datetime) -> ClientRequest:
    """Establish who asks, in a way that the organisation's text accepts; from here on it is being assessed."""
    row = locked(dossier, request_id)
    if row.state not in BEFORE_DECISION:
        raise Conflict(_("This request was decided already."))
    profile = profile_in_force(clock.local_date(at))
    accepted = judging.ways_to_identify(judging.form_of(row.kind, profile, row.received_on))
    if Identified(how) not in accepted:
        raise Conflict(_("The regulation asks for identification; knowing somebody is not enough."))
    if how == Identified.PORTAL and row.channel != Channel.PORTAL:
        raise Conflict(_("This request did not come in through the portal."))
    row.identified_how, row.identified_by_id, row.identified_at = how, by.user_id, at
    row.state = RequestState.ASSESSING
    row.save(update_fields=["identified_how", "identified_by_id", "identified_at", "state"])
    return row


@act
def find_out(
    dossier: Dossier, request_id: UUID, *, answers: frozenset[str], joined: tuple[UUID, ...], by: Actor, at: datetime
) -> ClientRequest:
    """Write down what staff found out and who asks it together; whether they may ask is judged anew."""
    row = locked(dossier, request_id)
    if row.state not in BEFORE_DECISION:
        raise Conflict(_("This request was decided already."))
    people = set(Person.objects.filter(dossier=dossier, id__in=joined).values_list("id", flat=True))
    row.details = {
        **row.details,
        "answers": sorted(answers & set(FOUND_OUT)),
        "joined": sorted(str(one) for one in people - {row.asker_id}),
    }
    on = clock.local_date(at)
    row.entitled = judging.entitled(asked_of(dossier, row, on), profile_in_force(on), on).to_dict()
    row.state = RequestState.ASSESSING
    row.save(update_fields=["details", "entitled", "state"])
    return row


@act
def decide(dossier: Dossier, request_id: UUID, ruling: Ruling, *, by: Actor, at: datetime) -> ClientRequest:
    """Decide, with a ground where it is a no; who may ask is judged once more, and the letter goes out.

    Raises Refused when the rules leave no such decision to this person, NotAllowed without the written mandate
    that it needs (GT-21), and Conflict when a step is missing.
    """
    row = locked(dossier, request_id)
    if row.state not in BEFORE_DECISION:
        raise Conflict(_("This request was decided already."))
    on = clock.local_date(at)
    profile = profile_in_force(on)
    mandate = _mandate(row, ruling, profile, by, on)
    asked = asked_of(dossier, row, on)
    shown = judging.may_be_shown(asked, profile, on)
    if not_filled_in(shown):
        raise Refused(shown)
    parts = parts_of(dossier, row, at) if row.kind in SHOWING else None
    pieces = _pieces(dossier, row, ruling, at)
    parts = replace(parts, given=len(pieces)) if parts else None
    basis = _basis(row, ruling, asked, shown, parts, profile, by, on)
    overruled = judging.is_yes(ruling.outcome) and not shown.outcome["allowed"]
    row.outcome, row.ground, row.reason = ruling.outcome, ruling.ground, ruling.reason
    row.decided = {
        "basis": [one.to_dict() for one in basis],
        "appeal": judging.appeal(row.kind, profile, on).to_dict(),
        "overruled": overruled,
        "mandate": mandate,
        "pieces": stored_pieces(pieces),
        "read_with": sorted(read_with(dossier, row)),
    }
    row.decided_by_id, row.decided_at = by.user_id, at
    refused = ruling.outcome == Outcome.REFUSED
    row.state = RequestState.COMPLETED if refused else RequestState.DECIDED
    row.ended_at = at if refused else None
    left_out = judging.others_must_be_left_out(asked, profile, on)
    appeal = judging.appeal(row.kind, profile, on)
    row.letter_id = letters.write_decision(row, dossier, profile, basis, appeal, parts, left_out, by=by, at=at).id
    row.save()
    if mandate:
        events.record(
            Action.DECIDE, dossier_id=dossier.id, object_id=row.id, data="request-mandate", words=mandate["on"]
        )
    finish_tasks_for(row.id, by=by, at=at, kind=DECIDE)
    if not refused:
        _task(row, dossier, CARRY_OUT, Verb.HANDLE_REQUEST, profile, _carry_out_by(row), None, at=at)
    return row


def _pieces(dossier: Dossier, row: ClientRequest, ruling: Ruling, at: datetime) -> Mapping[UUID, int]:
    """What this ruling gives: everything that was asked, the chosen pieces of it, or nothing."""
    if row.kind not in SHOWING or not judging.is_yes(ruling.outcome):
        return {}
    there = candidates(dossier, row, at)
    # Before it is known who asks nothing is given, so a page shows no form to give it with.
    if row.identified_at is not None and ruling.seen not in (None, shown_mark(dossier, row, there)):
        raise Conflict(other_than_seen())
    if ruling.outcome == Outcome.GRANTED:
        return there
    if not ruling.pieces.items() <= there.items():
        raise Conflict(_("What you chose was changed just now, or cannot be given. Read it again and choose."))
    return dict(ruling.pieces)


def _mandate(row: ClientRequest, ruling: Ruling, profile: Profile, by: Actor, on: date) -> dict[str, str] | None:
    """Whose mandate, and of which day, lets ``by`` decide; None for who decides in their own right."""
    mandator = judging.mandator(row.kind, by.roles, profile)
    if not mandator:
        return None
    if ruling.mandated_on is None or ruling.mandated_on > on:
        told = _("By the regulation this is decided by: %(who)s. Say of which day your written mandate is.")
        raise NotAllowed(told % {"who": role_label(mandator, on)})
    return {"of": mandator, "on": ruling.mandated_on.isoformat()}


@act
def start_execution(
    dossier: Dossier, request_id: UUID, *, how: str, words: str | None, by: Actor, at: datetime
) -> ClientRequest:
    """Carry out what was granted: open the inspection in the portal, or say what is done.

    Whether this person may still have it is judged again, at the moment of handing over. Raises Refused, and
    Conflict for the portal when nothing was given to open there or the asker cannot come in.
    """
    row = locked(dossier, request_id)
    if row.state != RequestState.DECIDED:
        raise Conflict(_("There is nothing to carry out: the request is not decided, or it was carried out already."))
    if how == Executed.PORTAL and row.kind != "inspection":
        raise Conflict(_("Only an inspection can be opened in the portal."))
    still_entitled(dossier, row, clock.local_date(at))
    no_portal = why_not_in_portal(dossier, row, clock.local_date(at)) if how == Executed.PORTAL else ""
    if no_portal:
        raise Conflict(no_portal)
    row.executed_how, row.executed_at, row.done_words = how, at, words or None
    row.state = RequestState.EXECUTING
    row.save(update_fields=["executed_how", "executed_at", "done_words", "state"])
    return row


@act
def complete(dossier: Dossier, request_id: UUID, *, words: str | None, by: Actor, at: datetime) -> ClientRequest:
    """Note that the request is done; what was opened in the portal stays readable there."""
    row = locked(dossier, request_id)
    if row.state != RequestState.EXECUTING:
        raise Conflict(_("This request is not being carried out."))
    row.state, row.ended_at = RequestState.COMPLETED, at
    row.done_words = words or row.done_words
    row.save(update_fields=["state", "ended_at", "done_words"])
    # What closed in an inspection still waits to be read: that it is finished closes nothing.
    finish_tasks_for(row.id, by=by, at=at, kind=CARRY_OUT)
    return row


@act
def withdraw(dossier: Dossier, request_id: UUID, *, by: Actor, at: datetime) -> ClientRequest:
    """Take the request back, at the asker's wish; a second time changes nothing."""
    row = locked(dossier, request_id)
    if row.state == RequestState.WITHDRAWN:
        return row
    if row.state not in (*BEFORE_DECISION, RequestState.DECIDED):
        raise Conflict(_("This request is finished, so it cannot be withdrawn."))
    row.state, row.ended_at = RequestState.WITHDRAWN, at
    row.save(update_fields=["state", "ended_at"])
    cancel_tasks_for(row.id, at=at)
    return row


def locked(dossier: Dossier, request_id: UUID) -> ClientRequest:
    """The request, locked; raises NotThere for another dossier's."""
    row = ClientRequest.objects.select_for_update().filter(dossier=dossier, id=request_id).first()
    if row is None:
        raise NotThere
    found: ClientRequest = row
    return found


def asked_of(dossier: Dossier, row: ClientRequest, on: date, *, former: bool = False) -> Asked:
    """A stored request as the rules are asked about it on a day; ``former``: see ``circle``.

    Raises NotThere when whom it is about is no client any more.
    """
    around = circle(dossier, row.about_id, on, former=former)
    if around is None:
        raise NotThere
    joined, found_out = joined_and_found_out(row.details)
    return Asked(
        kind=row.kind,
        asker_id=row.asker_id,
        around=around,
        received_on=row.received_on,
        channel=row.channel,
        identified=row.identified_at is not None,
        joined=joined,
        found_out=found_out,
    )


def still_entitled(dossier: Dossier, row: ClientRequest, on: date) -> Decision:
    """Whether this person may have it on this day, as at the decision; raises Refused when that is over."""
    profile = profile_in_force(on)
    shown = judging.may_be_shown(asked_of(dossier, row, on), profile, on)
    overruled = row.state in AFTER_DECISION and bool((row.decided or {}).get("overruled"))
    if not shown.outcome["allowed"] and not (overruled and shown.outcome["escalate"] and not shown.absolute):
        raise Refused(shown)
    return shown


def who(by: Actor) -> UUID:
    """The person who does something; raises NotThere for the application itself."""
    if by.user_id is None:
        raise NotThere  # the application itself asks nothing
    return by.user_id


def _already(dossier: Dossier, new: NewRequest) -> ClientRequest | None:
    """The request this same form made before; raises SavedBefore for something else in it."""
    known = saved_before(ClientRequest, new.id, dossier.id)
    if known is None:
        return None
    # In the portal somebody else's id tells nothing: not that it is there, and not what stands in it.
    if new.channel == Channel.PORTAL and known.asker_id != new.asker_id:
        raise NotThere
    if not _is_same(known, new):
        raise SavedBefore
    return known


def _is_same(known: ClientRequest, new: NewRequest) -> bool:
    """Whether what was filled in is what this request was made of; what staff found out since is left aside."""
    details = {name: known.details.get(name) for name in _details(new)}
    made_of = (known.kind, known.asker_id, known.about_id, known.channel, known.words or None, details)
    filled_in = (new.kind, new.asker_id, new.about_id, new.channel, new.words or None, _details(new))
    # In the portal the day is that of sending, so it may be the next one by now.
    return made_of == filled_in and (new.channel == Channel.PORTAL or known.received_on == new.received_on)


def _details(new: NewRequest) -> dict[str, Any]:
    return {"categories": list(new.categories), "reason": new.reason, "change": new.change}


def _asked_anew(dossier: Dossier, new: NewRequest) -> Asked:
    around = circle(dossier, new.about_id, new.received_on)
    if around is None or around.find(new.asker_id) is None:
        raise NotThere
    return Asked(new.kind, new.asker_id, around, new.received_on, new.channel)


def _on_a_day_that_can_be(dossier: Dossier, new: NewRequest, asked: Asked) -> None:
    """Raises Conflict beside the field; a paper of before the dossier was opened is said to be one."""
    for person in (asked.around.client, asked.around.find(new.asker_id)):
        if person is not None and not was_born(person.birth_date, new.received_on):
            told = _("%(name)s was not born yet on this day. Write down the day on which the request came in.")
            raise Conflict(told % {"name": person.name}, field="received_on")
    # The nearest text of the earliest of days is the first one.
    first_day = version_in_force(date.min).from_date
    if new.received_on < first_day:
        told = _("The first regulation is of %(day)s, and this day is before it. Write down the day it came in.")
        raise Conflict(told % {"day": date_plain(first_day)}, field="received_on")
    if new.received_on < dossier.opened_on and not new.before_opening:
        told = _("This dossier was opened on %(day)s. Tick this if the request came in before it, or correct the day.")
        raise Conflict(told % {"day": date_plain(dossier.opened_on)}, field="before_opening")


def _not_too_many(dossier: Dossier, new: NewRequest, profile: Profile, on: date) -> None:
    if new.channel != Channel.PORTAL:
        return
    most = profile.house_rules.portal_requests.value
    made = ClientRequest.objects.filter(
        dossier=dossier, asker_id=new.asker_id, channel=Channel.PORTAL, received_on=on
    ).count()
    if made >= most:
        raise Conflict(
            _("You asked %(most)s things today. We read them first. You can ask more tomorrow, or call us.")
            % {"most": most}
        )


def _basis(
    row: ClientRequest,
    ruling: Ruling,
    asked: Asked,
    shown: Decision,
    parts: Parts | None,
    profile: Profile,
    by: Actor,
    on: date,
) -> tuple[Decision, ...]:
    """The decisions that carry this ruling; raises when the rules do not allow it."""
    if not ruling.reason.strip():
        raise Conflict(_("A decision needs a reason."))
    if judging.is_yes(ruling.outcome):
        if row.identified_at is None:
            raise Conflict(_("First establish who asks."))
        if not judging.may_grant(asked, shown, by.roles, profile):
            raise Refused(shown)
    if ruling.outcome == Outcome.GRANTED:
        whole_is_refused = parts is not None and parts.others and judging.must_be_partly(asked, profile, on)
        left_out = judging.others_must_be_left_out(asked, profile, on) if whole_is_refused else None
        if left_out is not None:
            raise Refused(left_out)
        return (shown,)
    ground = judging.ground_of(ruling.ground, asked, profile, on)
    if ground is None:
        raise Conflict(_("This is no ground for refusing this request."))
    if ruling.outcome == Outcome.REFUSED and ground.part_only and shown.outcome["allowed"]:
        raise Conflict(_("This ground refuses only a part. Grant the rest."))
    return (ground.decision, shown) if ruling.outcome == Outcome.PARTLY else (ground.decision,)


def _task(
    row: ClientRequest,
    dossier: Dossier,
    kind: str,
    capability: str,
    profile: Profile,
    due_on: date,
    decision: Decision | None,
    *,
    at: datetime,
) -> None:
    rules: Any = profile.requests.kinds[RequestKind(row.kind)]
    by_director = kind == DECIDE and rules.decided_by.value.value == "director"
    create_task(
        kind=kind,
        due_on=due_on,
        at=at,
        dossier_id=dossier.id,
        # A director belongs to no team in particular.
        unit_id=None if by_director else dossier.unit_id,
        capability=capability,
        title=f"{rules.label[:1].upper()}{rules.label[1:]}: {first_name(row.asker.name)}",
        decision=decision,
        link="client_requests:page",
        object_id=row.id,
    )


def _carry_out_by(row: ClientRequest) -> date:
    stored = Decision.from_dict(row.deadline)
    return stored.outcome.get("carry_out_due") or row.due_on
