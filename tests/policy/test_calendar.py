"""Ages and terms on both sides of every boundary, as chapter 0 of the rule register reads them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemgmt.policy.calendar import (
    SumBuilder,
    add_months,
    add_term,
    add_weeks,
    add_years,
    age_on,
    birthday,
    months_on,
    say,
)
from casemgmt.policy.decision import SumStep
from casemgmt.policy.terms import Term, Unit

DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize("age", [12, 16, 18])
def test_a_birthday_counts_from_the_day_itself(age: int) -> None:
    born = date(2008, 5, 3)
    assert age_on(born, date(2008 + age, 5, 2)) == age - 1
    assert age_on(born, date(2008 + age, 5, 3)) == age
    assert age_on(born, date(2008 + age, 5, 4)) == age


def test_born_on_29_february_turns_12_and_16_on_29_february_and_18_on_1_march() -> None:
    born = date(2008, 2, 29)
    assert [birthday(born, age) for age in (12, 16, 18)] == [date(2020, 2, 29), date(2024, 2, 29), date(2026, 3, 1)]
    assert age_on(born, date(2026, 2, 28)) == 17
    assert age_on(born, date(2026, 3, 1)) == 18


def test_a_baby_is_a_month_older_on_its_day_of_the_month_and_without_such_a_day_on_the_first_of_the_next() -> None:
    leap, last = date(2024, 2, 29), date(2025, 1, 31)
    on_leap = [date(2024, 3, 28), date(2024, 3, 29), date(2025, 2, 28), date(2025, 3, 1), date(2025, 3, 29)]
    assert [months_on(leap, day) for day in on_leap] == [0, 1, 11, 12, 13]
    assert [months_on(last, day) for day in (last, date(2025, 2, 28), date(2025, 3, 1))] == [0, 0, 1]
    assert months_on(date(2023, 1, 31), date(2024, 2, 29)) == 12


@given(DAYS, DAYS)
def test_twelve_months_are_a_year_for_whoever_counts(born: date, on: date) -> None:
    assert months_on(born, on) // 12 == age_on(born, on)


def test_four_weeks_is_28_days() -> None:
    assert add_weeks(date(2026, 2, 2), 4) == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 11, 30), 3, date(2026, 2, 28)),
        (date(2026, 5, 31), 1, date(2026, 6, 30)),
        (date(2026, 6, 30), 1, date(2026, 7, 30)),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last_of_the_month(start: date, months: int, end: date) -> None:
    assert add_months(start, months) == end


def test_a_term_in_years_is_the_anniversary() -> None:
    assert add_years(date(2012, 9, 18), 15) == date(2027, 9, 18)
    assert add_years(date(2012, 2, 29), 15) == date(2027, 2, 28)


def test_a_term_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(OverflowError):
        add_term(date(9990, 1, 1), Term(100, Unit.YEARS))


def test_a_sum_shows_each_step() -> None:
    builder = (
        SumBuilder(date(2010, 3, 1), "afgesloten").to_year_end("einde van het jaar").add(Term.parse("15 years"), "t")
    )
    result = builder.not_before(date(2020, 1, 1), "later").not_after(date(2030, 1, 1), "eerder").done()
    steps = [SumStep.START, SumStep.YEAR_END, SumStep.ADD, SumStep.LATEST, SumStep.EARLIEST]
    assert [row.op for row in result.rows] == steps
    assert result.answer == builder.day == date(2025, 12, 31)


def test_a_date_is_said_in_dutch() -> None:
    assert say(date(2027, 5, 3)) == "3 mei 2027"


@given(DAYS, st.integers(0, 120))
def test_age_and_birthday_agree(born: date, age: int) -> None:
    day = birthday(born, age)
    assert age_on(born, day) == age
    assert age_on(born, date.fromordinal(day.toordinal() - 1)) == age - 1


@given(st.integers(0, 1000), st.sampled_from(Unit))
def test_a_term_reads_back_from_its_text(amount: int, unit: Unit) -> None:
    term = Term(amount, unit)
    assert Term.parse(str(term)) == term
    assert term.dutch().startswith(str(amount))


@pytest.mark.parametrize("text", ["", "4", "weeks", "4 fortnights", "-4 weeks", "4.5 weeks", "4  weeks", "2000 days"])
def test_other_text_is_no_term(text: str) -> None:
    with pytest.raises(ValueError):
        Term.parse(text)
