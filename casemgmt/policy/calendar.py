"""Ages and terms by the calendar, as chapter 0 of the rule register reads them. Nobody else computes either.

Dates of law are calendar dates in Europe/Amsterdam. A term never moves for weekends or holidays: no text says so.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from casemgmt.policy.decision import DateSum, SumRow, SumStep
from casemgmt.policy.terms import Term, Unit

_MONTHS = [
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
]


def birthday(born_on: date, age: int) -> date:
    """The day on which somebody reaches `age` (years), from 00:00; born 29 February: 1 March in a common year."""
    year = born_on.year + age
    try:
        return born_on.replace(year=year)
    except ValueError:
        return date(year, 3, 1)


def age_on(born_on: date, on: date) -> int:
    """Age in whole years on the day `on`; negative before birth (-1 in the last year before it)."""
    years = on.year - born_on.year
    return years if on >= birthday(born_on, years) else years - 1


def months_on(born_on: date, on: date) -> int:
    """Age in whole months on the day `on`; negative before birth.

    A month is full on the day number of the birth, and where that month has no such day on the first of the
    next, as `birthday` has it: so twelve of them are a year by `age_on`, also for who was born on 29 February.
    """
    return (on.year - born_on.year) * 12 + on.month - born_on.month - (on.day < born_on.day)


def add_days(start: date, days: int) -> date:
    """The day `days` after `start`."""
    return start + timedelta(days=days)


def first_day(start: date) -> date:
    """The first day that counts of a term that runs from `start`: the day after, as `add_term` counts them."""
    return add_days(start, 1)


def moment_after(at: datetime, days: int) -> datetime:
    """The moment so many whole days after `at`; before it where `days` is negative."""
    return at + timedelta(days=days)


def add_working_days(start: date, days: int) -> date:
    """The day `days` working days (Monday to Friday) after `start`. Feast days count: a house rule names none."""
    day = start
    for _ in range(days):
        day += timedelta(days=1)
        while day.weekday() > 4:
            day += timedelta(days=1)
    return day


def add_weeks(start: date, weeks: int) -> date:
    """The last permitted day of a term in weeks: seven days each, so four weeks is start + 28."""
    return start + timedelta(weeks=weeks)


def add_months(start: date, months: int) -> date:
    """The same day number `months` later; where that month has no such day, its last day."""
    return start + relativedelta(months=months)


def add_years(start: date, years: int) -> date:
    """The anniversary `years` later; 29 February in a common year falls back to 28 February, as months do."""
    return start + relativedelta(years=years)


_ADD: dict[Unit, Callable[[date, int], date]] = {
    Unit.DAYS: add_days,
    Unit.WEEKS: add_weeks,
    Unit.MONTHS: add_months,
    Unit.YEARS: add_years,
}


def add_term(start: date, term: Term) -> date:
    """`start` plus `term` by the calendar; raises OverflowError after the year 9999."""
    try:
        return _ADD[term.unit](start, term.amount)
    except ValueError as error:
        raise OverflowError("date after the year 9999") from error


def year_end(day: date) -> date:
    """31 December of the year of `day` (Opsterland counts from the year in which support ended, GT-9.2)."""
    return date(day.year, 12, 31)


def say(day: date) -> str:
    """The date as a person says it: 3 mei 2027."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


class SumBuilder:
    """Writes a date sum while it computes: `SumBuilder(day, "ontvangen").add(term, "vier weken").done()`."""

    def __init__(self, start: date, label: str) -> None:
        """Begin with a day and what happened on it."""
        self._day = start
        self._rows = [SumRow(SumStep.START, start, label)]

    @property
    def day(self) -> date:
        """The date so far."""
        return self._day

    def add(self, term: Term, label: str) -> SumBuilder:
        """Add a term by the calendar."""
        return self._step(SumStep.ADD, term, add_term(self._day, term), label)

    def to_year_end(self, label: str) -> SumBuilder:
        """Move to 31 December of the same year."""
        end = year_end(self._day)
        return self._step(SumStep.YEAR_END, end, end, label)

    def not_before(self, day: date, label: str) -> SumBuilder:
        """Take the later of the date so far and `day`."""
        return self._step(SumStep.LATEST, day, max(self._day, day), label)

    def not_after(self, day: date, label: str) -> SumBuilder:
        """Take the earlier of the date so far and `day`."""
        return self._step(SumStep.EARLIEST, day, min(self._day, day), label)

    def done(self) -> DateSum:
        """The finished sum."""
        return DateSum(tuple(self._rows), self._day)

    def _step(self, op: SumStep, value: date | Term, day: date, label: str) -> SumBuilder:
        self._rows.append(SumRow(op, value, label))
        self._day = day
        return self
