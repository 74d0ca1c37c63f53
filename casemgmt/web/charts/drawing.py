"""A drawing as a value: shapes with classes for colour and attributes for geometry, and its numbers as a table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True)
class Key:
    """One line of a legend: the class that gives the colour, and its meaning."""

    classes: str
    label: str


@dataclass(frozen=True)
class Drawing:
    """What a page shows: `svg`, and the same numbers as `columns` and `rows`."""

    svg: Markup
    title: str
    description: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    legend: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Box:
    """The part of the plane a drawing takes."""

    x: float
    y: float
    width: float
    height: float
    fixed: bool = False


def draw(box: Box, shapes: Iterable[Markup], title: str, description: str, classes: str = "chart") -> Markup:
    """Put shapes into an svg that says in words what it shows."""
    mark = "c" + hashlib.sha256(f"{title}|{description}".encode()).hexdigest()[:10]
    if box.fixed:
        classes += " chart--fixed"
    size = Markup(' width="{}" height="{}"').format(number(box.width), number(box.height)) if box.fixed else ""
    return Markup(
        '<svg class="{classes}" viewBox="{x} {y} {width} {height}"{size} role="img"'
        ' aria-labelledby="{mark}-t {mark}-d">'
        '<title id="{mark}-t">{title}</title><desc id="{mark}-d">{description}</desc>{shapes}</svg>'
    ).format(
        classes=classes,
        x=number(box.x),
        y=number(box.y),
        width=number(box.width),
        height=number(box.height),
        size=size,
        mark=mark,
        title=title,
        description=description,
        shapes=Markup("").join(shapes),
    )


def rect(classes: str, x: float, y: float, width: float, height: float, radius: float = 3, title: str = "") -> Markup:
    """Draw a rectangle; `title` is what a pointer over it says."""
    inner = Markup("<title>{}</title>").format(title) if title else ""
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}">{}</rect>').format(
        classes, number(x), number(y), number(width), number(height), number(radius), inner
    )


def line(classes: str, x1: float, y1: float, x2: float, y2: float) -> Markup:
    """Draw a straight line."""
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"></line>').format(
        classes, number(x1), number(y1), number(x2), number(y2)
    )


def text(content: str, x: float, y: float, classes: str = "t-soft", anchor: str = "start") -> Markup:
    """Write a word in a drawing."""
    return Markup('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>').format(
        classes, number(x), number(y), anchor, content
    )


def polygon(classes: str, points: Sequence[tuple[float, float]], closed: bool = True) -> Markup:
    """Draw a line through points, closed into a shape or open."""
    path = " ".join(f"{number(x)},{number(y)}" for x, y in points)
    return Markup('<{tag} class="{classes}" points="{path}"></{tag}>').format(
        tag="polygon" if closed else "polyline", classes=classes, path=escape(path)
    )


def circle(classes: str, x: float, y: float, radius: float) -> Markup:
    """Draw a dot."""
    return Markup('<circle class="{}" cx="{}" cy="{}" r="{}"></circle>').format(
        classes, number(x), number(y), number(radius)
    )


def number(value: float) -> str:
    """Write a coordinate as short as it can be."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
