"""Two drawings: who decides at which age, and what a draft would move. Each has its numbers as a table.

Colour comes by class and geometry by attribute; the page's security policy allows no inline style.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from markupsafe import Markup

from casemgmt.policy.labels import dutch
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.people import Rung
from casemgmt.policy.schema.vocabulary import Cell, Mode, Person

CAPABLE = (Cell.UNDER_12, Cell.CAPABLE_12_TO_15, Cell.CAPABLE_16_17, Cell.CAPABLE_ADULT)
INCAPABLE = (Cell.UNDER_12, Cell.INCAPABLE_12_TO_15, Cell.INCAPABLE_16_17, Cell.INCAPABLE_ADULT)

_LEFT, _BAND, _ROW, _TOP = 224, 254, 48, 26
_SHORT = {
    Person.LEGAL_REPRESENTATIVE: "vertegenwoordiger",
    Person.CLIENT: "cliënt",
}


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend."""

    classes: str
    label: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """What the macro `figure` draws."""

    title: str
    svg: Markup
    legend: tuple[Key, ...]
    columns: tuple[Any, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class _Line:
    title: str
    source: str
    bands: tuple[tuple[str, str], ...]  # what to say, and in which class


def ages(profile: Profile, *, capable: bool = True) -> Drawing:
    """Who decides at which age, for a client who can, or cannot, weigh his own interests."""
    lines = _lines(profile, CAPABLE if capable else INCAPABLE)
    columns = ("Recht", "Waar het staat", "Jonger dan 12", "12 tot en met 15", "16 en 17", "Vanaf 18")
    rows = tuple((line.title, line.source, *(said for said, _kind in line.bands)) for line in lines)
    title = "Wie beslist op welke leeftijd"
    return Drawing(title, _ages_svg(title, lines), _ages_legend(profile), columns, rows)


def moved(results: list[Mapping[str, Any]]) -> Drawing:
    """For each kind of thing how many move and how many are due at once, out of how many."""
    title = _("What this draft would move")
    legend = (Key("a", _("moves")), Key("late", _("due at once")), Key("bar-edge", _("all")))
    columns: tuple[Any, ...] = (
        _("What"),
        {"label": _("Moves"), "number": True},
        {"label": _("Due at once"), "number": True},
        {"label": _("All"), "number": True},
    )
    rows = tuple((r["title"], str(r["moved"]), str(r["due_at_once"]), str(r["total"])) for r in results)
    return Drawing(title, _moved_svg(title, results), legend, columns, rows)


def _lines(profile: Profile, cells: tuple[Cell, ...]) -> list[_Line]:
    client = profile.words.client
    found = [_line("Rechten uitoefenen", profile.representation.ladder, cells, client)]
    for right, own in profile.representation.per_right.items():
        ladder = {**profile.representation.ladder, **own}
        found.append(_line(f"Recht op {dutch(right)}", ladder, cells, client))
    for purpose, rule in profile.consent.purposes.items():
        if rule.needed and rule.ladder is not None:
            word = dutch(purpose)
            found.append(_line(word[:1].upper() + word[1:], rule.ladder, cells, client))
    return found


def _line(title: str, ladder: Mapping[Cell, Rung], cells: tuple[Cell, ...], client: str) -> _Line:
    rungs = [ladder[cell] for cell in cells]
    articles = list(dict.fromkeys(article for rung in rungs for article in rung.articles))
    more = f" +{len(articles) - 2}" if len(articles) > 2 else ""
    return _Line(title, ", ".join(articles[:2]) + more, tuple(_band(rung, client) for rung in rungs))


def _band(rung: Rung, client: str) -> tuple[str, str]:
    if not rung.by:
        return ("een mens beslist" if rung.escalate else "niemand volgens de tekst"), "none"
    names = [client if person is Person.CLIENT else _SHORT.get(person, dutch(person)) for person in rung.by]
    if Person.CLIENT not in rung.by:
        return " of ".join(names), "parents"
    if len(names) == 1:
        return names[0], "self"
    joined = {Mode.JOINTLY: " én ", Mode.BESIDE: " naast "}.get(rung.mode, " of ")
    return joined.join(names), "both"


def _ages_svg(title: str, lines: list[_Line]) -> Markup:
    height = _TOP + _ROW * len(lines)
    parts = [_grid(height)]
    for at, line in enumerate(lines):
        top = _TOP + at * _ROW + 8
        parts.append(_text(0, top + 14, line.title))
        parts.append(_text(0, top + 31, line.source, "t-soft"))
        start = 0
        while start < len(line.bands):
            end = start + 1
            while end < len(line.bands) and line.bands[end] == line.bands[start]:
                end += 1
            parts.append(_box(start, end, top, *line.bands[start]))
            start = end
    told = Markup("<desc>{}</desc>").format(_("The table below gives every row."))
    width = _LEFT + 4 * _BAND
    head = Markup('<svg class="chart ages" viewBox="0 0 {} {}" role="img"><title>{}</title>').format(
        width, height, title
    )
    return head + told + Markup("").join(parts) + Markup("</svg>")


def _grid(height: int) -> Markup:
    drawn = []
    for at, label in enumerate(("geboorte", "12 jaar", "16 jaar", "18 jaar")):
        x = _LEFT + at * _BAND
        line = Markup('<line class="{}" x1="{}" x2="{}" y1="20" y2="{}"></line>')
        drawn.append(line.format("axis" if at else "grid", x, x, height))
        drawn.append(_text(x, 14, label, "t-strong" if at else "t-soft", "middle"))
    return Markup("").join(drawn)


def _box(start: int, end: int, top: int, said: str, kind: str) -> Markup:
    x, width = _LEFT + start * _BAND + 2, (end - start) * _BAND - 4
    rect = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="34" rx="4"></rect>')
    tone = {"self": "t-on", "none": "t-soft"}.get(kind, "")
    return rect.format(kind, x, top, width) + _text(x + width // 2, top + 22, said, tone, "middle")


def _text(x: int, y: int, said: str, classes: str = "", anchor: str = "start") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(classes, x, y, anchor, said)


def _ages_legend(profile: Profile) -> tuple[Key, ...]:
    client = profile.words.client
    return (
        Key("self", f"{client} alleen"),
        Key("both", f"{client} met een ander"),
        Key("parents", "een ander"),
        Key("none", "de tekst zegt het niet"),
    )


def _moved_svg(title: str, results: list[Mapping[str, Any]]) -> Markup:
    height = 56 * max(len(results), 1)
    parts = []
    for at, result in enumerate(results):
        top, total = at * 56, max(int(result["total"]), 1)
        bar = Markup('<rect class="{}" x="{}" y="{}" width="{}" height="20" rx="2"></rect>')
        parts.append(_text(0, top + 14, str(result["title"]), "t-strong"))
        parts.append(_text(620, top + 14, f"{result['moved']} / {result['total']}", "t-soft", "end"))
        parts.append(bar.format("bar-edge", 1, top + 24, 618))
        for name, kind in (("moved", "a"), ("due_at_once", "late")):
            if result[name]:
                parts.append(bar.format(kind, 1, top + 24, max(round(618 * int(result[name]) / total), 3)))
    head = Markup('<svg class="chart" viewBox="0 0 620 {}" role="img"><title>{}</title>').format(height, title)
    return head + Markup("").join(parts) + Markup("</svg>")
