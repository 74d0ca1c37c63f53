"""What a client or representative may know of requests: their own, and those that others made about them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.accounts.models import User
from casemgmt.base.errors import NotThere
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.facts import RightFacts
from casemgmt.policy.rules.representation import who_exercises_rights
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import RequestKind, Right
from casemgmt.policy.versions import profile_in_force
from casemgmt.policy.words import role_label
from client_requests import judging
from client_requests.acts import asked_of, still_entitled
from client_requests.facts import Asked
from client_requests.inspection import Inspection, inspection_of
from client_requests.models import ClientRequest
from client_requests.pages import details_of
from client_requests.queries import RequestLine, label_of, line
from client_requests.showing import ShownDecision, shown
from client_requests.vocabulary import BEFORE_DECISION, Executed, RequestState
from consent.facts import circle, client_facts
from dossiers.frame import first_name
from dossiers.models import Dossier, Person
from dossiers.people.vocabulary import PersonRole

# Who can ask on behalf of a client of the dossier; whether they may, the rules tell.
ASK_FOR_OTHERS = frozenset(
    {PersonRole.PARENT, PersonRole.STEPPARENT, PersonRole.GUARDIAN, PersonRole.FOSTER_PARENT, PersonRole.PARTNER}
)


@dataclass(frozen=True, slots=True)
class ActedFor:
    """Something that another asked about this person's data."""

    who: str
    label: str
    on: date
    state_label: str


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """One request as its asker sees it."""

    line: RequestLine
    about_name: str
    deadline: ShownDecision
    entitled: ShownDecision
    details: tuple[tuple[str, str], ...]
    words: str
    decider: str
    identified_at: datetime | None
    identified_how: str
    decided_at: datetime | None
    decided_by: str
    reason: str
    basis: tuple[ShownDecision, ...]
    appeal: ShownDecision
    letter_id: UUID | None
    executed_how: str
    executed_at: datetime | None
    done_words: str
    ended_at: datetime | None
    may_withdraw: bool
    may_read: bool


def own_requests(dossier: Dossier, person: Person) -> tuple[RequestLine, ...]:
    """What this person asked, the newest first."""
    rows = ClientRequest.objects.filter(dossier=dossier, asker=person).select_related("dossier", "asker", "about")
    return tuple(line(row) for row in rows.order_by("-received_at", "-id")[:100])


def acted_for(dossier: Dossier, person: Person) -> tuple[ActedFor, ...]:
    """What others asked about this person's data: nobody acts for somebody in silence."""
    rows = ClientRequest.objects.filter(dossier=dossier, about=person).exclude(asker=person)
    return tuple(
        ActedFor(row.asker.name, label_of(row), row.received_on, str(RequestState(row.state).label))
        for row in rows.select_related("asker").order_by("-received_at", "-id")[:20]
    )


def own_request(dossier: Dossier, person: Person, request_id: UUID, on: date) -> OwnRequest:
    """One request of this person; raises NotThere for anybody else's."""
    row = _own(dossier, person, request_id)
    profile = profile_in_force(on)
    rules = profile.requests.kinds[RequestKind(row.kind)]
    by = User.objects.filter(id=row.decided_by_id).values_list("name", flat=True) if row.decided_by_id else ()
    decided_by = next(iter(by), "")
    stored = row.decided or {}
    return OwnRequest(
        line=line(row),
        about_name="" if row.about_id == row.asker_id else first_name(row.about.name),
        deadline=shown(Decision.from_dict(row.deadline), on, answer_label=_("answer at the latest")),
        entitled=shown(_entitled_now(dossier, row, profile, on), on),
        details=details_of(row, profile),
        words=row.words or "",
        decider=role_label(rules.decided_by.value.value, on),
        identified_at=row.identified_at,
        identified_how=row.identified_how,
        decided_at=row.decided_at,
        decided_by=decided_by,
        reason=row.reason or "",
        basis=tuple(shown(Decision.from_dict(one), on) for one in stored.get("basis", ())),
        appeal=shown(_appeal(row, profile, on), on),
        letter_id=row.letter_id,
        executed_how=row.executed_how,
        executed_at=row.executed_at,
        done_words=row.done_words or "",
        ended_at=row.ended_at,
        may_withdraw=row.state in (*BEFORE_DECISION, RequestState.DECIDED),
        may_read=_is_open(row),
    )


