"""What this package adds to the registries of those to its left."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.policy.schema.vocabulary import RequestKind
from casemgmt.policy.versions import profile_in_force
from casemgmt.vault.keys import load_keys
from casemgmt.web import navigation
from casemgmt.work.approvals import Approval, ApprovalSource, Waiting, approvals
from casemgmt.work.kinds import Group, task_kind
from client_requests.models import ClientRequest
from client_requests.queries import HANDLES
from client_requests.reading import see_to_reading
from client_requests.staying import keeps_a_client
from client_requests.vocabulary import BEFORE_DECISION, CARRY_OUT, DECIDE, READ_AGAIN, RUNNING, Outcome, RequestState
from dossiers.access import changed, reachable
from dossiers.frame import first_name
from dossiers.models import Dossier
from dossiers.names import unreadable
from dossiers.people.staying import keeps
from dossiers.sections import DossierAction, Span, TimelineEvent, actions, section, timeline_events
from dossiers.verbs import Verb
from retention.oppositions import oppositions

MOST = 50


def install() -> None:
    """Called once at start."""
    task_kind(DECIDE, gettext_noop("Decide on a request"), Group.ASK, "inbox")
    task_kind(CARRY_OUT, gettext_noop("Carry out a request"), Group.ASK, "inbox")
    task_kind(READ_AGAIN, gettext_noop("Read again what closed in an inspection"), Group.ASK, "inbox")
    changed.add("client_requests", see_to_reading)
    approvals.add("client_requests", ApprovalSource(gettext_noop("Requests"), waiting, "client_requests:list"))
    oppositions.add("client_requests", opposes)
    keeps.add("client_requests", keeps_a_client)
    timeline_events.add("client_requests", timeline)
    section(
        "requests",
        gettext_noop("Requests"),
        "client_requests:dossier",
        80,
        Verb.HANDLE_REQUEST,
        count=running,
        group=1,
        word="requests",
    )
    section("portal", gettext_noop("Portal"), "client_requests:portal", 85, Verb.INVITE_TO_PORTAL, group=1)
    actions.add(
        "take_request",
        DossierAction(gettext_noop("Take a request"), "client_requests:new", Verb.HANDLE_REQUEST, 30, "inbox"),
    )
    navigation.item(
        gettext_noop("Requests"),
        "inbox",
        "client_requests:list",
        40,
        needs=HANDLES,
        key="q",
    )


def running(dossier: Dossier, actor: Actor) -> int:
    """How many requests still run."""
    return ClientRequest.objects.filter(dossier=dossier, state__in=RUNNING).count()


def opposes(dossier_id: UUID) -> str | None:
    """A running request keeps a dossier from being destroyed."""
    if ClientRequest.objects.filter(dossier_id=dossier_id, state__in=RUNNING).exists():
        return _("A request about this dossier is still running.")
    return None


def timeline(dossier: Dossier, actor: Actor, span: Span) -> Sequence[TimelineEvent]:
    """That something was asked, and what was decided."""
    ends = {end: at for end, at in (("lte", span.newest), ("gte", span.oldest)) if at is not None}
    within = Q()
    for moment in ("received_at", "decided_at", "ended_at"):
        within |= Q(**{f"{moment}__{end}": at for end, at in ends.items()})
    rows = ClientRequest.objects.filter(within, dossier=dossier).select_related("asker").order_by("-received_at")[:MOST]
    events = [event for row in rows for event in _events(row, actor)]
    return [one for one in events if _within(one, span)]


def _events(row: ClientRequest, actor: Actor) -> Sequence[TimelineEvent]:
    label = profile_in_force(row.received_on).requests.kinds[RequestKind(row.kind)].label
    values = {"name": first_name(row.asker.name), "kind": label}
    found = [(row.received_at, _("%(name)s asks: %(kind)s") % values)]
    if row.decided_at is not None:
        outcome = str(Outcome(row.outcome).label)
        found.append((row.decided_at, _("Decided on “%(kind)s”: %(outcome)s") % {**values, "outcome": outcome}))
    if row.state == RequestState.WITHDRAWN and row.ended_at is not None:
        found.append((row.ended_at, _("%(name)s withdrew: %(kind)s") % values))
    may_look = actor.may(Verb.HANDLE_REQUEST) or actor.may(Verb.DECIDE_REQUEST)
    return [
        TimelineEvent(
            at=at,
            text=text,
            icon="inbox",
            url_name="client_requests:page" if may_look else "",
            arguments={"dossier_id": row.dossier_id, "request_id": row.id} if may_look else {},
            link=_("look") if may_look else "",
        )
        for at, text in found
    ]


def _within(event: TimelineEvent, span: Span) -> bool:
    newer = span.newest is not None and event.at > span.newest
    older = span.oldest is not None and event.at < span.oldest
    return not newer and not older


def waiting(actor: Actor) -> Waiting:
    """The requests that wait for this person's decision."""
    if not actor.may(Verb.DECIDE_REQUEST):
        return Waiting()
    found = ClientRequest.objects.filter(state__in=BEFORE_DECISION, dossier__in=reachable(actor, Verb.DECIDE_REQUEST))
    rows = list(found.select_related("dossier", "asker").order_by("due_on", "received_at", "id")[:MOST])
    opened = load_keys(row.dossier_id for row in rows)
    items = [_approval(row, shut=row.dossier_id not in opened) for row in rows]
    return Waiting(items, found.count() - len(items))


def _approval(row: ClientRequest, *, shut: bool) -> Approval:
    label = profile_in_force(row.received_on).requests.kinds[RequestKind(row.kind)].label
    return Approval(
        title=label[:1].upper() + label[1:],
        name="client_requests:page",
        arguments={"dossier_id": row.dossier_id, "request_id": row.id},
        sub=row.dossier.number,
        asked_by=unreadable() if shut else row.asker.name,
        asked_at=row.received_at,
        due_on=row.due_on,
        decision=None if shut else Decision.from_dict(row.deadline),
        dossier_id=row.dossier_id,
    )
