"""Buurteams Jeugd en Gezin Nijmegen, statement by statement."""

from __future__ import annotations

from typing import Any

import pytest

from casemgmt.policy.decision import Decision
from casemgmt.policy.loader import newest_shipped
from tests.articles.asking import ask


def bt(question: str, on: str = "2026-06-01", **facts: Any) -> Decision:
    return ask("buurteams-nijmegen", question, on, **facts)


@pytest.mark.rule("BT-toestemming-2", "BT-toestemming-3", "BT-toestemming-4", "BT-toestemming-5", "BT-toestemming-7")
@pytest.mark.parametrize(
    ("born", "by", "more", "allowed"),
    [
        ("2014-06-02", ["legal_representative"], {}, True),
        ("2014-06-01", ["legal_representative"], {}, False),
        ("2014-06-01", ["client", "legal_representative"], {}, True),
        ("2010-06-01", ["client"], {}, True),
        ("2010-06-01", ["client"], {"necessary": False}, False),
        ("2010-06-01", ["client"], {"for_this_exchange": False}, False),
        ("2010-06-01", ["client"], {"objection_by": ["client"]}, False),
    ],
)
def test_two_keys_consent_for_this_exchange_and_necessity(
    born: str, by: list[str], more: dict[str, Any], allowed: bool
) -> None:
    fresh = more.pop("for_this_exchange", True)
    consent = {"by": by, "given_on": "2026-06-01", "for_this_exchange": fresh}
    facts = {"birth_date": born, "recipient": "school", "necessary": True, "consent": consent} | more
    assert bt("may_disclose", **facts).outcome["allowed"] is allowed


SAFETY = {"safety_at_stake": True, "consulted_before": ["team_member"], "consultation_anonymous": True}


@pytest.mark.rule("BT-principe-3", "BT-toestemming-8", "BT-toestemming-9")
def test_safety_goes_before_consent_after_anonymous_consultation() -> None:
    facts = {"birth_date": "1980-01-01", "recipient": "amhk", "objection_by": ["client"]}
    assert bt("may_disclose", **facts, **SAFETY).outcome["ground"] == "safety"
    assert bt("may_disclose", legal_duty=True, **facts, **SAFETY).outcome["duty"]
    for name in SAFETY:
        left = {key: value for key, value in SAFETY.items() if key != name}
        assert not bt("may_disclose", **facts, **left).outcome["allowed"], name


@pytest.mark.rule("BT-toestemming-12")
def test_learning_needs_anonymity_or_consent_for_learning() -> None:
    facts = {"birth_date": "1980-01-01", "recipient": "learning_meeting", "purpose": "learning"}
    consent = {"by": ["client"], "given_on": "2026-06-01", "for_this_exchange": True, "purpose": "learning"}
    assert bt("may_disclose", anonymised=True, **facts).outcome["allowed"]
    assert bt("may_disclose", consent=consent, **facts).outcome["allowed"]
    assert not bt("may_disclose", consent=consent | {"purpose": "help"}, **facts).outcome["allowed"]


@pytest.mark.rule("BT-rechten-1", "BT-rechten-4", "BT-rechten-5", "BT-rechten-10")
@pytest.mark.parametrize(
    ("more", "allowed"),
    [
        ({}, True),
        ({"identified": False}, False),
        ({"channel": "oral"}, True),
        ({"item": "data_about_other_person"}, False),
        ({"item": "personal_working_notes"}, False),
        ({"item": "personal_working_notes", "note_in_dossier": True}, True),
    ],
)
def test_inspection(more: dict[str, Any], allowed: bool) -> None:
    facts = {"birth_date": "1980-01-01", "requested_by": ["client"], "identified": True} | more
    assert bt("may_inspect", **facts).outcome["allowed"] is allowed


@pytest.mark.rule("BT-rechten-11")
@pytest.mark.parametrize(("received", "due"), [("2026-01-31", "2026-02-28"), ("2026-02-28", "2026-03-28")])
def test_one_month_for_every_request(received: str, due: str) -> None:
    for kind in ("inspection", "correction", "removal", "destruction"):
        assert bt("request_deadline", request=kind, received_on=received).plain()["due"] == due


@pytest.mark.rule("BT-rechten-7", "BT-rechten-8")
@pytest.mark.parametrize(
    ("reason", "must", "may"),
    [("professional_opinion", True, True), ("protection_of_client", False, True), ("too_much_work", False, False)],
)
def test_grounds_against_correction(reason: str, must: bool, may: bool) -> None:
    outcome = bt("refusal_grounds", request="correction", reason=reason).outcome
    assert (outcome["must_refuse"], outcome["may_refuse"]) == (must, may)


@pytest.mark.rule("BT-bewaren-1", "BT-bewaren-2")
def test_twenty_years_after_the_last_trajectory() -> None:
    facts = {"trajectories_closed_on": ["2005-06-30", "2002-01-17"]}
    assert not bt("may_destroy", "2025-06-29", **facts).outcome["allowed"]
    assert bt("may_destroy", "2025-06-30", **facts).outcome["allowed"]
    assert not bt("may_destroy", "2025-06-30", law_forbids=True, **facts).outcome["allowed"]
    assert bt("destruction_due", **facts).plain()["due"] == "2026-06-30"
    still_open = {"trajectories_closed_on": ["2005-06-30", None]}
    assert bt("retention_expires", **still_open).outcome["expires_on"] is None


@pytest.mark.rule("BT-registr-2", "BT-registr-4")
def test_emergency_access_needs_a_reason_and_is_always_reviewed() -> None:
    facts = {"role": "worker", "necessary": True, "reason": "collega is ziek"}
    outcome = bt("may_access", **facts).outcome
    assert (outcome["allowed"], outcome["logged"], outcome["review_by"]) == (True, True, "internal_administrator")
    assert not bt("may_access", **(facts | {"reason": None})).outcome["allowed"]
    assert newest_shipped("buurteams-nijmegen").house_rules.emergency_access.value


@pytest.mark.rule("BT-rechten-x")
def test_rights_of_an_incapable_youth_are_for_a_person_to_decide() -> None:
    assert bt("who_exercises_rights", birth_date="2012-01-01", client_capable=False).outcome["escalate"]
