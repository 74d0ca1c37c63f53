"""The house's own terms around a disclosure: from the version in force, with the sum, never the regulation's text."""

from __future__ import annotations

from datetime import date

import pytest

from casemgmt.policy.loader import newest_shipped, with_value
from casemgmt.policy.rules.disclosure import question_due
from casemgmt.policy.rules.informing import informing_waits_until
from casemgmt.policy.schema import Profile

ON = date(2026, 12, 30)
SLUGS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")


@pytest.fixture(params=SLUGS)
def profile(request: pytest.FixtureRequest) -> Profile:
    return newest_shipped(request.param)


def test_a_question_about_giving_without_consent_is_answered_within_two_days(profile: Profile) -> None:
    decision = question_due(profile, ON)
    rule = profile.house_rules.disclosure_question_within
    assert rule is not None and rule.kind == "house_rule" and rule.bounds
    assert decision.outcome == {"due": date(2027, 1, 1)}
    assert (decision.articles, decision.explanation) == ((), rule.sentence)
    assert decision.sum is not None and decision.sum.answer == date(2027, 1, 1)


def test_the_answer_is_due_as_the_version_in_force_says(profile: Profile) -> None:
    slow = with_value(profile, "house_rules.disclosure_question_within", "10 days")
    assert question_due(slow, ON).outcome == {"due": date(2027, 1, 9)}


def test_a_version_from_before_the_term_was_written_down_wants_the_answer_at_once(profile: Profile) -> None:
    rules = profile.house_rules.model_copy(update={"disclosure_question_within": None})
    assert question_due(profile.model_copy(update={"house_rules": rules}), ON).outcome == {"due": ON}


def test_telling_waits_two_weeks_at_a_time_at_most(profile: Profile) -> None:
    decision = informing_waits_until(profile, ON)
    assert decision.outcome == {"until": date(2027, 1, 13)}
    assert decision.sum is not None and decision.explanation == profile.house_rules.informing_deferred.sentence
    shorter = with_value(profile, "house_rules.informing_deferred", "1 day")
    assert informing_waits_until(shorter, ON).outcome == {"until": date(2026, 12, 31)}
