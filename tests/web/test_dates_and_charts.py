"""Dates as people say them, and drawings that hold their numbers."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from casemgmt.web import charts, dates
from casemgmt.web.gallery import samples

DAY = date(2026, 11, 23)


def test_dates_are_written_in_dutch_and_english() -> None:
    with translation.override("nl"):
        assert dates.date_long(DAY) == "maandag 23 november 2026"
        assert dates.date_short(DAY) == "23 nov 2026"
        assert dates.weekday_day(DAY) == "ma 23 november"
        assert dates.at_time(datetime(2026, 7, 1, 12, 5, tzinfo=UTC)) == "14.05 uur"
    with translation.override("en"):
        assert dates.date_long(DAY) == "Monday 23 November 2026"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (DAY, "vandaag"),
        (date(2026, 11, 24), "morgen"),
        (date(2026, 11, 22), "gisteren"),
        (date(2026, 11, 20), "vrijdag"),
        (date(2026, 11, 29), "zondag"),
        (date(2026, 11, 30), "30 nov"),
        (date(2025, 11, 30), "30 nov 2025"),
    ],
)
def test_a_near_date_is_said_as_a_person_says_it(day: date, said: str) -> None:
    with translation.override("nl"):
        assert dates.spoken(day, DAY) == said
        assert f'title="{dates.date_long(day)}"' in dates.ago(day, DAY)


def test_a_moment_just_before_midnight_utc_is_the_next_day_in_the_netherlands() -> None:
    with translation.override("nl"):
        assert dates.date_short(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == "23 nov 2026"


@pytest.mark.parametrize(("on", "late"), [(date(2026, 11, 30), False), (date(2026, 12, 1), True)])
def test_a_term_is_late_from_the_day_after_its_last(on: date, late: bool) -> None:
    drawing = charts.clock(date(2026, 11, 3), date(2026, 11, 30), on)
    assert drawing.late is late
    assert drawing.svg.count("day--late") == (1 if late else 0)
    assert drawing.svg.count('class="day') == (29 if late else 28)


@pytest.mark.parametrize("name", ["deadlines", "looked", "horizon", "caseload", "bars", "radar", "trend"])
def test_a_drawing_says_what_it_shows_and_holds_its_numbers(name: str) -> None:
    drawing = samples()[name]
    assert "<title" in drawing.svg and "<desc" in drawing.svg
    assert "style=" not in drawing.svg
    assert drawing.rows and all(len(row) == len(drawing.columns) for row in drawing.rows)


def test_a_name_in_a_drawing_cannot_break_out_of_it() -> None:
    drawing = charts.bars("<script>", [("</text><script>alert(1)</script>", 1)])
    assert "<script>" not in drawing.svg


@pytest.mark.parametrize(
    "empty", [charts.bars("x", []), charts.caseload([]), charts.horizon({}, DAY), charts.trend("x", [])]
)
def test_a_drawing_of_nothing_is_still_a_drawing(empty: charts.Drawing) -> None:
    assert empty.svg.startswith("<svg")
