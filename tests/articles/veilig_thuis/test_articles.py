"""Veilig Thuis Hollands Midden, article by article."""

from __future__ import annotations

from typing import Any

import pytest

from casemgmt.policy.decision import Decision
from tests.articles.asking import ask


def vt(question: str, on: str = "2026-06-01", **facts: Any) -> Decision:
    return ask("veilig-thuis-hm", question, on, **facts)


@pytest.mark.rule("VT-11.1", "VT-11.2", "VT-11.3", "VT-11.6")
@pytest.mark.parametrize(
    ("born", "by", "more", "allowed"),
    [
        ("2014-06-02", "client", {}, False),
        ("2014-06-01", "client", {}, True),
        ("2014-06-02", "legal_representative", {}, True),
        ("2014-06-02", "legal_representative", {"against_interest_of_client": True}, False),
        ("2014-06-01", "legal_representative", {}, False),
        ("2014-06-01", "legal_representative", {"client_capable": False}, True),
        ("1980-01-01", "client", {"client_capable": False}, False),
        ("1980-01-01", "client", {"item": "report_in_progress"}, False),
        ("1980-01-01", "client", {"item": "original_document"}, False),
    ],
)
def test_inspection(born: str, by: str, more: dict[str, Any], allowed: bool) -> None:
    decision = vt("may_inspect", birth_date=born, requested_by=[by], **more)
    assert decision.outcome["allowed"] is allowed


@pytest.mark.rule("VT-11.4")
def test_privacy_of_another_may_limit_so_a_person_decides() -> None:
    decision = vt("may_inspect", birth_date="1980-01-01", requested_by=["client"], harms_privacy_of_other=True)
    assert (decision.outcome["allowed"], decision.outcome["escalate"], decision.absolute) == (False, True, False)


@pytest.mark.rule("VT-12.1", "VT-12.2")
def test_a_person_in_anothers_dossier_hears_whether_data_are_processed() -> None:
    facts = {"requested_by": ["person_in_other_dossier"], "identified": True, "names_dossier_holder": True}
    assert vt("may_inspect", asks="whether_processed", **facts).outcome["allowed"]
    assert not vt("may_inspect", **facts).outcome["allowed"]
    assert not vt("may_inspect", asks="whether_processed", **(facts | {"identified": False})).outcome["allowed"]
    assert not vt("may_inspect", asks="whether_processed", secrecy_opposes=True, **facts).outcome["allowed"]


@pytest.mark.rule("VT-1.c")
def test_married_before_18_counts_as_adult() -> None:
    facts = {"birth_date": "2009-01-01", "client_capable": False, "emancipated": True}
    assert vt("who_exercises_rights", **facts).outcome["escalate"]
    assert vt("who_exercises_rights", has_legal_representative=True, **facts).outcome["mode"] == "alone"


@pytest.mark.rule("VT-13.1", "VT-13.2", "VT-13.3")
@pytest.mark.parametrize(
    ("pages", "fee"), [(0, "0.00"), (1, "0.23"), (21, "4.83"), (22, "5.00"), (100, "5.00"), (101, "22.50")]
)
def test_fees_per_page_have_a_ceiling(pages: int, fee: str) -> None:
    decision = vt("copy_fee", kind="copy", pages=pages)
    assert decision.plain()["max_fee_eur"] == fee
    assert decision.articles == (("VT-13.3",) if pages > 100 else ("VT-13.2",))


FAMILY = {"closed_on": "2016-02-08", "family_children_birth_dates": ["2010-03-03", "2017-11-29"], "keeping_helps": True}


@pytest.mark.rule("VT-18.2", "VT-18.3")
@pytest.mark.parametrize(
    ("facts", "ends", "waits"),
    [
        (FAMILY, "2035-11-29", True),
        (FAMILY | {"keeping_helps": False}, "2031-02-08", False),
        (FAMILY | {"family_children_birth_dates": []}, "2031-02-08", False),
        (FAMILY | {"family_children_birth_dates": ["2008-02-29"]}, "2031-02-08", True),
        (FAMILY | {"family_children_birth_dates": ["1980-01-01"]}, "2031-02-08", False),
        (FAMILY | {"family_children_birth_dates": ["2016-02-29"]}, "2034-03-01", True),
    ],
)
def test_the_family_clock(facts: dict[str, Any], ends: str, waits: bool) -> None:
    plain = vt("retention_expires", **facts).plain()
    assert (plain["expires_on"], plain["waits_for_adult_youth"]) == (ends, waits)


@pytest.mark.rule("VT-18.4.a", "VT-18.4.b")
@pytest.mark.parametrize(
    ("on", "youth", "allowed"),
    [
        ("2035-11-28", "inspected", False),
        ("2035-11-29", "inspected", True),
        ("2035-11-29", "received_copy", True),
        ("2035-11-29", "written_waiver", False),
        ("2035-11-29", "oral_waiver_and_request", False),
        ("2035-11-29", "written_waiver_and_request", True),
        ("2065-11-28", "none", False),
        ("2065-11-29", "none", True),
    ],
)
def test_destruction_waits_for_the_now_adult_youth_at_most_thirty_years(on: str, youth: str, allowed: bool) -> None:
    assert vt("may_destroy", on, adult_youth=youth, **FAMILY).outcome["allowed"] is allowed


