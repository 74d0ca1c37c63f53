"""Sterk Huis, article by article: both sides of every birthday and term."""

from __future__ import annotations

from typing import Any

import pytest

from casemgmt.policy.decision import Decision
from casemgmt.policy.loader import newest_shipped
from casemgmt.policy.rules.disclosure import approval_needed
from casemgmt.policy.rules.facts import SIX_QUESTIONS
from tests.articles.asking import ask

BORN = "2010-05-03"


def sh(question: str, on: str = "2026-06-01", **facts: Any) -> Decision:
    return ask("sterk-huis", question, on, **facts)


@pytest.mark.rule("SH-3.1.a", "SH-3.1.b", "SH-3.1.c")
@pytest.mark.parametrize(
    ("on", "by", "mode"),
    [
        ("2022-05-02", {"legal_representative"}, "alone"),
        ("2022-05-03", {"client", "legal_representative"}, "beside"),
        ("2022-05-04", {"client", "legal_representative"}, "beside"),
        ("2026-05-02", {"client", "legal_representative"}, "beside"),
        ("2026-05-03", {"client"}, "alone"),
    ],
)
def test_rights_change_on_the_12th_and_16th_birthday(on: str, by: set[str], mode: str) -> None:
    outcome = sh("who_exercises_rights", on, birth_date=BORN).outcome
    assert (set(outcome["by"]), outcome["mode"]) == (by, mode)


@pytest.mark.rule("SH-3.1.d", "SH-3.1.f")
def test_who_cannot_weigh_interests_is_represented_until_16_and_then_a_manager_decides() -> None:
    young = sh("who_exercises_rights", "2026-05-02", birth_date=BORN, client_capable=False)
    older = sh("who_exercises_rights", "2026-05-03", birth_date=BORN, client_capable=False)
    assert young.outcome["by"] == ("legal_representative",)
    assert older.outcome["escalate"] and older.outcome["by"] == ()
    assert older.overrule_by == "manager"


@pytest.mark.rule("SH-3.4.3d", "SH-3.6.f")
@pytest.mark.parametrize("right", ["inspection", "destruction"])
def test_parents_may_inspect_or_ask_destruction_for_an_incapable_16_year_old(right: str) -> None:
    decision = sh("who_exercises_rights", birth_date=BORN, client_capable=False, right=right)
    assert decision.outcome["by"] == ("legal_representative",)


@pytest.mark.rule("SH-3.1.c")
def test_without_a_representative_beside_a_13_year_old_a_person_decides() -> None:
    assert sh("who_exercises_rights", birth_date="2013-01-01", has_legal_representative=False).outcome["escalate"]


@pytest.mark.rule("SH-3.4.1", "SH-3.4.2a", "SH-3.4.2b", "SH-3.4.3a", "SH-3.4.3c", "SH-3.4.3d", "SH-3.4.x")
@pytest.mark.parametrize(
    ("born", "by", "more", "allowed"),
    [
        ("2014-06-02", "client", {}, False),
        ("2014-06-01", "client", {}, True),
        ("2014-06-01", "client", {"client_capable": False}, False),
        ("2014-06-02", "legal_representative", {}, True),
        ("2014-06-01", "legal_representative", {}, False),
        ("2014-06-01", "legal_representative", {"client_consents": True}, True),
        ("2014-06-01", "legal_representative", {"parent_consented_to_treatment": True}, True),
        ("2010-06-02", "legal_representative", {"parent_consented_to_treatment": True}, True),
        ("2010-06-01", "legal_representative", {"parent_consented_to_treatment": True}, False),
        ("2010-06-01", "legal_representative", {"client_capable": False}, True),
        ("2010-06-01", "legal_representative", {"client_consents": True}, True),
        ("2008-06-01", "legal_representative", {}, False),
        ("2008-06-01", "parent", {"client_consents": True}, False),
        ("1980-01-01", "client", {}, True),
        ("1980-01-01", "client", {"identified": False}, False),
        ("1980-01-01", "client", {"item": "personal_working_notes"}, False),
        ("1980-01-01", "client", {"item": "data_about_other_person"}, False),
        ("1980-01-01", "client", {"harms_privacy_of_other": True}, False),
        ("1980-01-01", "person_in_other_dossier", {}, False),
        ("2014-06-02", "stepparent_without_custody", {}, False),
    ],
)
def test_inspection(born: str, by: str, more: dict[str, Any], allowed: bool) -> None:
    facts = {"birth_date": born, "requested_by": [by], "identified": True} | more
    assert sh("may_inspect", **facts).outcome["allowed"] is allowed


