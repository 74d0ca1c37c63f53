"""Terms: four weeks as four rows of seven days, deadlines as squares per week, how far ahead files are kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from casemgmt.web.charts.drawing import Box, Drawing, Key, draw, line, rect, text
from casemgmt.web.dates import date_plain, day_month

_DAY, _STEP, _LABEL = 17, 22, 60
_SQUARE, _SQUARE_STEP, _PER_ROW = 16, 20, 4
# In this order the classes mean: the accent, soft ink, an outline.
KIND_CLASSES = ("a", "b", "c")


@dataclass(frozen=True)
class Clock(Drawing):
    """A term as days; `figure` says how many are left or how many it is late."""

    figure: str = ""
    late: bool = False


def clock(start: date, last: date, on: date) -> Clock:
    """Draw a term from its first to its last day; each row is a week, each late day a red square."""
    days, past = (last - start).days + 1, (on - start).days
    late = max(0, (on - last).days)
    shown = min(late, 21)
    shapes = [_day(index, past, days) for index in range(days)]
    weeks = -(-days // 7)
    shapes += [_late_day(index, weeks) for index in range(shown)]
    rows = weeks + -(-shown // 7)
    shapes += [_week_label(start, row, row < weeks, last, weeks) for row in range(rows)]
    left = abs((last - on).days)
    figure = ngettext("%(num)s day", "%(num)s days", left) % {"num": left}
    description = _clock_description(days, past, late)
    box = Box(-_LABEL, -2, _LABEL + 7 * _STEP + 2, rows * _STEP + 2, fixed=True)
    title = _("Term from %(start)s to %(last)s") % {"start": date_plain(start), "last": date_plain(last)}
    return Clock(draw(box, shapes, title, description), title, description, figure=figure, late=late > 0)


def _day(index: int, past: int, days: int) -> Markup:
    kind = "day"
    if index == past:
        kind += " day--now"
    elif index == days - 1:
        kind += " day--last"
    elif index < past:
        kind += " day--past"
    return rect(kind, (index % 7) * _STEP, (index // 7) * _STEP, _DAY, _DAY)


def _late_day(index: int, weeks: int) -> Markup:
    return rect("day day--late", (index % 7) * _STEP, (weeks + index // 7) * _STEP, _DAY, _DAY)


def _week_label(start: date, row: int, in_term: bool, last: date, weeks: int) -> Markup:
    first = start + timedelta(days=7 * row) if in_term else last + timedelta(days=1 + 7 * (row - weeks))
    return text(day_month(first), -12, row * _STEP + 13, anchor="end")


def _clock_description(days: int, past: int, late: int) -> str:
    if late:
        return _("All %(days)s days are over; %(late)s days too late.") % {"days": days, "late": late}
    if past < 0:
        return _("The term of %(days)s days has not begun.") % {"days": days}
    return _("Day %(day)s of %(days)s.") % {"day": past + 1, "days": days}


@dataclass(frozen=True)
class Week:
    """The deadlines of one week: how many late, and how many of each kind."""

    monday: date
    counts: tuple[int, ...]
    late: int = 0


def deadlines(weeks: Sequence[Week], kinds: Sequence[str], on: date) -> Drawing:
    """Draw a square per deadline, stacked per week; at most three kinds."""
    width = 560 / max(1, len(weeks))
    heights = [-(-(week.late + sum(week.counts)) // _PER_ROW) for week in weeks]
    top = max(2, *heights) if heights else 2
    base = top * _SQUARE_STEP
    shapes: list[Markup] = []
    for index, week in enumerate(weeks):
        shapes += _squares(week, index * width, base)
        now = week.monday <= on < week.monday + timedelta(days=7)
        label = _("this week") if now else day_month(week.monday)
        shapes.append(text(label, index * width, base + 24, "t-strong" if now else "t-soft"))
    shapes.append(line("axis", 0, base + 4.5, 560, base + 4.5))
    title = _("Deadlines in the coming weeks")
    legend = [Key(KIND_CLASSES[index], kind) for index, kind in enumerate(kinds)]
    if any(week.late for week in weeks):
        legend.insert(0, Key("late", _("too late")))
    total = sum(week.late + sum(week.counts) for week in weeks)
    description = ngettext("%(num)s deadline in all.", "%(num)s deadlines in all.", total) % {"num": total}
    return Drawing(
        draw(Box(0, -2, 560, base + 32), shapes, title, description),
        title,
        description,
        (_("Week of"), _("Too late"), *kinds),
        tuple((date_plain(week.monday), str(week.late), *map(str, week.counts)) for week in weeks),
        tuple(legend),
    )


def _squares(week: Week, left: float, base: float) -> Iterable[Markup]:
    kinds = ["late"] * week.late
    for index, count in enumerate(week.counts):
        kinds += [KIND_CLASSES[index]] * count
    for index, kind in enumerate(kinds):
        x = left + (index % _PER_ROW) * _SQUARE_STEP
        y = base - (index // _PER_ROW + 1) * _SQUARE_STEP + 2
        inset = 0.75 if kind == "c" else 0
        yield rect(kind, x + inset, y + inset, _SQUARE - 2 * inset, _SQUARE - 2 * inset)


def horizon(ends: Mapping[int, int], on: date, held: Mapping[int, int] | None = None) -> Drawing:
    """Draw in which year how many dossiers end; what is held back by somebody is an outline on top."""
    held = held or {}
    years = list(range(min([on.year, *ends]), max([on.year, *ends]) + 1))
    highest = max([ends.get(year, 0) + held.get(year, 0) for year in years] + [1])
    width = 560 / len(years)
    shapes: list[Markup] = []
    for index, year in enumerate(years):
        shapes += _year(index * width, width, ends.get(year, 0), held.get(year, 0), highest, year < on.year)
        if len(years) <= 12 or year % 5 == 0 or year == on.year:
            shapes.append(
                text(str(year), index * width + width / 2, 144, "t-strong" if year == on.year else "t-soft", "middle")
            )
    shapes.append(line("axis", 0, 124.5, 560, 124.5))
    title = _("When dossiers end")
    total = sum(ends.values())
    description = ngettext("%(num)s dossier.", "%(num)s dossiers.", total) % {"num": total}
    legend = [Key("a", _("ends in this year")), Key("late", _("should have ended"))]
    if held:
        legend.append(Key("ghost", _("held back")))
    return Drawing(
        draw(Box(0, 0, 560, 150), shapes, title, description),
        title,
        description,
        (_("Year"), _("Ends"), _("Held back")),
        tuple((str(year), str(ends.get(year, 0)), str(held.get(year, 0))) for year in years),
        tuple(legend),
    )


def _year(x: float, width: float, ends: int, held: int, highest: int, over: bool) -> Iterable[Markup]:
    gap, scale = min(6, width / 4), 116 / highest
    if ends:
        yield rect("late" if over else "a", x + gap / 2, 124 - ends * scale, width - gap, ends * scale, 1)
    if held:
        yield rect("ghost", x + gap / 2, 124 - (ends + held) * scale, width - gap, held * scale, 1)