@pytest.mark.rule("VT-18.5")
def test_after_the_term_without_delay_and_a_house_rule_sets_the_day() -> None:
    plain = vt("destruction_due", closed_on="2010-01-31").plain()
    assert (plain["due"], plain["as_soon_as_possible"], plain["house_due"]) == (None, True, "2025-02-28")


@pytest.mark.rule("VT-20.1", "VT-20.2", "VT-20.3", "VT-20.4")
@pytest.mark.parametrize(
    ("facts", "allowed"),
    [
        ({"birth_date": "2014-06-01", "requested_by": ["client"]}, True),
        ({"birth_date": "2014-06-02", "requested_by": ["client"]}, False),
        ({"birth_date": "2014-06-02", "requested_by": ["legal_representative"]}, True),
        ({"birth_date": "2014-06-01", "requested_by": ["client"], "law_forbids": True}, False),
        ({"birth_date": "2014-06-01", "requested_by": ["client"], "keeping_helps": True}, False),
        ({"birth_date": "2014-06-01", "requested_by": ["client"], "written": False}, False),
    ],
)
def test_destruction_on_request(facts: dict[str, Any], allowed: bool) -> None:
    assert vt("may_destroy", **({"written": True} | facts)).outcome["allowed"] is allowed


RAAD = "raad_voor_de_kinderbescherming"


@pytest.mark.rule("VT-15.1", "VT-15.3.a", "VT-15.3.b", "VT-15.4", "VT-15.5", "VT-15.6", "VT-15.8", "VT-10.6")
@pytest.mark.parametrize(
    ("facts", "allowed", "duty"),
    [
        ({"recipient": "school", "cooperation_needed": True}, True, False),
        ({"recipient": "private_person", "cooperation_needed": True}, False, False),
        ({"recipient": "legal_representative", "birth_date": "2010-06-02"}, True, False),
        ({"recipient": "legal_representative", "birth_date": "2010-06-01"}, False, False),
        ({"recipient": RAAD, "necessary": True}, True, False),
        (
            {"recipient": "raad_voor_de_kinderbescherming", "necessary": True, "harms_privacy_of_other": True},
            False,
            False,
        ),
        ({"recipient": "school", "legal_duty": True, "harms_privacy_of_other": True}, True, True),
        ({"recipient": "confidant", "necessary": True}, True, True),
        ({"recipient": "reporter", "item": "steps_taken"}, True, False),
        ({"recipient": "reporter", "item": "dossier"}, False, False),
        ({"recipient": "private_person", "force_majeure": True}, True, False),
        ({"recipient": "school", "legal_duty": True, "item": "report_in_progress"}, False, False),
        ({"recipient": "cbs", "delivery": "structural", "fields": ["bsn", "outcome"]}, True, True),
        ({"recipient": "cbs", "delivery": "structural", "fields": ["bsn", "name"]}, False, False),
        ({"recipient": "cbs", "delivery": "incidental", "contains_personal_data": True}, False, False),
    ],
)
def test_disclosure_without_consent(facts: dict[str, Any], allowed: bool, duty: bool) -> None:
    outcome = vt("may_disclose", **({"birth_date": "1980-01-01"} | facts)).outcome
    assert (outcome["allowed"], outcome["duty"]) == (allowed, duty)


@pytest.mark.rule("VT-8.2")
def test_a_suspicion_from_a_report_needs_no_consent() -> None:
    facts = {"birth_date": "1980-01-01", "purpose": "processing", "suspicion_from_report": True}
    assert vt("whose_consent_needed", necessary=True, **facts).outcome["consent_needed"] is False
    assert vt("whose_consent_needed", **facts).outcome["consent_needed"] is True


@pytest.mark.rule("VT-10.4.a", "VT-10.4.b")
@pytest.mark.parametrize(
    ("facts", "forbidden"),
    [
        ({"source": "professional"}, False),
        ({"source": "school", "trust_disturbed": True}, True),
        ({"source": "private_person"}, True),
        ({"source": "private_person", "source_consents": True, "threat_to_victim": True}, False),
    ],
)
def test_origin_is_told_unless_protected(facts: dict[str, Any], forbidden: bool) -> None:
    outcome = vt("must_inform_client", event="origin_of_data", **facts).outcome
    assert (outcome["forbidden"], outcome["duty"]) == (forbidden, not forbidden)


@pytest.mark.rule("VT-21.1", "VT-21.2")
def test_a_decision_is_open_to_objection_and_a_dispute_goes_to_the_board() -> None:
    assert vt("appeal_route", about="refused_inspection").outcome["route"] == "objection_and_appeal"
    assert vt("appeal_route", about="dossier_dispute").outcome["route"] == "complaint_to_controller"


@pytest.mark.rule("VT-18.3")
@pytest.mark.parametrize(("helps", "unknown", "ends"), [(True, 1, False), (True, 0, True), (False, 1, True)])
def test_a_child_of_unknown_age_keeps_the_family_dossier_until_a_person_decides(
    helps: bool, unknown: int, ends: bool
) -> None:
    facts = {"closed_on": "1990-01-01", "family_children_birth_dates": ["1960-01-01"]}
    facts |= {"keeping_helps": helps, "children_of_unknown_age": unknown}
    decision, may = vt("retention_expires", **facts), vt("may_destroy", **facts)
    assert (decision.outcome["expired"], decision.outcome["escalate"], may.outcome["allowed"]) == (ends, not ends, ends)
    assert (decision.outcome["expires_on"] is None) is not ends
    assert ("de geboortedatum niet bekend" in decision.explanation) is not ends