@pytest.mark.rule("SH-3.1.f")
def test_a_mentor_of_an_adult_is_not_refused_but_a_manager_decides() -> None:
    facts = {"birth_date": "1980-01-01", "client_capable": False, "has_legal_representative": True}
    decision = sh("may_inspect", requested_by=["legal_representative"], identified=True, **facts)
    assert (decision.outcome["allowed"], decision.outcome["escalate"]) == (False, True)


@pytest.mark.rule("SH-3.4.5a", "SH-3.5.4a", "SH-3.6.b", "SH-4.2.6b")
@pytest.mark.parametrize(
    ("kind", "received", "due"),
    [
        ("inspection", "2026-02-02", "2026-03-02"),
        ("copy", "2024-02-02", "2024-03-01"),
        ("correction", "2026-12-20", "2027-01-17"),
        ("removal", "2026-05-05", "2026-06-02"),
        ("destruction", "2025-11-30", "2026-02-28"),
    ],
)
def test_deadlines_show_their_sum(kind: str, received: str, due: str) -> None:
    decision = sh("request_deadline", request=kind, received_on=received)
    assert decision.plain()["due"] == due
    assert decision.sum and decision.sum.answer.isoformat() == due


@pytest.mark.rule("SH-3.4.2c", "SH-3.4.7", "SH-3.6.c", "SH-3.6.d", "SH-3.6.e")
@pytest.mark.parametrize(
    ("request_kind", "reason", "must", "may"),
    [
        ("inspection", "privacy_of_other", True, True),
        ("inspection", "weighty_interest_of_controller", False, True),
        ("inspection", "too_much_work", False, False),
        ("destruction", "substantial_interest_of_other", True, True),
        ("destruction", "law_forbids", True, True),
        ("destruction", "protection_of_client", False, False),
        ("destruction", "age_or_capacity", True, True),
        ("own_statement", "worker_disagrees", False, False),
    ],
)
def test_grounds_for_refusing(request_kind: str, reason: str, must: bool, may: bool) -> None:
    outcome = sh("refusal_grounds", request=request_kind, reason=reason, birth_date="2015-01-01").outcome
    assert (outcome["must_refuse"], outcome["may_refuse"]) == (must, may)


@pytest.mark.rule("SH-3.4.8", "SH-3.5.4b", "SH-3.5.6")
def test_a_refused_correction_is_written_reasoned_and_kept() -> None:
    full = {"refusal_written": True, "refusal_reasoned": True, "refused_text_kept": True}
    assert sh("refusal_grounds", request="correction", **full).outcome["refusal_valid"]
    for name in full:
        assert not sh("refusal_grounds", request="correction", **(full | {name: False})).outcome["refusal_valid"]


@pytest.mark.rule("SH-3.4.5b")
def test_a_copy_costs_a_reasonable_amount_and_looking_is_free() -> None:
    assert sh("copy_fee", kind="copy", pages=3).plain()["max_fee_eur"] is None
    assert sh("copy_fee", kind="inspection").plain() == {
        "fee_allowed": False,
        "max_fee_eur": "0.00",
        "reasonable": False,
    }


@pytest.mark.rule("SH-4.2.1", "SH-4.2.6a")
@pytest.mark.parametrize(("on", "expired"), [("2027-09-17", False), ("2027-09-18", True), ("2027-09-19", True)])
def test_fifteen_years_from_closing(on: str, expired: bool) -> None:
    outcome = sh("retention_expires", on, closed_on="2012-09-18").outcome
    assert outcome["expired"] is expired
    assert sh("may_destroy", on, closed_on="2012-09-18").outcome["allowed"] is expired
    assert sh("destruction_due", on, closed_on="2012-09-18").plain()["due"] == "2027-12-18"


@pytest.mark.rule("SH-4.2.1")
def test_a_longer_term_counts_only_when_care_needs_it() -> None:
    facts = {"closed_on": "2012-09-18", "extended_until": "2030-01-01"}
    assert sh("retention_expires", **facts).plain()["expires_on"] == "2027-09-18"
    assert sh("retention_expires", extension_needed_for_care=True, **facts).plain()["expires_on"] == "2030-01-01"


@pytest.mark.rule("SH-4.2.2")
@pytest.mark.parametrize(("adoption", "ends"), [(True, "2112-09-18"), (False, "2027-09-18")])
def test_descent_is_kept_a_hundred_years_on_adoption_only(adoption: bool, ends: str) -> None:
    facts = {"closed_on": "2012-09-18", "kind": "descent_and_birth_data", "adoption_or_relinquishment": adoption}
    assert sh("retention_expires", **facts).plain()["expires_on"] == ends


@pytest.mark.rule("SH-4.3.b", "SH-4.3.c")
def test_a_complaint_file_ends_two_years_after_settlement() -> None:
    facts = {"kind": "complaint_file", "closed_on": "2001-01-01"}
    assert sh("retention_expires", **facts).outcome["expires_on"] is None
    assert sh("retention_expires", complaint_settled_on="2024-02-29", **facts).plain()["expires_on"] == "2026-02-28"


