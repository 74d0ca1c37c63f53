"""The page of one request for staff, as plain values read inside the door."""

from copy import copy
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.letters import wording
from casemgmt.letters.contents import LetterContext, sender_on
from casemgmt.letters.queries import opened
from casemgmt.letters.wording import Wording
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Person as Who
from casemgmt.policy.schema.vocabulary import RequestKind
from casemgmt.policy.versions import profile_in_force
from casemgmt.policy.words import role_label
from client_requests import judging, letters
from client_requests.acts import asked_of
from client_requests.facts import Asked
from client_requests.inspection import (
    OpenEntry,
    Parts,
    candidates,
    given_pieces,
    offered,
    parts_of,
    secret_addresses,
    shown_mark,
    why_not_in_portal,
)
from client_requests.judging import Ground
from client_requests.models import ClientRequest
from client_requests.open_today import stand_of
from client_requests.queries import RequestLine, line
from client_requests.reading import waits_today
from client_requests.showing import ShownDecision, shown, upper
from client_requests.since_decision import Handled, closed_on, handled
from client_requests.vocabulary import (
    BEFORE_DECISION,
    RUNNING,
    SHOWING,
    Channel,
    Executed,
    Identified,
    Outcome,
    RequestState,
)
from consent.facts import Somebody
from disclosures.guarded import Guard, guard_for, guard_of_writer
from dossiers import access
from dossiers.models import Dossier
from dossiers.people.vocabulary import PersonRole
from dossiers.verbs import Verb

QUESTIONS = {
    "client_consents": lambda: _("The client finds it good"),
    "parent_consented_to_treatment": lambda: _("This parent agreed to the treatment"),
    "against_interest_of_client": lambda: _("The interest of the client opposes it"),
    "leader_refuses_representative": lambda: _("The leader refuses this representative, for weighty reasons"),
}

# What stands behind somebody's part: custody of the client whom it is about, or not.
_CUSTODY = {
    Who.LEGAL_REPRESENTATIVE: lambda: _("has custody"),
    Who.PARENT_WITHOUT_CUSTODY: lambda: _("no custody of this client"),
    Who.STEPPARENT_WITHOUT_CUSTODY: lambda: _("no custody of this client"),
}


@dataclass(frozen=True, slots=True)
class ShownGround:
    """A ground as a choice: what it is called, what the text says, and how binding it is."""

    key: str
    label: str
    decision: ShownDecision
    must: bool
    part_only: bool


