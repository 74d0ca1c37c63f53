"""What a client or representative may know of requests: their own, and those that others made about them."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from casemgmt.accounts.models import User
from casemgmt.base import clock
from casemgmt.base.errors import NotAllowed, NotThere, Refused
from casemgmt.base.keyset import Part, part
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.facts import RightFacts
from casemgmt.policy.rules.representation import who_exercises_rights
from casemgmt.policy.rules.unknown import of_client
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import Person as Who
from casemgmt.policy.schema.vocabulary import RequestKind, Right
from casemgmt.policy.versions import profile_in_force
from casemgmt.policy.words import role_label
from client_requests import judging
from client_requests.acts import asked_of, still_entitled
from client_requests.facts import Asked
from client_requests.inspection import Inspection, Kept, inspection_of
from client_requests.models import ClientRequest
from client_requests.open_today import kept_today, stand_of
from client_requests.pages import details_of, own_words
from client_requests.queries import NEWEST, RequestLine, label_of, line
from client_requests.showing import ShownDecision, shown
from client_requests.since_decision import closed_on
from client_requests.vocabulary import BEFORE_DECISION, RUNNING, Channel, RequestState, Stand
from consent.facts import Circle, circle, circles, client_facts
from disclosures.guarded import guard_for
from dossiers.frame import first_name
from dossiers.models import Dossier, Person

# Who stands for a client whatever the rules let them do; anybody else only where the rules let them act.
ALWAYS = frozenset({Who.CLIENT, Who.LEGAL_REPRESENTATIVE})
OWN_AT_ONCE, OTHERS_AT_ONCE = 100, 20


class NoLongerOpen(NotAllowed):
    """One's own inspection that was open and is not any more; ``day`` on which staff closed it, where they did."""

    word = "no-longer-open"

    def __init__(self, day: date | None) -> None:
        super().__init__(_("You can no longer read this"))
        self.day = day


@dataclass(frozen=True, slots=True)
class ActedFor:
    """Something that another asked about this person's data."""

    who: str
    label: str
    on: date
    state_label: str


@dataclass(frozen=True, slots=True)
class OwnRequest:
    """One request as its asker sees it; ``by_staff``: it came in on paper or by word of mouth, so without ``words``."""

    line: RequestLine
    about_name: str
    deadline: ShownDecision
    entitled: ShownDecision
    details: tuple[tuple[str, str], ...]
    words: str
    by_staff: bool
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
    closed_on: date | None
    kept: tuple[Kept, ...]


def own_requests(dossier: Dossier, person: Person, on: date, after: str = "") -> Part[RequestLine]:
    """What this person asked, the newest first from a key on, with whether it stands open for them today."""
    return part(_of(dossier, person), NEWEST, after, OWN_AT_ONCE).each(lambda row: _line(dossier, row, on))


def awaited(dossier: Dossier, person: Person, on: date) -> RequestLine | None:
    """Of what this person asked, what is still done for them and ends first, however long ago they asked it.

    What was closed again or is no longer theirs waits for nothing that they could get.
    """
    running = _of(dossier, person).filter(state__in=RUNNING).order_by("due_on", "id")
    lines = (_line(dossier, row, on) for row in running)
    return next((one for one in lines if one.stand in (Stand.NEVER, Stand.OPEN, Stand.EMPTY)), None)


def acted_for(dossier: Dossier, person: Person, after: str = "") -> Part[ActedFor]:
    """What others asked about this person's data, the newest first from a key on: nobody acts in silence."""
    rows = ClientRequest.objects.filter(dossier=dossier, about=person).exclude(asker=person)
    return part(rows.select_related("asker"), NEWEST, after, OTHERS_AT_ONCE).each(
        lambda row: ActedFor(row.asker.name, label_of(row), row.received_on, str(RequestState(row.state).label))
    )


def own_request(dossier: Dossier, person: Person, request_id: UUID, on: date) -> OwnRequest:
    """One request of this person; raises NotThere for anybody else's."""
    row = _own(dossier, person, request_id)
    profile = profile_in_force(on)
    rules = profile.requests.kinds[RequestKind(row.kind)]
    by = User.objects.filter(id=row.decided_by_id).values_list("name", flat=True) if row.decided_by_id else ()
    decided_by = next(iter(by), "")
    stored = row.decided or {}
    stands = _stands_in(circle(dossier, row.about_id, on), person, profile)

    decided_on = clock.local_date(row.decided_at) if row.decided_at else None
    guard = guard_for(dossier.id, person.id)

    def told(decision: Decision, made_on: date | None = None) -> ShownDecision:
        return shown(decision if stands else _without_facts(decision), on, made_on=made_on)

    return OwnRequest(
        line=_line(dossier, row, on),
        about_name="" if row.about_id == row.asker_id else first_name(row.about.name),
        deadline=shown(
            Decision.from_dict(row.deadline),
            on,
            answer_label=_("answer at the latest"),
            made_on=clock.local_date(row.received_at),
        ),
        entitled=told(_entitled_now(dossier, row, profile, on)),
        details=details_of(row, profile),
        words=own_words(row),
        by_staff=row.channel != Channel.PORTAL,
        decider=role_label(rules.decided_by.value.value, on),
        identified_at=row.identified_at,
        identified_how=row.identified_how,
        decided_at=row.decided_at,
        decided_by=decided_by,
        reason=guard.words(row.reason or ""),
        basis=tuple(told(Decision.from_dict(one), decided_on) for one in stored.get("basis", ())),
        appeal=shown(_appeal(row, profile, on), on, made_on=decided_on),
        letter_id=row.letter_id,
        executed_how=row.executed_how,
        executed_at=row.executed_at,
        done_words=guard.words(row.done_words or ""),
        ended_at=row.ended_at,
        may_withdraw=row.state in (*BEFORE_DECISION, RequestState.DECIDED),
        closed_on=closed_on(row),
        kept=kept_today(dossier, row, on),
    )


