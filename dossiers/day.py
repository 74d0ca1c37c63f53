"""My day: what waits, how the coming weeks look, and one's own dossiers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casemgmt.base import clock
from casemgmt.base.errors import NotAllowed, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.vault.keys import KeyDestroyed
from casemgmt.web.charts import Drawing, Week, deadlines
from casemgmt.web.dates import date_long, spoken
from casemgmt.work.kinds import group_labels
from casemgmt.work.queries import TaskList, TaskValue, task_for, tasks_for, weeks_ahead
from casemgmt.work.saying import tone, when
from dossiers.access import open_dossier
from dossiers.timeline import EntryValue, latest_entries
from dossiers.verbs import Verb
from dossiers.worklist import Worklist, worklist

HORIZON = 7


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task on the list, with how its date is said and whether it is late or today."""

    task: TaskValue
    when: str
    tone: str


@dataclass(frozen=True, slots=True)
class MyDay:
    """Everything on the page but the reading pane."""

    greeting: str
    sentence: str
    chart: Drawing
    tasks: tuple[TaskRow, ...]
    later: int
    next: str
    first: bool
    dossiers: Worklist


@dataclass(frozen=True, slots=True)
class Pane:
    """The chosen task, with the last entries of its dossier when it was chosen on purpose."""

    task: TaskValue
    when: str
    latest: tuple[EntryValue, ...]


def my_day(actor: Actor, at: datetime, horizon: int = HORIZON, after: str = "") -> MyDay:
    """What this person starts the day with; ``after`` is the key of the tasks that were shown before."""
    on = clock.local_date(at)
    with transaction.atomic():
        listed = tasks_for(actor, on, horizon, after)
        weeks = weeks_ahead(actor, on)
    rows = tuple(_row(task, on) for task in listed.tasks)
    return MyDay(
        greeting=_greeting(actor, at),
        sentence=_sentence(listed, weeks, on),
        chart=deadlines(weeks, group_labels(), on),
        tasks=rows,
        later=listed.later,
        next=listed.next,
        first=not after,
        dossiers=worklist(actor, limit=10),
    )


def pane_for(actor: Actor, task_id: UUID, on: date) -> Pane:
    """One task to read; raises NotThere for anybody else's."""
    with transaction.atomic(durable=True):
        task = task_for(actor, task_id)
    if task is None:
        # After the commit, so that the trail keeps that somebody asked.
        raise NotThere
    return Pane(task, when(task.due_on, on), _latest(actor, task))


def _latest(actor: Actor, task: TaskValue) -> tuple[EntryValue, ...]:
    if task.dossier_id is None or not actor.may(Verb.READ):
        return ()
    try:
        return open_dossier(actor, task.dossier_id, Verb.READ, latest_entries, data="latest")
    except (NotAllowed, NotThere, KeyDestroyed):
        return ()


def first_pane(day: MyDay) -> Pane | None:
    """The task that is open when nobody chose one."""
    return Pane(day.tasks[0].task, day.tasks[0].when, ()) if day.tasks else None


def _row(task: TaskValue, on: date) -> TaskRow:
    return TaskRow(task, when(task.due_on, on), tone(task.due_on, on))


def _greeting(actor: Actor, at: datetime) -> str:
    hour = at.astimezone(clock.AMSTERDAM).hour
    first = actor.name.split()[0] if actor.name else ""
    if hour < 12:
        return _("Good morning, %(name)s") % {"name": first}
    if hour < 18:
        return _("Good afternoon, %(name)s") % {"name": first}
    return _("Good evening, %(name)s") % {"name": first}


def _sentence(listed: TaskList, weeks: Sequence[Week], on: date) -> str:
    """The day, how many terms passed, how many end today, and when the next one comes."""
    late, today, following = weeks[0].late if weeks else 0, listed.today, listed.first_after
    said = [date_long(on)[:1].upper() + date_long(on)[1:] + "."]
    if late:
        said.append(ngettext("%(num)s term has passed.", "%(num)s terms have passed.", late) % {"num": late})
    if today:
        said.append(ngettext("%(num)s term ends today.", "%(num)s terms end today.", today) % {"num": today})
    if following:
        words = _("The next one after that: %(day)s.") if late or today else _("The first term: %(day)s.")
        said.append(words % {"day": spoken(following, on)})
    elif not late and not today:
        said.append(_("No term ends in the coming week."))
    return " ".join(said)
