"""A long list part by part: each begins after the last row of the part before, and nothing is counted or skipped over.

The key of a part is what its order reads of that last row, so that the list goes on at the same place when the row
itself has left it since. Orders end in ``id`` and read no column that may be empty: a row without a place is lost.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

BETWEEN = "~"
Row = TypeVar("Row", bound=Model)
One = TypeVar("One")
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Part(Generic[One]):
    """Some of a list; ``next`` is the key of the part after it, empty when there is none."""

    rows: tuple[One, ...]
    next: str = ""

    def each(self, value: Callable[[One], Value]) -> "Part[Value]":
        """The same part as plain values."""
        return Part(tuple(value(row) for row in self.rows), self.next)


def part(rows: QuerySet[Row], order: Sequence[str], after: str, most: int) -> Part[Row]:
    """The first rows in this order after a key, at most so many; a key nobody gave out begins at the top."""
    found = tuple(following(rows, order, after).order_by(*order)[: most + 1])
    return Part(found[:most], key(found[most - 1], order) if len(found) > most else "")


def following(rows: QuerySet[Row], order: Sequence[str], after: str) -> QuerySet[Row]:
    """The rows that come after a key in this order; all of them where it is no key."""
    values = _values(rows, order, after)
    if not values:
        return rows
    names = [name.removeprefix("-") for name in order]
    later = Q()
    for at, name in enumerate(order):
        level = dict(zip(names[:at], values[:at], strict=True))
        later |= Q(**level, **{f"{names[at]}__{'lt' if name.startswith('-') else 'gt'}": values[at]})
    # Said once more of the first column alone, for an index does not see through an OR.
    bound = {f"{names[0]}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]}
    return rows.filter(later, **bound)


def key(row: Model, order: Sequence[str]) -> str:
    """The place of a row in this order, as an address carries it."""
    return BETWEEN.join(_written(getattr(row, name.removeprefix("-"))) for name in order)


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def _values(rows: QuerySet[Row], order: Sequence[str], after: str) -> list[Any]:
    """What a key says, each in the type of its column; nothing for what was no key of this order."""
    said = after.split(BETWEEN)
    if len(said) != len(order):
        return []
    fields = [rows.model._meta.get_field(name.removeprefix("-")) for name in order]
    try:
        values = [field.to_python(text) for field, text in zip(fields, said, strict=True)]  # type: ignore[union-attr]
    except (ValidationError, ValueError):
        return []
    naive = any(isinstance(value, datetime) and value.tzinfo is None for value in values)
    return [] if naive or None in values else values
