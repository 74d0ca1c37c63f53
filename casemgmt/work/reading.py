"""Who reads unusually many dossiers: found in the trail every minute, told once a burst to whoever reviews access.

The house rule says how many dossiers within how many minutes. An alarm is no judgement: it holds who and how many,
and says that somebody should ask. Which dossiers they were stands in the trail and nowhere else. An alarm counts on
until somebody looked into it, and for an hour at most; what is read after that is a new burst, by the same bar.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.accounts.models import User
from casemgmt.audit import events
from casemgmt.audit.models import AccessEvent
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock, jobs
from casemgmt.base.db import act, reads
from casemgmt.base.nightly import every_minute, sweep
from casemgmt.base.outbox import Mail, mail_kind, queue_mail
from casemgmt.organisations.models import Membership
from casemgmt.policy.roles import roles_on
from casemgmt.policy.rules.house import reading_alarm
from casemgmt.policy.versions import NoVersion, profile_in_force
from casemgmt.work.acts import create_task
from casemgmt.work.bursts import Burst, Opened, burst, last_of
from casemgmt.work.kinds import Group, task_kind
from casemgmt.work.models import ReadingAlarm

REVIEWS = "emergency.review"
WATCH, NIGHT, MAIL = "work.mass_reading", "work.mass_reading_night", "work.reading_alarm"
OPENING = (Action.READ, Action.PRINT, Action.EXPORT)
# Each minute looks back this far beyond the window, so that a worker that was silent for a while misses nothing;
# the night looks at the whole day before it.
BEYOND = timedelta(minutes=20)
DAY = timedelta(hours=26)
LOOK = task_kind(WATCH, gettext_noop("Somebody read unusually many dossiers"), Group.KEEP, icon="eye").name


@jobs.handles(WATCH)
def watch(organisation_id: UUID) -> None:
    """Look at the last half hour or so."""
    raise_alarms(clock.now(), BEYOND)


@jobs.handles(NIGHT)
def watch_day(organisation_id: UUID) -> None:
    """Look at the whole day, for what the minutes missed while nothing ran."""
    raise_alarms(clock.now(), DAY)


every_minute(WATCH)
sweep(NIGHT)
jobs.called(WATCH, gettext_noop("Looking whether somebody reads unusually many dossiers"))
jobs.called(NIGHT, gettext_noop("Looking whether somebody reads unusually many dossiers"))


@act
def raise_alarms(at: datetime, back: timedelta) -> int:
    """Raise an alarm for each new burst since ``back`` and the window, renew what goes on; returns how many are new."""
    try:
        on = clock.local_date(at)
        rule = reading_alarm(profile_in_force(on), on).outcome
    except NoVersion:
        return 0  # an organisation that is being made
    most, window = rule["dossiers"], timedelta(minutes=rule["minutes"])
    since = at - back - window
    return sum(_raise(user_id, since, most, window, at) for user_id in _many_readers(since, most))


def _openings(since: datetime) -> QuerySet[AccessEvent]:
    shown = AccessEvent.objects.filter(at__gte=since, action__in=OPENING, outcome__in=(Outcome.SHOWN, Outcome.DONE))
    return shown.filter(user_id__isnull=False, dossier_id__isnull=False)


def _many_readers(since: datetime, most: int) -> list[UUID]:
    """Who opened so many in the whole time; whether it was within the window is seen after."""
    # Who has an alarm that still goes on may need fewer to renew it.
    fresh = ReadingAlarm.objects.filter(last_at__gte=since).values_list("user_id", flat=True)
    counted = _openings(since).values_list("user_id").annotate(many=Count("dossier_id", distinct=True))
    many = {user_id for user_id, opened in counted if user_id and opened >= most}
    return sorted({*many, *fresh})


def _raise(user_id: UUID, since: datetime, most: int, window: timedelta, at: datetime) -> int:
    rows = _openings(since).filter(user_id=user_id).order_by("at").values_list("at", "dossier_id")
    opened = [(when, dossier_id) for when, dossier_id in rows if dossier_id]
    told = ReadingAlarm.objects.select_for_update().filter(user_id=user_id, last_at__gte=since)
    known = list(told.order_by("began_at"))
    # Who looked into an alarm saw how far it went then: what came after is not covered by their look.
    if known and known[-1].looked_at is None:
        _renew(known[-1], [each for each in opened if each[0] > known[-1].last_at], window)
    raised = 0
    for part in _untold(opened, known):
        while (found := burst(part, most, window)) is not None:
            _tell(user_id, found, most, window, at)
            part = [each for each in part if each[0] > found.last_at]
            raised += 1
    return raised


def _untold(opened: list[Opened], known: list[ReadingAlarm]) -> list[list[Opened]]:
    """What was opened before, between and after the alarms; before one may lie what was missed while nothing ran."""
    parts = []
    for alarm in known:
        parts.append([each for each in opened if each[0] < alarm.began_at])
        opened = [each for each in opened if each[0] > alarm.last_at]
    return [*parts, opened]


def _renew(alarm: ReadingAlarm, later: list[Opened], window: timedelta) -> None:
    """Let an alarm that goes on say until when, and how many it is by now; nobody is called again for it."""
    from_here = [(alarm.last_at, alarm.user_id), *later]
    place = last_of(from_here, 0, alarm.began_at, window)
    if place == 0:
        return
    alarm.last_at = last_at = from_here[place][0]
    mine = _openings(alarm.began_at).filter(user_id=alarm.user_id, at__lte=last_at)
    alarm.dossiers = mine.aggregate(many=Count("dossier_id", distinct=True))["many"]
    alarm.save(update_fields=["last_at", "dossiers"])


def _tell(user_id: UUID, found: Burst, most: int, window: timedelta, at: datetime) -> None:
    alarm = ReadingAlarm.objects.create(
        user_id=user_id,
        began_at=found.began_at,
        last_at=found.last_at,
        dossiers=found.dossiers,
        most=most,
        minutes=int(window.total_seconds() // 60),
        raised_at=at,
    )
    events.record(Action.JOB, data="mass-reading", object_id=alarm.id, ground=f"{found.dossiers} dossiers")
    create_task(
        kind=LOOK,
        due_on=clock.local_date(at),
        at=at,
        capability=REVIEWS,
        object_id=alarm.id,
        link="work:reading_alarms",
    )
    for reviewer in _reviewers(at):
        queue_mail(MAIL, reviewer)


def _reviewers(at: datetime) -> list[UUID]:
    """Everybody who reviews access today."""
    on = clock.local_date(at)
    roles = [key for key, role in roles_on(on).items() if REVIEWS in role.capabilities]
    held = Membership.objects.filter(role__in=roles, starts_on__lte=on).exclude(ends_on__lt=on)
    return sorted(set(held.values_list("user_id", flat=True)))


def write_alarm(user_id: UUID) -> Mail | None:
    """The mail to somebody who reviews access: that something waits, and nothing about whom."""
    user = _reviewer(user_id)
    if user is None:
        return None
    with translation.override(user.language):
        text = _("Sign in and open your day: the task stands at the top. For privacy this message says no more.")
        return Mail(to=user.email or "", subject=_("An alarm waits for you"), text=text)


@reads
def _reviewer(user_id: UUID) -> User | None:
    if not ReadingAlarm.objects.filter(looked_at__isnull=True).exists():
        return None
    return User.objects.filter(id=user_id, is_active=True, email__isnull=False).first()


mail_kind(MAIL, write_alarm)
