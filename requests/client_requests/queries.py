"""Lists of requests as plain values; and in which way somebody of staff comes to them."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import QuerySet

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.audit.vocabulary import Outcome as Ended
from casemgmt.base.db import reads
from casemgmt.base.errors import NotThere
from casemgmt.base.keyset import Part, part
from casemgmt.organisations.actors import Actor
from casemgmt.policy.schema.vocabulary import RequestKind
from casemgmt.policy.versions import profile_in_force
from casemgmt.vault.keys import load_keys
from casemgmt.web.routes import Needs
from client_requests.models import ClientRequest
from client_requests.showing import upper
from client_requests.vocabulary import BEFORE_DECISION, RUNNING, Channel, Outcome, RequestState, Stand
from dossiers.access import reachable
from dossiers.models import Dossier
from dossiers.names import unreadable
from dossiers.verbs import Verb

# Whoever decides; and whoever handles requests, unless they read dossiers only under a supervisor (SH-2.5.5): to
# them no dossier is open (``way``), so every page about requests would be empty.
HANDLES = Needs.any_of(Needs.capability(Verb.HANDLE_REQUEST, alone=Verb.READ), Needs.capability(Verb.DECIDE_REQUEST))

LONGEST = 100
NEWEST = ("-received_at", "-id")
FILTERS = ("open", "decided", "ended")
STATES = {
    "open": BEFORE_DECISION,
    "decided": ("decided", "executing"),
    "ended": ("completed", "withdrawn"),
}


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request in a list."""

    id: UUID
    dossier_id: UUID
    number: str
    kind: str
    label: str
    asker: str
    about: str
    state: str
    state_label: str
    outcome: str
    outcome_label: str
    received_on: date
    due_on: date
    channel_label: str
    running: bool
    waits: bool
    # Whether it stands open in the portal for its asker today; only told on the asker's own pages.
    stand: str = Stand.NEVER

    def late(self, on: date) -> bool:
        """Whether a decision should have been there."""
        return self.waits and self.due_on < on


@dataclass(frozen=True, slots=True)
class RequestList:
    """Some requests of one filter, the key of those after them, and how many each filter holds."""

    lines: tuple[RequestLine, ...]
    next: str
    counts: dict[str, int]


def way(actor: Actor) -> Verb:
    """With which verb somebody comes to a request.

    Whoever decides, and a desk that reads no dossiers, comes to all of them.
    Everybody else handles the requests of the clients they work with.
    """
    if actor.may(Verb.DECIDE_REQUEST):
        return Verb.DECIDE_REQUEST
    return Verb.READ if actor.may(Verb.READ) else Verb.HANDLE_REQUEST


@reads
def requests_for(actor: Actor, show: str, after: str = "") -> RequestList:
    """The requests that this person handles or decides from a key on, those that end first on top."""
    there = ClientRequest.objects.filter(dossier__in=reachable(actor, way(actor)))
    counts = {name: there.filter(state__in=states).count() for name, states in STATES.items()}
    order = ("-ended_at", "-id") if show == "ended" else ("due_on", "received_at", "id")
    found = part(_whole(there.filter(state__in=STATES[show])), order, after, LONGEST)
    opened = load_keys(row.dossier_id for row in found.rows)
    events.record(Action.READ, outcome=Ended.SHOWN, data="requests", subjects=[row.dossier_id for row in found.rows])
    return RequestList(tuple(line(row, shut=row.dossier_id not in opened) for row in found.rows), found.next, counts)


def requests_in(dossier: Dossier, after: str = "") -> Part[RequestLine]:
    """The requests about one dossier, the newest first, from a key on; its key must be loaded."""
    return part(_whole(ClientRequest.objects.filter(dossier=dossier)), NEWEST, after, LONGEST).each(line)


def inspection_in(dossier: Dossier, request_id: UUID) -> ClientRequest:
    """The request of this dossier to inspect it, with the client whom it is about; raises NotThere for any other."""
    rows = ClientRequest.objects.select_related("about").filter(dossier=dossier, id=request_id)
    found: ClientRequest | None = rows.filter(kind=RequestKind.INSPECTION).first()
    if found is None:
        raise NotThere
    return found


def line(row: ClientRequest, *, shut: bool = False) -> RequestLine:
    """One row as a value, called as on the day it was asked.

    ``shut``: its dossier's key is not in the vault, so nobody is named.
    """
    return RequestLine(
        id=row.id,
        dossier_id=row.dossier_id,
        number=row.dossier.number,
        kind=row.kind,
        label=upper(label_of(row)),
        asker=unreadable() if shut else row.asker.name,
        about="" if shut or row.about_id == row.asker_id else row.about.name,
        state=row.state,
        state_label=str(RequestState(row.state).label),
        outcome=row.outcome,
        outcome_label=str(Outcome(row.outcome).label) if row.outcome else "",
        received_on=row.received_on,
        due_on=row.due_on,
        channel_label=str(Channel(row.channel).label),
        running=row.state in RUNNING,
        waits=row.state in BEFORE_DECISION,
    )


def label_of(row: ClientRequest) -> str:
    """What the organisation called this kind of request when it came in."""
    return str(profile_in_force(row.received_on).requests.kinds[RequestKind(row.kind)].label)


def _whole(rows: QuerySet[ClientRequest]) -> QuerySet[ClientRequest]:
    return rows.select_related("dossier", "asker", "about")
