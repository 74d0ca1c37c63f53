"""Gebiedsteam Opsterland, article by article."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casemgmt.policy.decision import Decision
from casemgmt.policy.loader import newest_shipped
from tests.articles.asking import ask


def gt(question: str, on: str = "2026-06-01", **facts: Any) -> Decision:
    return ask("gebiedsteam-opsterland", question, on, **facts)


ADULT = {"birth_date": "1971-02-14", "client_capable": False, "capacity_judged_by": "leader"}


@pytest.mark.rule("GT-22.4-a", "GT-22.4-b", "GT-22.4-c")
@pytest.mark.parametrize(
    ("facts", "by", "mode"),
    [
        ({"has_legal_representative": True}, {"legal_representative"}, "alone"),
        ({"partner": {"willing": True}, "has_parent": True}, {"spouse_or_partner"}, "alone"),
        ({"partner": {"willing": False}, "has_parent": True}, {"parent"}, "alone"),
        ({"siblings_birth_dates": ["2008-06-01", "2000-01-01"]}, {"adult_sibling"}, "any_of"),
        ({"siblings_birth_dates": ["2008-06-02"]}, set(), "none"),
        ({"has_parent": True, "own_children_birth_dates": ["2008-06-01"]}, {"parent", "adult_child"}, "any_of"),
        ({}, set(), "none"),
        ({"capacity_judged_by": "doctor", "has_legal_representative": True}, {"client"}, "alone"),
    ],
)
def test_who_acts_for_an_incapable_adult(facts: dict[str, Any], by: set[str], mode: str) -> None:
    outcome = gt("who_exercises_rights", **(ADULT | facts)).outcome
    assert (set(outcome["by"]), outcome["mode"], outcome["escalate"]) == (by, mode, not by)


@pytest.mark.rule("GT-22.2")
def test_between_12_and_16_both_act_unless_the_leader_judged_otherwise() -> None:
    facts = {"birth_date": "2012-01-01", "client_capable": False}
    assert gt("who_exercises_rights", **facts).outcome["mode"] == "jointly"
    judged = gt("who_exercises_rights", capacity_judged_by="leader", **facts)
    assert judged.outcome["by"] == ("legal_representative",)
    assert [one.kind.value for one in judged.citations] == ["reading"]


@pytest.mark.rule("GT-14.1", "GT-14.2", "GT-14.x", "GT-22.6")
@pytest.mark.parametrize(
    "defect",
    [
        {"written": False},
        {"informed_of": ["purpose", "recipient"]},
        {"recipient": "school"},
        {"given_on": "2026-06-02"},
        {"purpose": "research"},
        {"withdrawn_on": "2026-06-01"},
        {"differs": ["recipient"]},
        {"differs": ["purpose"]},
        {"differs": ["content"]},
    ],
)
def test_consent_is_written_prior_informed_and_for_this_recipient(defect: dict[str, Any]) -> None:
    good = {
        "by": ["client"],
        "given_on": "2026-06-01",
        "written": True,
        "informed_of": ["purpose", "recipient", "content"],
        "recipient": "gp",
    }
    facts = {"birth_date": "1980-01-01", "recipient": "gp"}
    assert gt("may_disclose", consent=good, **facts).outcome["allowed"]
    assert not gt("may_disclose", consent=good | defect, **facts).outcome["allowed"]


@pytest.mark.rule("GT-15.1", "GT-15.2", "GT-15.3", "GT-16.2", "GT-16.5", "GT-13")
@pytest.mark.parametrize(
    ("facts", "duty"),
    [
        ({"recipient": "social_investigator", "necessary": True, "consulted_before": ["team_leader"]}, True),
        (
            {
                "recipient": "amhk",
                "requested": True,
                "about_report": True,
                "necessary": True,
                "consulted_before": ["team_leader"],
            },
            False,
        ),
        ({"recipient": "team_colleague", "necessary": True}, False),
        (
            {
                "recipient": "crisis_service",
                "very_serious_situation": True,
                "vital_interests": True,
                "intervention_needed_outside_team": True,
                "consent_unobtainable": True,
                "only_way": True,
                "consulted_before": ["team_leader"],
            },
            False,
        ),
    ],
)
def test_grounds_without_consent_need_each_condition(facts: dict[str, Any], duty: bool) -> None:
    outcome = gt("may_disclose", birth_date="1980-01-01", **facts).outcome
    assert (outcome["allowed"], outcome["duty"], outcome["consent_needed"]) == (True, duty, False)
    for name in set(facts) - {"recipient"}:
        left = {key: value for key, value in facts.items() if key != name}
        assert not gt("may_disclose", birth_date="1980-01-01", **left).outcome["allowed"], name


@pytest.mark.rule("GT-15.5-a", "GT-15.5-b", "GT-16.4")
@pytest.mark.parametrize(
    ("facts", "duty", "timing"),
    [
        ({}, True, "as_soon_as_possible"),
        ({"safety_threat": "suspected"}, True, "as_soon_as_possible"),
        ({"safety_threat": "concrete"}, True, "may_be_deferred"),
        ({"participatiewet_requires_delay": True}, True, "may_be_deferred"),
        ({"other_reason_for_delay": True}, True, "as_soon_as_possible"),
        ({"ground": "amhk_request", "safety_threat": "suspected"}, False, None),
    ],
)
def test_informing_waits_only_for_two_reasons(facts: dict[str, Any], duty: bool, timing: str | None) -> None:
    outcome = gt("must_inform_client", event="disclosure", **facts).outcome
    assert (outcome["duty"], outcome["timing"]) == (duty, timing)


@pytest.mark.rule("GT-9.2", "GT-9.3")
@pytest.mark.parametrize(
    ("closed", "ends"), [("2010-01-02", "2025-12-31"), ("2010-12-31", "2025-12-31"), ("2011-01-01", "2026-12-31")]
)
def test_the_term_runs_from_the_year_in_which_support_ended(closed: str, ends: str) -> None:
    plain = gt("retention_expires", closed_on=closed).plain()
    assert plain["expires_on"] == ends
    assert gt("destruction_due", closed_on=closed).plain()["actions"] == ["destroy", "anonymise"]


@pytest.mark.rule("GT-20.2", "GT-22.2")
@pytest.mark.parametrize(
    ("by", "more", "allowed"),
    [
        (["client", "legal_representative"], {}, True),
        (["client"], {}, False),
        (["client", "legal_representative"], {"funder_accountability": True}, False),
        (["client", "legal_representative"], {"substantial_interest_of_other": True}, False),
    ],
)
def test_destruction_on_request_at_14(by: list[str], more: dict[str, Any], allowed: bool) -> None:
    facts = {"birth_date": "2012-01-01", "requested_by": by, "written": True}
    assert gt("may_destroy", **facts, **more).outcome["allowed"] is allowed


@pytest.mark.rule("GT-1.n", "GT-12.1", "GT-12.3")
@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"role": "worker", "authorised": True, "necessary": True}, True),
        ({"role": "worker", "authorised": True, "necessary": True, "paid": False}, False),
        ({"role": "volunteer", "authorised": True, "necessary": True}, False),
        ({"role": "worker", "authorised": True, "necessary": True, "authorised_parts": ["plan"]}, False),
        (
            {
                "role": "worker",
                "authorised": True,
                "necessary": True,
                "authorised_parts": ["plan"],
                "requested_part": "plan",
            },
            True,
        ),
    ],
)
def test_access(facts: dict[str, Any], allowed: bool) -> None:
    assert gt("may_access", **facts).outcome["allowed"] is allowed


@pytest.mark.rule("GT-22.5")
def test_the_leader_may_keep_a_representative_out() -> None:
    facts = {"birth_date": "2016-01-01", "requested_by": ["legal_representative"], "identified": True}
    assert gt("may_inspect", **facts).outcome["allowed"]
    assert not gt("may_inspect", leader_refuses_representative=True, **facts).outcome["allowed"]


@pytest.mark.rule("GT-0")
def test_the_regulation_lapsed_and_still_answers() -> None:
    profile = newest_shipped("gebiedsteam-opsterland")
    days = [date(2014, 12, 31), date(2015, 1, 1), date(2017, 6, 30), date(2017, 7, 1)]
    assert [profile.in_force(day) for day in days] == [False, True, True, False]
