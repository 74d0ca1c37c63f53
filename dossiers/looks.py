"""Who looked at a dossier, when and at what: from the trail, for those who work with it and who guard it.

Beside the events of the dossier itself stand the lists in which it was
shown: a line per person per day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from casemgmt.audit.appearances import Appearance, looks_and_lists
from casemgmt.audit.models import AccessEvent
from casemgmt.audit.queries import Look, Place, looks_per_day
from casemgmt.audit.vocabulary import Outcome
from casemgmt.audit.words import said_so_often, said_to_staff
from casemgmt.base import clock
from casemgmt.organisations.actors import Actor
from casemgmt.policy.words import role_label
from casemgmt.work.models import Task
from dossiers.access import can
from dossiers.models import Dossier, Person
from dossiers.recording.notes import REMINDER
from dossiers.timeline import names_of
from dossiers.verbs import Verb

PAGE = 50
SHOWN_DAYS = 182
# The role with which the trail keeps whoever comes in through the portal.
PORTAL = "portal"
# Working notes are their author's alone, also that they are there.
SILENT = frozenset({"notes", "note"})
NOTE_PAGES = frozenset(f"dossiers:{name}" for name in ("notes", "note", "destroy_note", "postpone_note"))


@dataclass(frozen=True, slots=True)
class LookLine:
    """One event of the trail, or one day's lists of one person, as a person reads it; ``whom``: of whom that is."""

    at: datetime
    who: str
    role: str
    did: str
    data: str
    outcome: str
    refused: bool
    whom: str = ""


@dataclass(frozen=True, slots=True)
class Looks:
    """The newest events, how many there were per day, and on which days somebody was refused."""

    rows: tuple[LookLine, ...]
    per_day: Mapping[date, int]
    refused_on: frozenset[date]
    first: date
    last: date
    next: str


def silence_for(actor: Actor, dossier_id: UUID) -> Q | None:
    """What ``actor`` must not read in a trail: that a colleague keeps notes. Their own they may, a guard all."""
    if actor.may(Verb.READ_TRAIL):
        return None
    return about_notes(dossier_id) & ~Q(user_id__isnull=False, user_id=actor.user_id)


def about_notes(dossier_id: UUID) -> Q:
    """The events that tell that somebody keeps working notes beside a dossier, or is reminded of one."""
    # A crash carries the name of its page, and whatever is done with the reminder of a note its task.
    reminders = Task.objects.filter(dossier_id=dossier_id, kind=REMINDER).values("id")
    return Q(data__in=SILENT | NOTE_PAGES) | Q(data="task", object_id__in=reminders)


def looks_at(dossier: Dossier, actor: Actor, on: date, after: str = "") -> Looks:
    """The trail of a dossier as ``actor`` may read it: half a year as days, and the events page by page."""
    silence = silence_for(actor, dossier.id)
    first = on - timedelta(days=SHOWN_DAYS)
    since = datetime(first.year, first.month, first.day, tzinfo=clock.AMSTERDAM)
    days = {count.day: count.count for count in looks_per_day(dossier.id, since=since, silence=silence)}
    denied = AccessEvent.objects.filter(dossier_id=dossier.id, at__gte=since, outcome=Outcome.DENIED)
    if silence is not None:
        denied = denied.exclude(silence)
    refused = frozenset(clock.local_date(at) for at in denied.values_list("at", flat=True))
    rows = looks_and_lists(dossier.id, limit=PAGE, before=_place(after), silence=silence)
    names = names_of(row.user_id for row in rows)
    next_key = f"{rows[-1].at.isoformat()}~{rows[-1].id}" if len(rows) == PAGE else ""
    whose = _whose(dossier, actor, rows)
    return Looks(tuple(_line(row, names, whose) for row in rows), days, refused, first, on, next_key)


def _whose(dossier: Dossier, actor: Actor, rows: Iterable[Look | Appearance]) -> Mapping[UUID, str]:
    """Of whom something was shown; to a guard who may not read the dossier only what that person is in it."""
    ids = {row.object_id for row in rows if isinstance(row, Look) and row.object_id}
    people = Person.objects.filter(dossier=dossier, id__in=ids) if ids else ()
    reads = can(actor, Verb.READ, dossier)
    return {one.id: one.name if reads else one.get_role_display() for one in people}


def _line(row: Look | Appearance, names: Mapping[UUID, str], whose: Mapping[UUID, str]) -> LookLine:
    who = names.get(row.user_id) or _("somebody of the portal") if row.user_id else _("the application")
    role = ", ".join(_role(role) for role in row.role.split(",") if role)
    if isinstance(row, Appearance):
        return LookLine(row.at, who, role, _("saw it in a list"), _lists(row), str(Outcome.SHOWN.label), refused=False)
    did, outcome = str(row.action.label), str(row.outcome.label)
    whom = whose.get(row.object_id, "") if row.object_id else ""
    return LookLine(row.at, who, role, did, said_to_staff(row.data), outcome, row.outcome == Outcome.DENIED, whom)


def _role(role: str) -> str:
    return _("portal") if role == PORTAL else role_label(role, clock.today())


def _lists(row: Appearance) -> str:
    return ", ".join(said_so_often(said_to_staff(word), often) for word, often in row.lists.items())


def _place(after: str) -> Place | None:
    at, _tilde, last = after.partition("~")
    try:
        moment, last_id = datetime.fromisoformat(at), UUID(last)
    except ValueError:
        return None
    return (moment, last_id) if moment.tzinfo else None