@pytest.mark.rule("SH-4.2.3", "SH-2.4.3")
def test_a_recording_goes_after_the_next_session_or_the_end_of_treatment() -> None:
    facts = {"kind": "recording", "next_session_on": "2026-03-10", "treatment_ends_on": "2026-09-01"}
    assert sh("destruction_due", **facts).plain()["due"] == "2026-03-10"
    assert sh("destruction_due", kept_by_agreement=True, **facts).plain()["due"] == "2026-09-01"


@pytest.mark.rule("SH-4.1.P3")
def test_raw_test_data_go_on_the_day_of_closing_and_not_with_the_dossier() -> None:
    facts = {"kind": "raw_test_data", "closed_on": "2026-03-10"}
    due = sh("destruction_due", **facts)
    assert (due.plain()["due"], due.articles) == ("2026-03-10", ("SH-4.1.P3",))
    assert not sh("may_destroy", "2026-03-09", **facts).outcome["allowed"]
    assert sh("may_destroy", "2026-03-10", **facts).outcome["allowed"]
    assert sh("destruction_due", kind="raw_test_data").outcome["due"] is None


@pytest.mark.rule("SH-4.2.6c")
@pytest.mark.parametrize("bar", ["substantial_interest_of_other", "law_forbids"])
def test_a_passed_term_does_not_destroy_what_another_needs(bar: str) -> None:
    assert not sh("may_destroy", "2030-01-01", closed_on="2012-09-18", **{bar: True}).outcome["allowed"]


@pytest.mark.rule("SH-3.6.a", "SH-3.6.e", "SH-3.6.f")
@pytest.mark.parametrize(
    ("born", "by", "capable", "allowed"),
    [
        ("2014-06-02", ["client"], True, False),
        ("2014-06-02", ["legal_representative"], True, True),
        ("2014-06-01", ["client"], True, False),
        ("2014-06-01", ["legal_representative"], True, False),
        ("2014-06-01", ["client", "legal_representative"], True, True),
        ("2010-06-01", ["client"], True, True),
        ("2010-06-01", ["legal_representative"], True, False),
        ("2010-06-01", ["legal_representative"], False, True),
        ("1980-01-01", ["client"], True, True),
    ],
)
def test_destruction_on_request(born: str, by: list[str], capable: bool, allowed: bool) -> None:
    facts = {"birth_date": born, "requested_by": by, "client_capable": capable}
    assert sh("may_destroy", written=True, **facts).outcome["allowed"] is allowed
    assert not sh("may_destroy", written=False, **facts).outcome["allowed"]


CONSENT = {"given_on": "2026-05-30", "recipient": "school"}


@pytest.mark.rule("SH-3.7.1a", "SH-3.7.2a", "SH-3.7.2b", "SH-3.7.2c")
@pytest.mark.parametrize(
    ("born", "by", "capable", "allowed"),
    [
        ("2014-06-02", ["legal_representative"], True, True),
        ("2014-06-01", ["legal_representative"], True, False),
        ("2014-06-01", ["client"], True, False),
        ("2014-06-01", ["client", "legal_representative"], True, True),
        ("2010-06-02", ["client"], True, False),
        ("2010-06-01", ["client"], True, True),
        ("2010-06-01", ["legal_representative"], False, True),
    ],
)
def test_consent_for_a_disclosure(born: str, by: list[str], capable: bool, allowed: bool) -> None:
    facts = {"birth_date": born, "client_capable": capable, "recipient": "school"}
    assert sh("may_disclose", consent=CONSENT | {"by": by}, **facts).outcome["allowed"] is allowed


@pytest.mark.rule("SH-1.3-toest", "SH-3.7.2c")
@pytest.mark.parametrize(
    "defect",
    [{"recipient": "gp"}, {"recipient": None}, {"given_on": "2026-06-02"}, {"purpose": "research"}, {"refused": True}],
)
def test_general_late_or_other_consent_is_none(defect: dict[str, Any]) -> None:
    consent = CONSENT | {"by": ["client"]} | defect
    decision = sh("may_disclose", birth_date="1980-01-01", recipient="school", consent=consent)
    assert not decision.outcome["allowed"]


@pytest.mark.rule("SH-3.7.1b", "SH-3.7.1d")
@pytest.mark.parametrize(("requested", "duty"), [(True, True), (False, False)])
def test_the_family_guardian_hears_what_the_supervision_needs(requested: bool, duty: bool) -> None:
    facts = {"recipient": "gezinsvoogd", "supervision_order": True, "necessary": True, "requested": requested}
    outcome = sh("may_disclose", birth_date="2015-01-01", **facts).outcome
    assert (outcome["allowed"], outcome["duty"], outcome["consent_needed"]) == (True, duty, False)