def read_inspection(dossier: Dossier, person: Person, request_id: UUID, on: date) -> tuple[RequestLine, Inspection]:
    """What was opened for this person; whether they may still have it is judged now.

    Raises NotThere when nothing was opened, NoLongerOpen when it was closed since and Refused when the right has ended.
    """
    row = _own(dossier, person, request_id)
    stand = stand_of(dossier, row, on)
    if stand is Stand.NEVER:
        raise NotThere
    if stand is Stand.CLOSED or circle(dossier, row.about_id, on) is None:
        raise NoLongerOpen(closed_on(row))
    try:
        still_entitled(dossier, row, on)
    except Refused as over:
        stands = _stands_in(circle(dossier, row.about_id, on), person, profile_in_force(on))
        raise over if stands else Refused(_without_facts(over.decision)) from over
    return _line(dossier, row, on), inspection_of(dossier, row, on)


def about_whom(dossier: Dossier, person: Person, on: date) -> tuple[tuple[UUID, str], ...]:
    """About whose data this person can ask here today: their own, and that of each client they stand for.

    Whoever has custody of one child learns here of no other; on paper anybody can
    ask anything, and gets an answer with the rule.
    """
    profile = profile_in_force(on)
    mine = (one.client for one in circles(dossier, on) if _stands_in(one, person, profile))
    return tuple((one.id, first_name(one.name)) for one in mine)


def would_be(
    dossier: Dossier, person: Person, kind: str, about_id: UUID, on: date
) -> tuple[ShownDecision, ShownDecision]:
    """Before sending: whether this person may ask this, and until when there would be an answer.

    Raises NotThere for a client they do not stand for.
    """
    around, profile = circle(dossier, about_id, on), profile_in_force(on)
    if around is None or not _stands_in(around, person, profile):
        raise NotThere
    entitled = judging.entitled(Asked(kind, person.id, around, on), profile, on)
    return shown(entitled, on), shown(
        judging.deadline(kind, on, profile, on), on, answer_label=_("answer at the latest")
    )


def withdrawable(dossier: Dossier, person: Person, request_id: UUID) -> UUID:
    """The id of a request of this person's own; raises NotThere."""
    return UUID(str(_own(dossier, person, request_id).id))


def _of(dossier: Dossier, person: Person) -> QuerySet[ClientRequest]:
    return ClientRequest.objects.filter(dossier=dossier, asker=person).select_related("dossier", "asker", "about")


def _own(dossier: Dossier, person: Person, request_id: UUID) -> ClientRequest:
    row: ClientRequest | None = _of(dossier, person).filter(id=request_id).first()
    if row is None:
        raise NotThere
    return row


def _line(dossier: Dossier, row: ClientRequest, on: date) -> RequestLine:
    return replace(line(row), stand=stand_of(dossier, row, on))


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
    """Whose rights this person exercises today, alone or with somebody: theirs are the trail and the register.

    The rule that is shown is about a client they stand for: the age of another is not theirs to know.
    """
    profile = profile_in_force(on)
    held: list[tuple[UUID, str]] = []
    why: Decision | None = None
    for around in circles(dossier, on):
        somebody, decision = around.find(person.id), _whose_right(around, profile)
        if somebody is None:
            continue
        mine = somebody.who.value in decision.outcome["by"]
        if mine:
            held.append((around.client.id, first_name(around.client.name)))
        if (mine and len(held) == 1) or (why is None and somebody.who in ALWAYS):
            why = decision
    return Rights(tuple(held), shown(why, on) if why else None)


def _whose_right(around: Circle, profile: Profile) -> Decision:
    """Who exercises this client's rights on that day; nobody while the birth date is not known."""
    facts = RightFacts(**client_facts(around), right=Right.INSPECTION)
    return of_client(who_exercises_rights, facts, profile, around.on)


def _stands_in(around: Circle | None, person: Person, profile: Profile) -> bool:
    """Whether somebody is this client, represents them, or acts in their place by the ladder (GT-22.4)."""
    somebody = around.find(person.id) if around else None
    if around is None or somebody is None or somebody.who in ALWAYS:
        return somebody is not None
    decision = _whose_right(around, profile)
    return somebody.who.value in decision.outcome["by"]


def _without_facts(decision: Decision) -> Decision:
    """The answer and its article, without what it says of the client: for whoever does not stand for them."""
    return replace(decision, facts=(), would_change=())
