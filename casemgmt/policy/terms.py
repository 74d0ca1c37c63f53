"""A term as the regulations write it: an amount of days, weeks, months or years. No dates are computed here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """The four units a regulation counts in."""

    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"


_ROUGH_DAYS = {Unit.DAYS: 1.0, Unit.WEEKS: 7.0, Unit.MONTHS: 30.4375, Unit.YEARS: 365.25}
_DUTCH = {
    Unit.DAYS: ("dag", "dagen"),
    Unit.WEEKS: ("week", "weken"),
    Unit.MONTHS: ("maand", "maanden"),
    Unit.YEARS: ("jaar", "jaar"),
}


@dataclass(frozen=True)
class Term:
    """`Term(4, Unit.WEEKS)`; written as "4 weeks" in profiles and stored decisions."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        """A term is a whole, non-negative number of units; raises ValueError otherwise."""
        if isinstance(self.amount, bool) or not 0 <= self.amount <= 1000:
            raise ValueError("a term is a whole number from 0 to 1000")

    @classmethod
    def parse(cls, text: str) -> Term:
        """Read "4 weeks" (also "1 month"); raises ValueError for anything else."""
        amount, _, unit = text.partition(" ")
        plural = unit if unit.endswith("s") else unit + "s"
        if not (amount.isascii() and amount.isdigit()):
            raise ValueError(f"not a term: {text!r}")
        return cls(int(amount), Unit(plural))

    def __str__(self) -> str:
        """The form that `parse` reads."""
        return f"{self.amount} {self.unit.value if self.amount != 1 else self.unit.value[:-1]}"

    def dutch(self) -> str:
        """As a person says it: "4 weken", "1 maand"."""
        one, many = _DUTCH[self.unit]
        return f"{self.amount} {one if self.amount == 1 else many}"

    @property
    def rough_days(self) -> float:
        """Length in average days: only to compare a value with its bounds, never to compute a date."""
        return self.amount * _ROUGH_DAYS[self.unit]
