"""Drawings made on the server: pure functions of plain values, each with its numbers as a table.

Colour comes from classes, geometry from attributes, so the content security policy can forbid inline style.
"""

from casemgmt.web.charts.counts import Load, bars, calendar, caseload, radar, trend
from casemgmt.web.charts.drawing import Box, Drawing, Key, circle, draw, line, polygon, rect, text
from casemgmt.web.charts.terms import Clock, Week, clock, deadlines, horizon

__all__ = [
    "Box",
    "Clock",
    "Drawing",
    "Key",
    "Load",
    "Week",
    "bars",
    "calendar",
    "caseload",
    "circle",
    "clock",
    "deadlines",
    "draw",
    "horizon",
    "line",
    "polygon",
    "radar",
    "rect",
    "text",
    "trend",
]
