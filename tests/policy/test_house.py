"""The house's own terms: from the version in force, on both sides of the boundary, never the text's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from casemgmt.policy import calendar
from casemgmt.policy.loader import newest_shipped, with_value
from casemgmt.policy.rules import house
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.vocabulary import RequestKind

ON = date(2026, 11, 22)
SLUGS = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")
TERMS = ("removal_work_within", "stopped_removal_within", "adult_youth_asked_again", "draft_kept")


@pytest.fixture(params=SLUGS)
def profile(request: pytest.FixtureRequest) -> Profile:
    return newest_shipped(request.param)


def older(profile: Profile) -> Profile:
    """A version published before these terms were written down."""
    rules = profile.house_rules.model_copy(update=dict.fromkeys(TERMS))
    return profile.model_copy(update={"house_rules": rules})


def test_every_organisation_has_the_terms_as_house_rules_with_bounds(profile: Profile) -> None:
    for name in TERMS:
        rule = getattr(profile.house_rules, name)
        assert rule.kind == "house_rule" and rule.bounds and not rule.articles


def test_work_on_removals_is_due_by_the_house_rule(profile: Profile) -> None:
    assert house.removal_work_due(profile, ON).outcome == {"due": date(2026, 12, 6)}
    assert house.stopped_removal_due(profile, ON).outcome == {"due": date(2026, 11, 25)}
    assert house.youth_asked_again(profile, ON).outcome == {"again_on": date(2027, 2, 20)}


def test_the_date_is_shown_with_its_sum_and_sentence(profile: Profile) -> None:
    decision = house.removal_work_due(profile, ON)
    assert decision.sum is not None and decision.sum.answer == decision.outcome["due"]
    assert decision.articles == ()
    assert profile.house_rules.removal_work_within.sentence in decision.explanation  # type: ignore[union-attr]


def test_a_draft_stays_for_the_whole_term(profile: Profile) -> None:
    before = house.drafts_given_up(profile, ON).outcome["before"]
    assert before - timedelta(days=1) == date(2026, 10, 23), "thirty days ago, so it goes"
    assert before == date(2026, 10, 24), "twenty-nine days ago, so it stays"


def test_a_month_is_a_month_of_the_calendar(profile: Profile) -> None:
    monthly = with_value(profile, "house_rules.draft_kept", "1 month")
    assert house.drafts_given_up(monthly, date(2027, 2, 27)).outcome["before"] == date(2027, 1, 28)
    # Typed on 28, 29, 30 or 31 January, a month has passed on 28 February.
    assert house.drafts_given_up(monthly, date(2027, 2, 28)).outcome["before"] == date(2027, 2, 1)


def test_an_organisation_that_changes_a_term_is_followed(profile: Profile) -> None:
    quick = with_value(profile, "house_rules.removal_work_within", "1 week")
    assert house.removal_work_due(quick, ON).outcome == {"due": date(2026, 11, 29)}


def test_a_version_without_the_terms_loses_nothing_and_hurries(profile: Profile) -> None:
    silent = older(profile)
    assert house.removal_work_due(silent, ON).outcome == {"due": ON}
    assert house.stopped_removal_due(silent, ON).outcome == {"due": ON}
    assert house.youth_asked_again(silent, ON).outcome == {"again_on": None}
    assert house.drafts_given_up(silent, ON).outcome == {"before": None}


def test_a_stored_version_without_the_terms_can_still_be_read(profile: Profile) -> None:
    assert Profile.model_validate_json(older(profile).model_dump_json(exclude_defaults=True)).content_hash


def test_an_invitation_to_the_portal_ends_by_the_house_rule_of_the_version_in_force(profile: Profile) -> None:
    decision = house.invitation_ends(profile, ON)
    assert decision.outcome == {"ends_on": date(2026, 12, 6)} and decision.sum is not None
    for term, ends_on in (("1 day", date(2026, 11, 23)), ("3 weeks", date(2026, 12, 13))):
        changed = with_value(profile, "house_rules.portal_invitation", term)
        assert house.invitation_ends(changed, ON).outcome == {"ends_on": ends_on}


def test_a_client_sees_at_once_who_looked_unless_the_house_rule_puts_it_off(profile: Profile) -> None:
    assert house.looks_told(profile, ON).outcome == {"up_to": ON, "days": 0}
    for term, up_to, days in (("1 day", date(2026, 11, 21), 1), ("2 weeks", date(2026, 11, 8), 14)):
        later = with_value(profile, "house_rules.log_view_delay", term)
        assert house.looks_told(later, ON).outcome == {"up_to": up_to, "days": days}


def test_a_destruction_cools_off_as_long_as_the_house_rule_of_the_version_in_force_says(profile: Profile) -> None:
    decision = house.cooling_off(profile, ON)
    assert decision.outcome == {"ends_on": date(2026, 11, 29), "days": 7} and decision.sum is not None
    for term, ends_on, days in (("9 days", date(2026, 12, 1), 9), ("3 weeks", date(2026, 12, 13), 21)):
        changed = with_value(profile, "house_rules.cooling_off", term)
        assert house.cooling_off(changed, ON).outcome == {"ends_on": ends_on, "days": days}


def test_where_the_text_names_no_term_an_answer_is_promised_and_no_article_cited(profile: Profile) -> None:
    decision = house.answer_promised(RequestKind.COMPLAINT, ON, profile)
    assert decision.outcome == {"due": date(2026, 12, 20), "carry_out_due": None} and decision.sum is not None
    assert "4 weken: 20 december 2026" in decision.explanation and not decision.articles


def test_the_first_day_of_a_term_is_the_day_after_it_began() -> None:
    """Of a week, seven days count, the last of them its end."""
    assert calendar.first_day(ON) == date(2026, 11, 23)
    assert (calendar.add_weeks(ON, 1) - calendar.first_day(ON)).days + 1 == 7


def test_so_many_days_later_is_the_same_moment_of_the_day() -> None:
    noon = datetime(2026, 12, 31, 12, 0, tzinfo=UTC)
    assert calendar.moment_after(noon, 1) == datetime(2027, 1, 1, 12, 0, tzinfo=UTC)
    assert calendar.moment_after(noon, -31) == datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
