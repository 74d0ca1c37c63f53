"""What this package adds to the registries of those to its left: jobs, tasks, menu, dossier pages, approvals."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.accounts.models import User
from casemgmt.base import jobs, nightly
from casemgmt.organisations.actors import Actor
from casemgmt.policy.impacts import impacts
from casemgmt.web import navigation
from casemgmt.web.dates import date_plain
from casemgmt.web.routes import Needs
from casemgmt.work.approvals import Approval, ApprovalSource, Waiting, approvals
from casemgmt.work.kinds import Group, task_kind
from disclosures.queries import unfinished
from dossiers.access import reachable
from dossiers.models import Dossier
from dossiers.sections import Flag, Span, TimelineEvent, flags, section, timeline_events
from dossiers.verbs import Verb
from retention.models import Hold, Removal
from retention.oppositions import oppositions
from retention.vocabulary import (
    ASK_YOUTH,
    DECIDE_TASK,
    DESTROYING,
    REVERSIBLE,
    REVIEW_LIST,
    STOPPED_TASK,
    STUCK_TASK,
    UNLIKELY_TASK,
    RemovalState,
)

MOST = 50
LIST = Needs.any_of(Verb.REVIEW_REMOVAL, Verb.APPROVE_REMOVAL)


def install() -> None:
    """Register everything; called once at start."""
    from retention import destruction, impact, night, removing

    jobs.handlers.add(removing.DESTROY, destruction.destroy)
    jobs.handlers.add(night.NIGHTLY, night.propose_due)
    jobs.handlers.add(night.PROPOSE_ANYWAY, night.propose_anyway)
    jobs.handlers.add(night.RECALCULATE, night.recalculate)
    jobs.handlers.add(night.PROPOSE_ONE, night.propose_one)
    jobs.handlers.add(night.RECALCULATE_ONE, night.recalculate_one)
    _name_jobs(removing.DESTROY, (night.NIGHTLY, night.PROPOSE_ANYWAY), night.RECALCULATE)
    jobs.called(night.PROPOSE_ONE, gettext_noop("Putting one dossier whose term has passed on the removal list"))
    jobs.called(night.RECALCULATE_ONE, gettext_noop("Working out the end date of one dossier again"))
    nightly.sweep(night.NIGHTLY)
    # Disclosures stand to our left and cannot register this themselves.
    oppositions.add("disclosures", unfinished)
    impacts.add("retention.end-dates", impact.EndDatesImpact())
    _name_tasks()
    _join_pages()


def _name_jobs(destroy: str, propose: tuple[str, ...], recalculate: str) -> None:
    # Not for an administrator to start: whoever may remove looks why it stopped, at the removal itself.
    at_the_list = gettext_noop("Whoever works on the removal list tries this again there.")
    jobs.called(destroy, gettext_noop("Destroying a dossier that two people approved"), elsewhere=at_the_list)
    for kind in propose:
        jobs.called(kind, gettext_noop("Putting dossiers whose term has passed on the removal list"))
    jobs.called(recalculate, gettext_noop("Working out end dates again"))


def _name_tasks() -> None:
    task_kind(UNLIKELY_TASK, gettext_noop("The removal run stopped: an unlikely number was due"), Group.KEEP)
    task_kind(REVIEW_LIST, gettext_noop("Review the removal list"), Group.KEEP, icon="archive")
    task_kind(STOPPED_TASK, gettext_noop("A destruction was stopped at the last moment"), Group.KEEP, icon="hand-stop")
    task_kind(STUCK_TASK, gettext_noop("A destruction does not get on by itself"), Group.KEEP, icon="alert-triangle")
    task_kind(DECIDE_TASK, gettext_noop("A backup was put back: decide again about a destruction"), Group.KEEP)
    task_kind(ASK_YOUTH, gettext_noop("Ask the child, who is adult now, before anything goes"), Group.ASK, icon="user")


def _join_pages() -> None:
    navigation.item(gettext_noop("Keeping"), "archive", "retention:removals", 55, needs=LIST, key="b")
    section("keeping", gettext_noop("Keeping"), "retention:keeping", 80, Verb.READ, group=2)
    approvals.add("removals", ApprovalSource(gettext_noop("Destructions"), waiting))
    timeline_events.add("retention", timeline)
    flags.add("retention", flags_of)


def waiting(actor: Actor) -> Waiting:
    """Reviewed removals that this person may approve: never what they reviewed themselves."""
    if not actor.may(Verb.APPROVE_REMOVAL):
        return Waiting()
    there = reachable(actor, Verb.APPROVE_REMOVAL)
    agreed = Removal.objects.filter(state=RemovalState.AGREED, dossier_id__in=there.values("id"))
    found = agreed.exclude(reviewed_by_id=actor.user_id)
    rows = list(found.order_by("reviewed_at", "id")[:MOST])
    numbers = dict(there.filter(id__in={row.dossier_id for row in rows}).values_list("id", "number"))
    names = dict(User.objects.filter(id__in={row.reviewed_by_id for row in rows}).values_list("id", "name"))
    items = [
        Approval(
            title=_("Destroy %(number)s") % {"number": numbers[row.dossier_id]},
            name="retention:removal",
            arguments={"removal_id": row.id},
            sub=_("term passed on %(day)s") % {"day": date_plain(row.due_on)},
            asked_by=names.get(row.reviewed_by_id, "") if row.reviewed_by_id else "",
            asked_at=row.reviewed_at,
            dossier_id=row.dossier_id,
        )
        for row in rows
    ]
    return Waiting(items, found.count() - len(items))


def flags_of(dossier: Dossier, actor: Actor, on: date) -> Sequence[Flag]:
    """What nobody who works in the dossier may miss: it is on its way out."""
    removal = Removal.objects.filter(dossier_id=dossier.id, state__in=(*REVERSIBLE, *DESTROYING)).first()
    if removal is None:
        return ()
    if removal.state == RemovalState.APPROVED and removal.cooling_until:
        return (Flag(_("Will be destroyed on %(day)s") % {"day": date_plain(removal.cooling_until)}, "trash", True),)
    return (Flag(_("Is on the removal list"), "archive"),)


def timeline(dossier: Dossier, actor: Actor, span: Span) -> Sequence[TimelineEvent]:
    """Holds and the steps of a removal as quiet lines."""
    found: list[TimelineEvent] = []
    for hold in Hold.objects.filter(dossier=dossier).order_by("-placed_at")[:MOST]:
        found.append(TimelineEvent(hold.placed_at, _("Held back from destruction"), "hand-stop"))
        if hold.lifted_at:
            found.append(TimelineEvent(hold.lifted_at, _("No longer held back from destruction"), "circle-check"))
    for removal in Removal.objects.filter(dossier_id=dossier.id).order_by("-proposed_at")[:MOST]:
        found.append(TimelineEvent(removal.proposed_at, _("Put on the removal list: the term has passed"), "archive"))
        if removal.ended_at:
            text = _("Left the removal list: %(state)s") % {"state": RemovalState(removal.state).label}
            found.append(TimelineEvent(removal.ended_at, text, "archive"))
    return [event for event in found if _within(event, span)][:MOST]


def _within(event: TimelineEvent, span: Span) -> bool:
    newer = span.newest is not None and event.at > span.newest
    older = span.oldest is not None and event.at < span.oldest
    return not (newer or older)
