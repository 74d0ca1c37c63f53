"""An older yes lifts no no; an answer anew is never one of before; and nobody is there long before their birth."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casemgmt.policy.loader import newest_shipped
from casemgmt.policy.rules.days import Said, answers_count_from, can_concern, strength, was_born
from casemgmt.policy.schema.vocabulary import ConsentPurpose

DAY = date(2026, 11, 22)
BORN = date(2012, 5, 14)
# Few days and few moments, so that ties are drawn often.
DAYS = st.integers(0, 4).map(lambda days: DAY + timedelta(days=days))
MOMENTS = st.integers(0, 4).map(lambda hours: datetime(2026, 12, 1, hours, tzinfo=UTC))
ANSWERS = st.builds(Said, DAYS, st.booleans(), MOMENTS)


@pytest.mark.rule("SH-3.7.2c", "BT-toestemming-x")
@given(st.lists(ANSWERS, min_size=1))
def test_a_yes_never_beats_a_refusal_of_a_later_day(answers: list[Said]) -> None:
    stands = max(answers, key=strength)
    for no in (one for one in answers if one.no and not stands.no):
        assert stands.day > no.day or (stands.day == no.day and stands.recorded > no.recorded)


@given(st.lists(ANSWERS, min_size=1))
def test_a_yes_of_a_day_after_every_refusal_stands_whenever_it_was_written_down(answers: list[Said]) -> None:
    """Nobody is held to a no that they took back themselves."""
    later = Said(DAY + timedelta(days=9), False, datetime(2026, 12, 1, tzinfo=UTC) - timedelta(days=1))
    assert not max([*answers, later], key=strength).no


@pytest.mark.rule("BT-toestemming-7")
def test_where_consent_is_asked_anew_an_answer_of_before_the_exchange_is_none_and_the_article_says_so() -> None:
    decision = answers_count_from(ConsentPurpose.DISCLOSURE, DAY, newest_shipped("buurteams-nijmegen"))
    assert decision.outcome["not_before"] == DAY
    assert decision.articles == ("BT-toestemming-7",)
    assert "opnieuw" in decision.explanation
    elsewhere = answers_count_from(ConsentPurpose.DISCLOSURE, DAY, newest_shipped("sterk-huis"))
    assert elsewhere.outcome["not_before"] is None


def test_nobody_answers_before_the_day_of_birth() -> None:
    assert [was_born(BORN, BORN - timedelta(days=1)), was_born(BORN, BORN), was_born(None, date(1900, 1, 1))] == [
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("births", "on", "can"),
    [
        ([BORN], date(2011, 7, 13), False),
        ([BORN], date(2011, 7, 14), True),
        ([BORN, date(2015, 1, 1)], date(2011, 7, 14), True),
        ([BORN, date(1980, 1, 1)], date(1990, 1, 1), True),
        ([BORN, None], date(1900, 1, 1), True),
        ([None], date(1900, 1, 1), True),
        ([], date(1900, 1, 1), True),
    ],
)
def test_what_happened_is_about_somebody_who_was_there_or_was_expected(
    births: list[date | None], on: date, can: bool
) -> None:
    assert can_concern(births, on) is can