SERIOUS = {
    "very_serious_situation": True,
    "consent_unobtainable": True,
    "only_way": True,
    "client_interest_outweighs_secrecy": True,
    "consulted_before": ["unit_manager"],
    "recipient_can_contribute": True,
    "only_necessary_data": True,
}


@pytest.mark.rule("SH-3.7.8a", "SH-3.7.8b", "SH-3.7.8c", "SH-3.7.8d")
def test_a_very_serious_situation_needs_every_condition() -> None:
    facts = {"birth_date": "1980-01-01", "recipient": "crisis_service"}
    assert sh("may_disclose", **facts, **SERIOUS).outcome["allowed"]
    for name in SERIOUS:
        left = {key: value for key, value in SERIOUS.items() if key != name}
        assert not sh("may_disclose", **facts, **left).outcome["allowed"], name


@pytest.mark.rule("SH-2.7.b", "SH-2.7.c")
def test_conflict_of_duties_asks_six_answers_and_moral_distress_may_be_no() -> None:
    answers = dict.fromkeys(SIX_QUESTIONS, True) | {"moral_distress": False}
    facts = {"birth_date": "1980-01-01", "recipient": "police", "acute_danger": True}
    assert sh("may_disclose", six_questions=answers, **facts).outcome["ground"] == "conflict_of_duties"
    assert not sh("may_disclose", six_questions=answers | {"moral_distress": None}, **facts).outcome["allowed"]
    assert not sh("may_disclose", six_questions=answers | {"no_other_way": False}, **facts).outcome["allowed"]
    assert not sh("may_disclose", six_questions=answers, **(facts | {"recipient": "school"})).outcome["allowed"]


@pytest.mark.rule("SH-2.5.6")
def test_working_notes_are_for_the_author_and_never_leave() -> None:
    notes = {"item": "personal_working_notes"}
    assert sh("may_access", role="caseworker", is_author=True, **notes).outcome["allowed"]
    assert not sh("may_access", role="manager", necessary=True, **notes).outcome["allowed"]
    assert not sh("may_disclose", birth_date="1980-01-01", recipient="school", **notes).outcome["allowed"]


@pytest.mark.rule("SH-2.5.1", "SH-2.5.2", "SH-2.5.5")
@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"role": "worker", "involved": True, "necessary": True}, True),
        ({"role": "worker", "involved": True}, False),
        ({"role": "worker", "deputy": True}, True),
        ({"role": "intern", "supervisor_has_access": True}, True),
        ({"role": "intern", "involved": True, "necessary": True}, False),
        ({"role": "hr_employee", "necessary": True}, False),
        ({"role": "worker", "involved": True, "necessary": True, "conflict_of_interest": True}, False),
    ],
)
def test_access(facts: dict[str, Any], allowed: bool) -> None:
    assert sh("may_access", **facts).outcome["allowed"] is allowed


@pytest.mark.rule("SH-3.7.7")
def test_the_client_is_always_told_to_whom_and_why() -> None:
    outcome = sh("must_inform_client", event="disclosure", birth_date="2000-01-01", other_reason_for_delay=True).outcome
    assert (outcome["duty"], outcome["content"]) == (True, ("recipient", "ground", "motives"))


def test_house_approval_never_blocks_a_duty_or_acute_danger() -> None:
    profile = newest_shipped("sterk-huis")
    usual = approval_needed(profile, duty_to_speak=False, acute_danger=False)
    danger = approval_needed(profile, duty_to_speak=False, acute_danger=True)
    duty = approval_needed(profile, duty_to_speak=True, acute_danger=True)
    assert [one.outcome["needed"] for one in (usual, danger, duty)] == [True, False, False]
    assert (danger.outcome["review_within_days"], duty.outcome["review_within_days"]) == (3, 3)
    assert usual.articles == ()


@pytest.mark.rule("SH-3.7.2c", "SH-1.3-toest")
@pytest.mark.parametrize("no", [{"refused": True}, {"given_on": "2026-05-01", "withdrawn_on": "2026-05-30"}])
@pytest.mark.parametrize(
    ("yes_on", "allowed"), [("2026-05-20", False), (None, False), ("2026-05-30", False), ("2026-05-31", True)]
)
def test_a_no_stands_until_a_yes_of_a_later_day(no: dict[str, Any], yes_on: str | None, allowed: bool) -> None:
    """Where nobody knows which of two of one day came last, the no."""
    yes = CONSENT | {"by": ["client"], "given_on": yes_on}
    for said in ([yes, CONSENT | {"by": ["client"]} | no], [CONSENT | {"by": ["client"]} | no, yes]):
        decision = sh("may_disclose", birth_date="1980-01-01", recipient="school", consents=said)
        assert decision.outcome["allowed"] is allowed