def read_inspection(dossier: Dossier, person: Person, request_id: UUID, on: date) -> tuple[RequestLine, Inspection]:
    """What was opened for this person; whether they may still have it is judged now.

    Raises NotThere when nothing is open and Refused when the right has ended.
    """
    row = _own(dossier, person, request_id)
    if not _is_open(row) or row.decided_at is None:
        raise NotThere
    still_entitled(dossier, row, on)
    return line(row), inspection_of(dossier, row.about_id, row.decided_at, on)


def about_whom(dossier: Dossier, person: Person) -> tuple[tuple[UUID, str], ...]:
    """About whose data this person can ask: their own, and for a parent or guardian each client's."""
    if person.role == PersonRole.CLIENT:
        return ((person.id, first_name(person.name)),)
    if person.role not in ASK_FOR_OTHERS:
        return ()
    clients = Person.objects.filter(dossier=dossier, role=PersonRole.CLIENT).order_by("position", "id")
    return tuple((one.id, first_name(one.name)) for one in clients)


def would_be(
    dossier: Dossier, person: Person, kind: str, about_id: UUID, on: date
) -> tuple[ShownDecision, ShownDecision]:
    """Before sending: whether this person may ask this, and until when there would be an answer."""
    around = circle(dossier, about_id, on)
    if around is None or around.find(person.id) is None:
        raise NotThere
    profile = profile_in_force(on)
    entitled = judging.entitled(Asked(kind, person.id, around, on), profile, on)
    return shown(entitled, on), shown(
        judging.deadline(kind, on, profile, on), on, answer_label=_("answer at the latest")
    )


def withdrawable(dossier: Dossier, person: Person, request_id: UUID) -> UUID:
    """The id of a request of this person's own; raises NotThere."""
    return UUID(str(_own(dossier, person, request_id).id))


def _own(dossier: Dossier, person: Person, request_id: UUID) -> ClientRequest:
    rows = ClientRequest.objects.select_related("dossier", "asker", "about")
    row: ClientRequest | None = rows.filter(dossier=dossier, asker=person, id=request_id).first()
    if row is None:
        raise NotThere
    return row


def _is_open(row: ClientRequest) -> bool:
    return row.executed_how == Executed.PORTAL and row.state in (RequestState.EXECUTING, RequestState.COMPLETED)


def _entitled_now(dossier: Dossier, row: ClientRequest, profile: Profile, on: date) -> Decision:
    if row.state in BEFORE_DECISION:
        return judging.entitled(asked_of(dossier, row, on), profile, on)
    return Decision.from_dict(row.entitled)


def _appeal(row: ClientRequest, profile: Profile, on: date) -> Decision:
    stored = (row.decided or {}).get("appeal")
    return Decision.from_dict(stored) if stored else judging.appeal(row.kind, profile, on)


@dataclass(frozen=True, slots=True)
class Rights:
    """For which clients somebody exercises rights today, and the rule that says so (or says no)."""

    clients: tuple[tuple[UUID, str], ...]
    decision: ShownDecision | None


def rights_over(dossier: Dossier, person: Person, on: date) -> Rights:
    """Whose rights this person exercises today, alone or with somebody: theirs are the trail and the register."""
    profile = profile_in_force(on)
    held: list[tuple[UUID, str]] = []
    why: Decision | None = None
    for client in Person.objects.filter(dossier=dossier, role=PersonRole.CLIENT).order_by("position", "id"):
        around = circle(dossier, client.id, on)
        somebody = around.find(person.id) if around else None
        if around is None or somebody is None or client.birth_date is None:
            continue
        facts = RightFacts(**client_facts(around), right=Right.INSPECTION)
        decision = who_exercises_rights(facts, profile, on)
        mine = somebody.who.value in decision.outcome["by"]
        if mine:
            held.append((client.id, first_name(client.name)))
        if why is None or (mine and len(held) == 1):
            why = decision
    return Rights(tuple(held), shown(why, on) if why else None)
