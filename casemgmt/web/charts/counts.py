"""Counts: bars, the caseload of a team, who looked on which day, and scores on the domains of a life."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from markupsafe import Markup

from casemgmt.web.charts.drawing import Box, Drawing, Key, circle, draw, line, polygon, rect, text
from casemgmt.web.dates import date_plain, date_short, day_month, weekday_short

_ROW = 30
_CELL = 18


def bars(title: str, counts: Sequence[tuple[str, int]], unit: str = "") -> Drawing:
    """Draw one horizontal bar per name, longest possible first seen as given."""
    highest = max([count for _name, count in counts] + [1])
    shapes: list[Markup] = []
    for index, (name, count) in enumerate(counts):
        y = index * _ROW
        shapes.append(text(name, 150, y + 18, "t-strong", "end"))
        shapes.append(rect("a", 160, y + 5, 340 * count / highest, 18, 2))
        shapes.append(text(str(count), 168 + 340 * count / highest, y + 19))
    total = sum(count for _name, count in counts)
    description = _("%(num)s in all.") % {"num": total}
    rows = tuple((name, str(count)) for name, count in counts)
    box = Box(0, 0, 560, max(1, len(counts)) * _ROW + 2)
    return Drawing(draw(box, shapes, title, description), title, description, ("", unit or _("Number")), rows)


@dataclass(frozen=True)
class Load:
    """What one person carries, and how much fits."""

    name: str
    dossiers: int
    capacity: int


def caseload(loads: Sequence[Load]) -> Drawing:
    """Draw what each person carries against what fits; above it the rest is red."""
    highest = max([max(load.dossiers, load.capacity) for load in loads] + [1])
    scale = 340 / highest
    shapes: list[Markup] = []
    for index, load in enumerate(loads):
        y, fits = index * _ROW, min(load.dossiers, load.capacity)
        shapes.append(text(load.name, 150, y + 18, "t-strong private", "end"))
        shapes.append(rect("bar-edge", 160, y + 5, load.capacity * scale, 18, 2))
        shapes.append(rect("a", 160, y + 5, fits * scale, 18, 2))
        if load.dossiers > load.capacity:
            shapes.append(rect("late", 160 + fits * scale, y + 5, (load.dossiers - fits) * scale, 18, 2))
        label = f"{load.dossiers}/{load.capacity}"
        shapes.append(text(label, 168 + max(load.dossiers, load.capacity) * scale, y + 19))
    title = _("Caseload")
    over = sum(1 for load in loads if load.dossiers > load.capacity)
    description = ngettext("%(num)s person has too much.", "%(num)s people have too much.", over) % {"num": over}
    return Drawing(
        draw(Box(0, 0, 560, max(1, len(loads)) * _ROW + 2), shapes, title, description),
        title,
        description,
        (_("Who"), _("Dossiers"), _("Fits")),
        tuple((load.name, str(load.dossiers), str(load.capacity)) for load in loads),
        (Key("a", _("carries")), Key("bar-edge", _("still fits")), Key("late", _("too much"))),
    )


def calendar(counts: Mapping[date, int], first: date, last: date, alerts: AbstractSet[date] = frozenset()) -> Drawing:
    """Draw a cell per day: how often a dossier was looked at; a red edge where somebody should look again."""
    start = first - timedelta(days=first.weekday())
    days = [start + timedelta(days=offset) for offset in range((last - start).days + 1)]
    weeks = -(-len(days) // 7)
    shapes = list(_weekdays()) + list(_months(start, weeks))
    shapes += [_cell(day, (day - start).days, counts.get(day, 0), day in alerts) for day in days if day >= first]
    title = _("Who looked when")
    total = sum(counts.values())
    description = ngettext("Looked at %(num)s time.", "Looked at %(num)s times.", total) % {"num": total}
    legend = [
        Key("cell", _("nobody")),
        Key("cell cell--1", "1–2"),
        Key("cell cell--2", "3–9"),
        Key("cell cell--3", _("10 or more")),
    ]
    if alerts:
        legend.append(Key("cell cell--alert", _("to be reviewed")))
    rows = tuple(
        (date_plain(day), str(count), _("to be reviewed") if day in alerts else "")
        for day, count in sorted(counts.items())
        if count
    )
    box = Box(-34, -22, 36 + weeks * _CELL, 24 + 7 * _CELL, fixed=True)
    return Drawing(
        draw(box, shapes, title, description), title, description, (_("Day"), _("Times"), ""), rows, tuple(legend)
    )


def _weekdays() -> Iterable[Markup]:
    for index in (0, 2, 4):
        yield text(weekday_short(index), -8, index * _CELL + 13, anchor="end")


def _months(start: date, weeks: int) -> Iterable[Markup]:
    mondays = [start + timedelta(days=7 * week) for week in range(weeks)]
    begins = [week for week, monday in enumerate(mondays) if week == 0 or monday.day <= 7]
    for week, after in zip(begins, [*begins[1:], weeks], strict=True):
        if after - week >= 2:  # a shorter month at the edge has no room for its name
            yield text(day_month(mondays[week]).split()[1], week * _CELL, -8)


def _cell(day: date, offset: int, count: int, alert: bool) -> Markup:
    step = 0 if count == 0 else 1 if count < 3 else 2 if count < 10 else 3
    classes = "cell" + (f" cell--{step}" if step else "") + (" cell--alert" if alert else "")
    said = f"{date_short(day)}: {count}"
    return rect(classes, (offset // 7) * _CELL + 1, (offset % 7) * _CELL + 1, _CELL - 4, _CELL - 4, 3, said)


def radar(domains: Sequence[str], now: Sequence[int], before: Sequence[int] = (), highest: int = 5) -> Drawing:
    """Draw scores on the domains of a life (1 is worst) as a web; an earlier measurement is dashed."""
    shapes = [polygon("web", _ring(len(domains), level / highest)) for level in range(1, highest + 1)]
    shapes += [line("web", 0, 0, x, y) for x, y in _ring(len(domains), 1)]
    if before:
        shapes.append(polygon("shape shape--before", _points(before, highest)))
    points = _points(now, highest)
    shapes.append(polygon("shape", points))
    shapes += [circle("dot", x, y, 4) for x, y in points]
    shapes += [_spoke_label(name, index, len(domains)) for index, name in enumerate(domains)]
    title = _("Scores per domain")
    lowest = min(zip(now, domains, strict=True), default=(0, ""))
    description = _("Lowest: %(domain)s, %(score)s of %(highest)s.") % {
        "domain": lowest[1],
        "score": lowest[0],
        "highest": highest,
    }
    earlier = [str(score) for score in before] or [""] * len(domains)
    legend = (Key("a", _("now")), Key("ghost", _("before"))) if before else ()
    return Drawing(
        draw(Box(-280, -165, 560, 330), shapes, title, description),
        title,
        description,
        (_("Domain"), _("Now"), _("Before")),
        tuple(zip(domains, map(str, now), earlier, strict=True)),
        legend,
    )


def trend(title: str, points: Sequence[tuple[date, int]], highest: int = 5) -> Drawing:
    """Draw one score over time as a line with a dot per measurement."""
    span = max(1, (points[-1][0] - points[0][0]).days) if points else 1
    placed = [(30 + 500 * (day - points[0][0]).days / span, 100 - 80 * score / highest) for day, score in points]
    shapes = [
        line("grid", 30, 100 - 80 * level / highest, 540, 100 - 80 * level / highest) for level in range(1, highest + 1)
    ]
    shapes += [text(str(level), 20, 105 - 80 * level / highest, anchor="end") for level in (1, highest)]
    shapes.append(polygon("shape", placed, closed=False))
    shapes += [circle("dot", x, y, 5) for x, y in placed]
    if points:
        shapes.append(text(day_month(points[0][0]), 30, 124))
        shapes.append(text(day_month(points[-1][0]), 540, 124, anchor="end"))
    description = _("%(num)s measurements.") % {"num": len(points)}
    rows = tuple((date_plain(day), str(score)) for day, score in points)
    return Drawing(
        draw(Box(0, 0, 560, 132), shapes, title, description), title, description, (_("Day"), _("Score")), rows
    )


def _angle(index: int, count: int) -> float:
    return 2 * math.pi * index / count - math.pi / 2


def _ring(count: int, share: float, radius: float = 120) -> list[tuple[float, float]]:
    return [
        (math.cos(_angle(index, count)) * radius * share, math.sin(_angle(index, count)) * radius * share)
        for index in range(count)
    ]


def _points(scores: Sequence[int], highest: int) -> list[tuple[float, float]]:
    ring = _ring(len(scores), 1)
    return [(x * score / highest, y * score / highest) for (x, y), score in zip(ring, scores, strict=True)]


def _spoke_label(name: str, index: int, count: int) -> Markup:
    x, y = _ring(count, 1, 136)[index]
    anchor = "middle" if abs(x) < 20 else "start" if x > 0 else "end"
    return text(name, x, y + 5, "t-soft", anchor)
