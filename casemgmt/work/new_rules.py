"""New rules that wait for a second person: their task and their line among the approvals.

Who had a hand in a version gets neither. The task has no words, for it belongs to no dossier; there is never
more than one version that waits, and its number stands among the approvals and on the page.
"""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.base import clock
from casemgmt.organisations.actors import Actor
from casemgmt.policy.acts import PUBLISH
from casemgmt.policy.offers import OfferHearer, hearers
from casemgmt.policy.queries import offered_to
from casemgmt.web.dates import date_plain
from casemgmt.work.acts import cancel_tasks_for, create_task, finish_tasks_for
from casemgmt.work.approvals import Approval, ApprovalSource, Waiting, approvals
from casemgmt.work.kinds import Group, task_kind

LOOK = task_kind("policy.publish", gettext_noop("Look at the new rules and publish them"), Group.KEEP, "scale").name
PAGE = "policy:publish"


def _offered(version_id: UUID, at: datetime) -> None:
    create_task(kind=LOOK, due_on=clock.local_date(at), at=at, capability=PUBLISH, link=PAGE, object_id=version_id)


def _settled(version_id: UUID, *, published: bool, by: Actor, at: datetime) -> None:
    if published:
        finish_tasks_for(version_id, by=by, at=at, kind=LOOK)
    else:
        cancel_tasks_for(version_id, at=at, kind=LOOK)


def _waiting(actor: Actor) -> Waiting:
    """The version that this person may publish; never one they had a hand in."""
    card = offered_to(actor)
    if card is None or card.from_date is None:
        return Waiting()
    offered = Approval(
        title=_("Version %(number)s of the rules: look at it and publish it") % {"number": card.number},
        name=PAGE,
        arguments={"draft_id": card.id},
        sub=_("holds from %(day)s") % {"day": date_plain(card.from_date)},
        asked_by=card.submitted_by,
        asked_at=card.submitted_at,
    )
    return Waiting([offered])


hearers.add("work", OfferHearer(_offered, _settled))
approvals.add("rules", ApprovalSource(gettext_noop("Rules"), _waiting))