@dataclass(frozen=True, slots=True)
class Happened:
    """One moment in the life of a request."""

    at: datetime
    text: str
    who: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Everything the page shows; what may be done now stands in the ``may_…`` values."""

    line: RequestLine
    asker_age: int | None
    asker_is: str
    words: str
    asked_details: tuple[tuple[str, str], ...]
    deadline: ShownDecision
    shown: ShownDecision
    proposal: str
    identified: str
    identified_at: datetime | None
    ways: tuple[Identified, ...]
    identification: ShownDecision
    questions: tuple[tuple[str, str], ...]
    answered: frozenset[str]
    may_join: tuple[Somebody, ...]
    joined: frozenset[UUID]
    grounds: tuple[ShownGround, ...]
    parts: Parts | None
    pieces: tuple[OpenEntry, ...]
    seen: str
    secret_address: bool
    no_portal: str
    stand: str
    waits: int
    closed_on: date | None
    left_out: ShownDecision | None
    left_out_must: bool
    appeal: ShownDecision
    letter: Wording | None
    letter_id: UUID | None
    is_concept: bool
    decided_by: str
    decided_at: datetime | None
    reason: str
    basis: tuple[ShownDecision, ...]
    overruled: bool
    executed: str
    executed_at: datetime | None
    done_words: str
    history: tuple[Happened, ...]
    may_handle: bool
    may_decide: bool
    mandator: str
    may_read: bool
    may_preview: bool
    guard: Guard
    fills_in: UUID | None
    today: date

    @property
    def allowed(self) -> bool:
        """Whether the rules let this person have it now."""
        return bool(self.shown.outcome["allowed"])

    @property
    def not_filled_in(self) -> bool:
        """Whether the rules cannot be asked yet, so that nobody decides; ``fills_in`` is whom to fill it in of."""
        return bool(self.shown.outcome.get("not_filled_in"))

    @property
    def escalate(self) -> bool:
        """Whether the text is silent, so that a person must decide."""
        return bool(self.shown.outcome.get("escalate"))


def load_page(dossier: Dossier, request_id: UUID, actor: Actor, at: datetime) -> RequestPage | None:
    """The page of a request in this dossier, for ``actor``; None when there is no such request here."""
    row = (
        ClientRequest.objects.select_related("dossier", "asker", "about").filter(dossier=dossier, id=request_id).first()
    )
    if row is None:
        return None
    on = clock.local_date(at)
    profile = profile_in_force(on)
    asked = asked_of(dossier, row, on, former=row.state not in RUNNING)
    values = _judged(dossier, row, asked, profile, at) | _told(dossier, row, asked, profile, on)
    may_choose = row.state in BEFORE_DECISION and row.kind in SHOWING and actor.may(Verb.DECIDE_REQUEST)
    may_read = access.can(actor, Verb.READ, dossier)
    names = _names(row)
    if not may_read:
        values |= _without_secrets(row)
    letter = _letter(dossier, row, profile, asked, values, actor, at)
    return RequestPage(
        line=line(row),
        letter=letter,
        letter_id=row.letter_id,
        is_concept=row.letter_id is None,
        history=_history(row, names, Guard() if may_read else guard_for(dossier.id)),
        decided_by=names.get(row.decided_by_id, "") if row.decided_by_id else "",
        may_handle=actor.may(Verb.HANDLE_REQUEST) or actor.may(Verb.DECIDE_REQUEST),
        may_decide=actor.may(Verb.DECIDE_REQUEST),
        mandator=_mandator(row, actor, profile, on),
        may_read=may_read,
        # Of who is no client any more nobody can tell what would be black.
        may_preview=may_read and row.about.role == PersonRole.CLIENT,
        guard=guard_of_writer(dossier, actor, row.asker_id),
        pieces=offered(dossier, row, at, on) if may_choose and may_read else (),
        seen=shown_mark(dossier, row, candidates(dossier, row, at)) if may_choose and row.identified_at else "",
        secret_address=row.kind in SHOWING and bool(secret_addresses(dossier, row)),
        no_portal=_no_portal(dossier, row, on),
        stand=stand_of(dossier, row, on),
        waits=waits_today(dossier, row, at),
        closed_on=closed_on(row),
        fills_in=row.about_id if access.can(actor, Verb.CHANGE, dossier) else None,
        today=on,
        **values,
    )


def _no_portal(dossier: Dossier, row: ClientRequest, on: date) -> str:
    """Why the portal is not offered for carrying out; empty where it is, and for what opens nowhere: a copy."""
    if row.state != RequestState.DECIDED or row.kind != RequestKind.INSPECTION:
        return ""
    return why_not_in_portal(dossier, row, on)


def _without_secrets(row: ClientRequest) -> dict[str, Any]:
    """What colleagues wrote, for who may not see where somebody lives in secret."""
    guard = guard_for(row.dossier_id)
    unread = _("Only who may read the dossier reads what was asked on paper or by word of mouth.")
    return {
        "words": own_words(row) or (unread if row.words else ""),
        "reason": guard.words(row.reason or ""),
        "done_words": guard.words(row.done_words or ""),
    }


def own_words(row: ClientRequest) -> str:
    """What the asker sent through the portal, as it is; empty for what came in otherwise and staff wrote down.

    Those words are for who may read the dossier. What would be left of them without its secrets answers what was
    asked: which of three names is that of who reported, or which guessed address is where somebody lives in secret.
    """
    return (row.words or "") if row.channel == Channel.PORTAL else ""


def _mandator(row: ClientRequest, actor: Actor, profile: Profile, on: date) -> str:
    """What the one is called without whose written mandate ``actor`` does not decide; empty where none is needed."""
    found = judging.mandator(row.kind, actor.roles, profile)
    return role_label(found, on) if found else ""


def _judged(dossier: Dossier, row: ClientRequest, asked: Asked, profile: Profile, at: datetime) -> dict[str, Any]:
    """What the rules say now, or said when it was decided."""
    on = clock.local_date(at)
    decided_on = clock.local_date(row.decided_at) if row.decided_at else None
    before = row.state in BEFORE_DECISION
    now = judging.may_be_shown(asked, profile, on)
    parts = _parts(dossier, row, row.decided_at or at)
    form = judging.form_of(row.kind, profile, row.received_on)
    offered = judging.grounds(asked, profile, on) if before else ()
    left_out = judging.others_must_be_left_out(asked, profile, on)
    ways = judging.ways_to_identify(form)
    appeal = Decision.from_dict(row.decided["appeal"]) if row.decided else judging.appeal(row.kind, profile, on)
    return {
        "deadline": shown(
            Decision.from_dict(row.deadline),
            on,
            answer_label=_("decision at the latest"),
            made_on=clock.local_date(row.received_at),
        ),
        "shown": shown(now, on),
        "proposal": _proposal(asked, now, parts, profile, on),
        "ways": tuple(w for w in ways if w != Identified.PORTAL or row.channel == Channel.PORTAL),
        "identification": shown(judging.identification_of(row.kind, profile, on), on),
        "questions": _questions(asked, profile, on) if before else (),
        "grounds": tuple(_ground(one, on) for one in offered),
        "parts": parts,
        "left_out": shown(left_out, on) if left_out else None,
        "left_out_must": judging.must_be_partly(asked, profile, on),
        "appeal": shown(appeal, on, made_on=decided_on),
        "basis": tuple(
            shown(Decision.from_dict(one), on, made_on=decided_on) for one in (row.decided or {}).get("basis", ())
        ),
        "overruled": bool((row.decided or {}).get("overruled")),
    }


def _parts(dossier: Dossier, row: ClientRequest, until: datetime) -> Parts | None:
    if row.kind not in SHOWING:
        return None
    parts = parts_of(dossier, row, until)
    return parts if row.decided_at is None else replace(parts, given=len(given_pieces(dossier, row)))


def _told(dossier: Dossier, row: ClientRequest, asked: Asked, profile: Profile, on: date) -> dict[str, Any]:
    """What the row itself tells."""
    asker = asked.asker
    custody = _CUSTODY[asker.who]() if asker.who in _CUSTODY and asker.role != PersonRole.GUARDIAN else ""
    return {
        "asker_age": asker.age,
        "asker_is": ", ".join(part for part in (asker.role_label, custody) if part),
        "words": row.words or "",
        "asked_details": details_of(row, profile),
        "identified": str(Identified(row.identified_how).label) if row.identified_how else "",
        "identified_at": row.identified_at,
        "answered": asked.found_out,
        "may_join": judging.who_could_join(asked, profile, on),
        "joined": frozenset(asked.joined),
        "decided_at": row.decided_at,
        "reason": row.reason or "",
        "executed": str(Executed(row.executed_how).label) if row.executed_how else "",
        "executed_at": row.executed_at,
        "done_words": row.done_words or "",
    }


def details_of(row: ClientRequest, profile: Profile) -> tuple[tuple[str, str], ...]:
    """What the form asked beside the words: categories, reason, change."""
    stored = row.details or {}
    named = {one.key: one.label for one in profile.recording.categories}
    categories = ", ".join(named.get(key, key) for key in stored.get("categories", ()))
    pairs = (
        (_("Which data"), upper(categories)),
        (_("What must change"), stored.get("change", "")),
        (_("Why"), stored.get("reason", "")),
    )
    return tuple((label, text) for label, text in pairs if text)


def _proposal(asked: Asked, now: Decision, parts: Parts | None, profile: Profile, on: date) -> str:
    if not now.outcome["allowed"]:
        return "" if now.outcome.get("escalate") else str(Outcome.REFUSED)
    if asked.kind in ("destruction", "removal"):
        return ""
    if parts is not None and parts.others and judging.must_be_partly(asked, profile, on):
        return str(Outcome.PARTLY)
    return str(Outcome.GRANTED)


def _questions(asked: Asked, profile: Profile, on: date) -> tuple[tuple[str, str], ...]:
    return tuple((name, QUESTIONS[name]()) for name in judging.questions_that_matter(asked, profile, on))


def _ground(one: Ground, on: date) -> ShownGround:
    return ShownGround(one.key, upper(one.label), shown(one.decision, on), one.must, one.part_only)


def _letter(
    dossier: Dossier,
    row: ClientRequest,
    profile: Profile,
    asked: Asked,
    values: dict[str, Any],
    actor: Actor,
    at: datetime,
) -> Wording | None:
    if row.letter_id is not None:
        found = opened(dossier.id, row.letter_id)
        guard = Guard() if access.can(actor, Verb.READ, dossier) else guard_for(dossier.id)
        return guard.letter(found.wording) if found else None
    if row.state == RequestState.WITHDRAWN or not values["proposal"]:
        return None
    return concept(dossier, row, profile, asked, values["proposal"], values["parts"], actor, at)


def concept(
    dossier: Dossier,
    row: ClientRequest,
    profile: Profile,
    asked: Asked,
    outcome: str,
    parts: Parts | None,
    actor: Actor,
    at: datetime,
) -> Wording:
    """The letter as it would be with this outcome, before anybody decided."""
    on = clock.local_date(at)
    draft = copy(row)
    draft.outcome, draft.reason = outcome, row.reason or _("(your reason)")
    left_out = judging.others_must_be_left_out(asked, profile, on)
    content = letters.decision_content(draft, profile, parts, left_out, decided_by=actor, on=on)
    basis = [judging.may_be_shown(asked, profile, on)]
    if outcome == Outcome.PARTLY and left_out is not None:
        basis.append(left_out)
    appeal = judging.appeal(row.kind, profile, on)
    context = LetterContext(
        content=content,
        addressee=letters.addressee(row.asker),
        dossier_number=dossier.number,
        decisions=(*basis, appeal),
        appeal=str(appeal.outcome["text"]),
    )
    return wording.write(context, sender_on(on), on)


def _names(row: ClientRequest) -> dict[UUID, str]:
    did = (row.decided_by_id, row.identified_by_id, row.recorded_by_id, *(one.by_id for one in handled(row)))
    wanted = {one for one in did if one}
    return dict(User.objects.filter(id__in=wanted).values_list("id", "name"))


def _history(row: ClientRequest, names: dict[UUID, str], guard: Guard) -> tuple[Happened, ...]:
    """What happened, the oldest first; ``guard``: what this reader may not find in the reason for closing."""

    def who(user_id: UUID | None) -> str:
        return names.get(user_id, "") if user_id else ""

    channel = str(Channel(row.channel).label)
    found = [Happened(row.received_at, _("Received %(how)s") % {"how": channel}, who(row.recorded_by_id))]
    if row.identified_at is not None:
        how = str(Identified(row.identified_how).label)
        found.append(Happened(row.identified_at, _("Identity: %(how)s") % {"how": how}, who(row.identified_by_id)))
    if row.decided_at is not None:
        outcome = str(Outcome(row.outcome).label)
        found.append(Happened(row.decided_at, _("Decided: %(outcome)s") % {"outcome": outcome}, who(row.decided_by_id)))
    if row.executed_at is not None:
        found.append(Happened(row.executed_at, upper(str(Executed(row.executed_how).label)), ""))
    if row.ended_at is not None and row.outcome != Outcome.REFUSED:
        found.append(Happened(row.ended_at, upper(str(RequestState(row.state).label)), ""))
    found += (_happened(one, who(one.by_id), guard) for one in handled(row))
    return tuple(sorted(found, key=lambda one: one.at))


def _happened(done: Handled, who: str, guard: Guard) -> Happened:
    if not done.pieces:
        return Happened(done.at, _("Inspection closed"), who, guard.words(done.why))
    said = ngettext("%(num)s piece read and released", "%(num)s pieces read and released", done.pieces)
    if done.why:
        said = ngettext("%(num)s piece read and kept closed", "%(num)s pieces read and kept closed", done.pieces)
    return Happened(done.at, said % {"num": done.pieces}, who, guard.words(done.why))
