"""Dates as a person says them, with the exact one beside it.

Django's own formatter takes half the time of a list page, so these few forms are written out here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from markupsafe import Markup

from casemgmt.base import clock

DAYS = {
    "nl": ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "nl": [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
SHORT_MONTHS = {
    "nl": ["jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}

Moment = date | datetime


def date_long(value: Moment) -> str:
    """Write "maandag 23 november 2026"."""
    day, language = _local_date(value), _language()
    return f"{DAYS[language][day.weekday()]} {day.day} {MONTHS[language][day.month - 1]} {day.year}"


def date_plain(value: Moment) -> str:
    """Write "23 november 2026"."""
    day = _local_date(value)
    return f"{day.day} {MONTHS[_language()][day.month - 1]} {day.year}"


def date_short(value: Moment) -> str:
    """Write "23 nov 2026"."""
    day = _local_date(value)
    return f"{day.day} {SHORT_MONTHS[_language()][day.month - 1]} {day.year}"


def day_month(value: Moment) -> str:
    """Write "23 nov", for rows and charts where the year is plain from the place."""
    day = _local_date(value)
    return f"{day.day} {SHORT_MONTHS[_language()][day.month - 1]}"


def weekday_day(value: Moment) -> str:
    """Write "ma 23 november", as in a sum."""
    day = _local_date(value)
    return f"{weekday_short(day.weekday())} {day.day} {MONTHS[_language()][day.month - 1]}"


def weekday_short(weekday: int) -> str:
    """Write "ma" for 0."""
    language = _language()
    return DAYS[language][weekday][: 2 if language == "nl" else 3]


def at_time(value: datetime) -> str:
    """Write "14.10 uur" in Dutch time."""
    local = _local(value)
    return f"{local.hour}.{local.minute:02d} uur" if _language() == "nl" else f"{local.hour}:{local.minute:02d}"


def spoken(value: Moment, on: date | None = None) -> str:
    """Say a date as a person would: today, tomorrow, on Friday, 18 nov."""
    day, today = _local_date(value), on or clock.today()
    distance = (day - today).days
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    if distance in near:
        return near[distance]
    if -6 <= distance <= 6:
        return DAYS[_language()][day.weekday()]
    return day_month(day) if day.year == today.year else date_short(day)


def ago(value: Moment | None, on: date | None = None) -> Markup | str:
    """Give the spoken form in a <time> that holds the exact one; nothing for nothing."""
    if value is None:
        return ""
    exact = date_long(value) + (f", {at_time(value)}" if isinstance(value, datetime) else "")
    return _time(value, exact, spoken(value, on))


def exact(value: Moment | None) -> Markup | str:
    """Give "23 november 2026" in a <time> element."""
    return "" if value is None else _time(value, date_long(value), date_plain(value))


def _time(value: Moment, title: str, text: str) -> Markup:
    stamp = value.astimezone(UTC).isoformat(timespec="minutes") if isinstance(value, datetime) else value.isoformat()
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp, title, text)


def _local(value: datetime) -> datetime:
    return value.astimezone(clock.AMSTERDAM)


def _local_date(value: Moment) -> date:
    return _local(value).date() if isinstance(value, datetime) else value


def _language() -> str:
    return "en" if (get_language() or "nl").startswith("en") else "nl"
