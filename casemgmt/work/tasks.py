"""The nightly look at dates: reminders before a task is due, and its manager's attention on the day itself.

Who has a task by name gets a mail about it; who finds it at their desk, or manages the team, one mail a night.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from casemgmt.accounts.models import User
from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock, jobs
from casemgmt.base.db import reads
from casemgmt.base.nightly import sweep
from casemgmt.base.outbox import Mail, mail_kind, queue_mail
from casemgmt.organisations.actors import actor_for
from casemgmt.organisations.models import Membership
from casemgmt.policy.roles import roles_on
from casemgmt.policy.versions import profile_in_force
from casemgmt.work.models import Task
from casemgmt.work.queries import MANAGING, mine

AT_ONCE = 500
REMINDER, DESK = "work.reminder", "work.desk_reminder"


@jobs.handles("work.remind")
def remind(organisation_id: UUID) -> None:
    """Remind everybody whose task comes near, and let managers see what is due and not done."""
    on = clock.today()
    while _some(on):
        pass


sweep("work.remind")
jobs.called("work.remind", gettext_noop("Reminding people of terms that come near"))


def _some(on: date) -> bool:
    """Handle a part in its own transaction; tells whether there may be more."""
    with transaction.atomic():
        steps = _steps(on)
        near = [task for task in _near(on, steps) if _step(task, on, steps) is not None]
        for task in near:
            _remind(task, on, steps)
        for user_id in _at_their_desks(near, on):
            queue_mail(DESK, user_id)
        return len(near) == AT_ONCE


def _steps(on: date) -> list[int]:
    return sorted({*profile_in_force(on).house_rules.deadline_reminders.value, 0})


def _near(on: date, steps: list[int]) -> list[Task]:
    """Open tasks that passed a step since their last reminder; the index on the date bounds the reading."""
    due = Q(pk__in=())
    for step in steps:
        due |= Q(due_on__lte=on + timedelta(days=step)) & (Q(reminded_days__isnull=True) | Q(reminded_days__gt=step))
    found = Task.objects.select_for_update(skip_locked=True).filter(due, state=Task.State.OPEN)
    return list(found.order_by("due_on", "id")[:AT_ONCE])


def _step(task: Task, on: date, steps: list[int]) -> int | None:
    left = (task.due_on - on).days
    return next((step for step in steps if left <= step), None)


def _remind(task: Task, on: date, steps: list[int]) -> None:
    step = _step(task, on, steps)
    task.reminded_days = step
    if step == 0 and task.escalated_at is None and _has_managers(task):
        task.escalated_at = clock.now()
        events.record(Action.JOB, dossier_id=task.dossier_id, data="task", object_id=task.id, ground="escalated")
    task.save(update_fields=["reminded_days", "escalated_at"])
    if task.assignee_id:
        queue_mail(REMINDER, task.id)


def _has_managers(task: Task) -> bool:
    """Whether somebody manages this work: a team's, or what any team may have asked; never what is one's own alone."""
    return task.unit_id is not None or (task.dossier_id is not None and task.assignee_id is None)


def _at_their_desks(near: Iterable[Task], on: date) -> list[UUID]:
    """Everybody who may have the work of nobody in particular, and who manages what was due; each of them once.

    Whether it is theirs after all is asked when the mail is written (``_at_desk``).
    """
    roles = roles_on(on)
    desks = {(task.capability, task.unit_id) for task in near if task.assignee_id is None}
    late = {task.unit_id for task in near if task.escalated_at is not None}
    asked = {(tuple(key for key, role in roles.items() if one in role.capabilities), unit) for one, unit in desks}
    asked |= {(tuple(sorted(MANAGING)), unit) for unit in late}
    theirs = Q(pk__in=())
    for held, unit_id in asked:
        theirs |= Q(role__in=held, unit_id=unit_id) if unit_id else Q(role__in=held)
    found = Membership.objects.filter(theirs, starts_on__lte=on).exclude(ends_on__lt=on)
    return sorted(set(found.values_list("user_id", flat=True)))


def write_reminder(task_id: UUID) -> Mail | None:
    """The mail about one task: how long there is left and nothing about whom or what."""
    found = _whom(task_id)
    if found is None:
        return None
    user, left = found
    with translation.override(user.language):
        if left > 0:
            subject = ngettext("A term ends in %(num)s day", "A term ends in %(num)s days", left) % {"num": left}
        else:
            subject = _("A term ends today") if left == 0 else _("A term has passed")
        return Mail(to=user.email or "", subject=subject, text=_says_no_more())


def write_desk_reminder(user_id: UUID) -> Mail | None:
    """The mail to somebody at whose desk, or in whose team, a term comes near: one a night, however many there are."""
    user = _at_desk(user_id)
    if user is None:
        return None
    with translation.override(user.language):
        return Mail(to=user.email or "", subject=_("A term asks your attention"), text=_says_no_more())


def _says_no_more() -> str:
    return _(
        "Sign in and open your day. The task stands there, or under “later” while its term is further away."
        " For privacy this message says no more."
    )


@reads
def _whom(task_id: UUID) -> tuple[User, int] | None:
    task = Task.objects.filter(id=task_id, state=Task.State.OPEN).first()
    if task is None or task.assignee_id is None:
        return None
    user = User.objects.filter(id=task.assignee_id, is_active=True, email__isnull=False).first()
    return (user, (task.due_on - clock.today()).days) if user else None


@reads
def _at_desk(user_id: UUID) -> User | None:
    """Who it is, while something near is theirs to do or to see done; who has the task by name had another mail."""
    on = clock.today()
    near = Task.objects.filter(state=Task.State.OPEN, due_on__lte=on + timedelta(days=max(_steps(on))))
    user = User.objects.filter(id=user_id, is_active=True, email__isnull=False).first()
    if user is None:
        return None
    theirs = near.filter(mine(actor_for(user, on))).exclude(assignee_id=user.id)
    return user if theirs.exists() else None


mail_kind(REMINDER, write_reminder)
mail_kind(DESK, write_desk_reminder)
