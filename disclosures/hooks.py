"""What other packages show of disclosures: side menu, timeline, approvals, tasks; and what we hear of consent."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.accounts.models import User
from casemgmt.base import clock, jobs
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.policy.versions import profile_in_force
from casemgmt.vault.keys import load_keys
from casemgmt.web import navigation
from casemgmt.web.routes import Needs
from casemgmt.work.approvals import Approval, ApprovalSource, Waiting, approvals
from casemgmt.work.kinds import Group, task_kind
from consent.facts import circle
from consent.hooks import ToTell, changed, exchanges, guards, told_of
from disclosures.acts import called, reassess_running
from disclosures.deciding import look_at_asked
from disclosures.guarded import guard_of_writer
from disclosures.informing import decides_telling, lapsed
from disclosures.judging import beginning
from disclosures.models import Disclosure, DisclosureRegisterRow
from disclosures.package import to_tell
from disclosures.printing import BUILD
from disclosures.staying import keeps_a_client
from disclosures.vocabulary import APPROVE, ASK_AGAIN, HAND_OVER, INFORM, QUESTION, REVIEW, RUNNING, State
from dossiers.access import reachable
from dossiers.models import Dossier
from dossiers.names import unreadable
from dossiers.people.staying import keeps
from dossiers.sections import (
    DossierAction,
    Span,
    TimelineEvent,
    actions,
    person_added,
    put_right,
    section,
    timeline_events,
)
from dossiers.verbs import Verb

MOST = 50


def _running(dossier: Dossier, actor: Actor) -> int:
    return Disclosure.objects.filter(dossier=dossier, state__in=sorted(RUNNING)).count()


def _timeline(dossier: Dossier, actor: Actor, span: Span) -> Sequence[TimelineEvent]:
    rows = DisclosureRegisterRow.objects.filter(dossier=dossier)
    if span.newest is not None:
        rows = rows.filter(at__lte=span.newest)
    if span.oldest is not None:
        rows = rows.filter(at__gte=span.oldest)
    return [_event(row, actor) for row in rows.order_by("-at")[:MOST]]


def _event(row: DisclosureRegisterRow, actor: Actor) -> TimelineEvent:
    to = row.content["organisation"] or row.content["name"]
    may_look = actor.may(Verb.PREPARE_DISCLOSURE)
    return TimelineEvent(
        at=row.at,
        text=_("Given to %(recipient)s: %(ground)s") % {"recipient": to, "ground": row.content["ground"]},
        icon="share-3",
        url_name="disclosures:page" if may_look else "",
        arguments={"dossier_id": row.dossier_id, "disclosure_id": row.disclosure_id} if may_look else {},
        link=_("look") if may_look else "",
    )


def _waiting(actor: Actor) -> Waiting:
    """What waits for this person: never their own proposals.

    Also, for who may put telling the client off: what leaves without approval, until they did or it left; and what
    was approved while putting it off no longer holds, for nothing leaves before they decided that anew.
    """
    if actor.user_id is None:
        return Waiting()
    waits = Q(state=State.AWAITING_APPROVAL)
    on = clock.today()
    if actor.may(Verb.APPROVE_DISCLOSURE) and decides_telling(actor, profile_in_force(on)):
        asked = Q(approval_needed=False) | Q(deferred_why__isnull=False)
        waits |= Q(asked, state=State.APPROVED) & ~Q(deferred_until__gt=on)
    found = (
        Disclosure.objects.filter(waits, dossier__in=reachable(actor, Verb.APPROVE_DISCLOSURE))
        .exclude(proposed_by_id=actor.user_id)
        .exclude(asked_by_id=actor.user_id)
    )
    rows = list(found.select_related("dossier", "about").order_by("asked_at", "id")[:MOST])
    opened = load_keys(row.dossier_id for row in rows)
    askers: dict[UUID | None, str] = {}
    askers |= User.objects.filter(id__in={row.asked_by_id for row in rows}).values_list("id", "name")
    items = [_approval(row, askers.get(row.asked_by_id, ""), shut=row.dossier_id not in opened) for row in rows]
    return Waiting(items, found.count() - len(items))


def _approval(row: Disclosure, asked_by: str, *, shut: bool) -> Approval:
    about = unreadable() if shut else row.about.name
    return Approval(
        title=_("Disclosure") if shut else _asked(row) % {"recipient": called(row)},
        name="disclosures:approve",
        arguments={"dossier_id": row.dossier_id, "disclosure_id": row.id},
        sub=_("about %(name)s, %(number)s") % {"name": about, "number": row.dossier.number},
        asked_by=asked_by,
        asked_at=row.asked_at,
        decision=Decision.from_dict(row.judgement["may"]) if not shut and row.judgement else None,
        dossier_id=row.dossier_id,
    )


def _asked(row: Disclosure) -> str:
    """What is asked of who decides: approving it, or when the client hears it."""
    if row.state == State.AWAITING_APPROVAL:
        return _("Disclosure to %(recipient)s")
    if lapsed(row, clock.today()):
        return _("To %(recipient)s: decide anew when the client hears it")
    return _("To %(recipient)s without approval: must the client hear it later?")


def _beginning(exchange_id: UUID, on: date) -> Decision | None:
    """From which day on an answer can be one to this disclosure."""
    row = Disclosure.objects.filter(id=exchange_id).first()
    return beginning(row, profile_in_force(on)) if row is not None else None


def _to_tell(exchange_id: UUID, on: date) -> ToTell | None:
    """What there is to be told of this disclosure before somebody answers."""
    row = Disclosure.objects.select_related("dossier").filter(id=exchange_id).first()
    around = circle(row.dossier, row.about_id, on) if row is not None else None
    return ToTell(row.purpose, to_tell(row, around)) if row is not None and around is not None else None


approvals.add("disclosures", ApprovalSource(gettext_noop("Disclosures"), _waiting, "disclosures:list"))
timeline_events.add("disclosures", _timeline)
changed.add("disclosures", reassess_running)
guards.add("disclosures", guard_of_writer)
put_right.add("disclosures", look_at_asked)
keeps.add("disclosures", keeps_a_client)
person_added.add("disclosures", lambda dossier, _person_id, _by, at: look_at_asked(dossier, at))
exchanges.add("disclosures", _beginning)
told_of.add("disclosures", _to_tell)
section(
    "disclosures",
    gettext_noop("Disclosures"),
    "disclosures:register",
    70,
    Verb.PREPARE_DISCLOSURE,
    count=_running,
    group=1,
    word="disclosures",
)
actions.add(
    "disclose",
    DossierAction(gettext_noop("Disclose"), "disclosures:new", Verb.PREPARE_DISCLOSURE, 20, "share-3"),
)
navigation.item(
    gettext_noop("Disclose"),
    "share-3",
    "disclosures:list",
    30,
    needs=Needs.any_of("disclosure.prepare", "disclosure.approve"),
    key="v",
)
jobs.called(BUILD, gettext_noop("Printing a package to hand over"))
# Whoever manages does not prepare: they see it, and tell the client, on the page of who decides.
_MANAGED_ON = "disclosures:approve"
task_kind(APPROVE, gettext_noop("Approve a disclosure"), Group.ASK, "share-3")
task_kind(HAND_OVER, gettext_noop("Hand over an approved disclosure"), Group.ASK, "share-3", _MANAGED_ON)
task_kind(INFORM, gettext_noop("Tell the client about a disclosure"), Group.ASK, "message", _MANAGED_ON)
task_kind(QUESTION, gettext_noop("Decide about giving data without consent"), Group.ASK, "scale", _MANAGED_ON)
task_kind(REVIEW, gettext_noop("Look afterwards at a disclosure in acute danger"), Group.ASK, "scale")
task_kind(ASK_AGAIN, gettext_noop("Ask anew for approval of a disclosure"), Group.ASK, "share-3", _MANAGED_ON)
