"""The alarms about reading, for whoever reviews access: looking at them, and saying that one was looked into."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from casemgmt.accounts.models import User
from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.work.acts import finish_tasks_for
from casemgmt.work.models import ReadingAlarm
from casemgmt.work.reading import LOOK

LONGEST_LIST = 100


@dataclass(frozen=True, slots=True)
class AlarmValue:
    """An alarm as the page shows it; ``mine`` says that it is about the reader."""

    id: UUID
    name: str
    began_at: datetime
    last_at: datetime
    dossiers: int
    most: int
    minutes: int
    looked_at: datetime | None
    looked_by: str
    mine: bool


@act
def alarms(by: Actor) -> list[AlarmValue]:
    """The alarms, those that wait first and then the latest; that they were read is in the trail."""
    rows = list(ReadingAlarm.objects.order_by(F("looked_at").desc(nulls_first=True), "-began_at")[:LONGEST_LIST])
    people = {row.user_id for row in rows} | {row.looked_by_id for row in rows if row.looked_by_id}
    names = dict(User.objects.filter(id__in=people).values_list("id", "name"))
    events.record(Action.READ, outcome=Outcome.SHOWN, data="mass-reading")
    return [
        AlarmValue(
            id=row.id,
            name=names.get(row.user_id, ""),
            began_at=row.began_at,
            last_at=row.last_at,
            dossiers=row.dossiers,
            most=row.most,
            minutes=row.minutes,
            looked_at=row.looked_at,
            looked_by=names.get(row.looked_by_id, "") if row.looked_by_id else "",
            mine=row.user_id == by.user_id,
        )
        for row in rows
    ]


@act
def looked_into(alarm_id: UUID, *, by: Actor, at: datetime) -> None:
    """Say that the alarm was looked into; ends its task.

    Raises NotThere for another organisation's or none, and Conflict when somebody did already, or when it is about
    whoever says so.
    """
    alarm = ReadingAlarm.objects.select_for_update().filter(id=alarm_id).first()
    if alarm is None:
        raise NotThere
    if alarm.looked_at is not None:
        raise Conflict(_("A colleague has looked into this already."))
    if alarm.user_id == by.user_id:
        raise Conflict(_("This is about your own reading. Somebody else looks into it."))
    alarm.looked_at, alarm.looked_by_id = at, by.user_id
    alarm.save(update_fields=["looked_at", "looked_by_id"])
    finish_tasks_for(alarm.id, by=by, at=at, kind=LOOK)
    events.record(Action.DECIDE, data="mass-reading", object_id=alarm.id, ground="looked into")
