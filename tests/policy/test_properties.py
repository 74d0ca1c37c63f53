"""For every age, capacity and family the answer equals the table of the register's chapter 7, and there is one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemgmt.policy.calendar import birthday
from casemgmt.policy.decision import Decision
from casemgmt.policy.loader import newest_shipped
from casemgmt.policy.rules.consent import whose_consent_needed
from casemgmt.policy.rules.disclosure import may_disclose
from casemgmt.policy.rules.facts import ConsentFacts, DisclosureFacts, FactError, KeepingFacts, RequestFacts, RightFacts
from casemgmt.policy.rules.representation import who_exercises_rights
from casemgmt.policy.rules.requests import may_inspect, refusal_grounds
from casemgmt.policy.rules.retention import destruction_due, may_destroy, retention_expires
from casemgmt.policy.schema.vocabulary import ConsentPurpose, Judge

C, R = "client", "legal_representative"
BANDS = ((0, 12), (12, 16), (16, 18), (18, 200))
# (capable, incapable) per band: who exercises rights when a representative exists; None: a person must decide.
RIGHTS: dict[str, tuple[tuple[Any, Any], ...]] = {
    "sterk-huis": (({R}, {R}), ({C, R}, {R}), ({C}, None), ({C}, None)),
    "veilig-thuis-hm": (({R}, {R}), ({C}, {R}), ({C}, {R}), ({C}, {R})),
    "gebiedsteam-opsterland": (({R}, {R}), ({C, R}, {R}), ({C}, {R}), ({C}, {R})),
    "buurteams-nijmegen": (({R}, {R}), ({C, R}, None), ({C}, None), ({C}, None)),
}
CONSENT: dict[str, tuple[tuple[Any, Any], ...]] = RIGHTS | {
    "sterk-huis": (({R}, {R}), ({C, R}, {R}), ({C}, {R}), ({C}, None)),
    "buurteams-nijmegen": (({R}, {R}), ({C, R}, {C, R}), ({C}, None), ({C}, None)),
}
ORGANISATIONS = st.sampled_from(sorted(RIGHTS))
BORN = st.dates(date(1930, 1, 1), date(2020, 12, 31))
ON = st.dates(date(2021, 1, 1), date(2045, 12, 31))


def _band(born: date, on: date) -> int:
    return next(i for i, (_, below) in enumerate(BANDS) if on < birthday(born, below))


@given(ORGANISATIONS, BORN, ON, st.booleans())
@settings(deadline=None, max_examples=300)
def test_who_exercises_rights_equals_the_table(organisation: str, born: date, on: date, capable: bool) -> None:
    facts = RightFacts(
        birth_date=born, client_capable=capable, capacity_judged_by=Judge.LEADER, has_legal_representative=True
    )
    decision = who_exercises_rights(facts, newest_shipped(organisation), on)
    expected = RIGHTS[organisation][_band(born, on)][not capable]
    assert set(decision.outcome["by"]) == (expected or set())
    assert decision.outcome["escalate"] == (expected is None)
    assert decision.articles and decision.explanation


@given(ORGANISATIONS, BORN, ON, st.booleans())
@settings(deadline=None, max_examples=300)
def test_whose_consent_for_disclosure_equals_the_table(organisation: str, born: date, on: date, capable: bool) -> None:
    facts = ConsentFacts(
        birth_date=born,
        client_capable=capable,
        capacity_judged_by=Judge.LEADER,
        has_legal_representative=True,
        purpose=ConsentPurpose.DISCLOSURE,
    )
    decision = whose_consent_needed(facts, newest_shipped(organisation), on)
    expected = CONSENT[organisation][_band(born, on)][not capable]
    assert set(decision.outcome["from"]) == (expected or set())
    assert decision.outcome["escalate"] == (expected is None)


RULES: list[tuple[type, Any]] = [
    (RightFacts, who_exercises_rights),
    (ConsentFacts, whose_consent_needed),
    (DisclosureFacts, may_disclose),
    (RequestFacts, may_inspect),
    (RequestFacts, refusal_grounds),
    (KeepingFacts, retention_expires),
    (KeepingFacts, destruction_due),
    (KeepingFacts, may_destroy),
]


@pytest.mark.parametrize(("kind", "rule"), RULES, ids=[rule.__name__ for _, rule in RULES])
def test_every_question_is_answered_or_names_the_missing_fact(kind: type, rule: Any) -> None:
    @given(ORGANISATIONS, st.from_type(kind), ON)
    @settings(deadline=None, max_examples=80)
    def check(organisation: str, facts: Any, on: date) -> None:
        profile = newest_shipped(organisation)
        try:
            decision = rule(facts, profile, on)
        except (FactError, OverflowError) as error:
            assert str(error)
            return
        assert isinstance(decision, Decision)
        assert decision == rule(facts, profile, on)
        assert Decision.from_dict(decision.to_dict()) == decision
        assert decision.explanation

    check()
