"""Stored decisions read back as they were, whatever was in them."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import date
from decimal import Decimal

import pytest

from casemgmt.policy.calendar import SumBuilder
from casemgmt.policy.decision import Citation, Decision, Fact, Kind
from casemgmt.policy.schema.vocabulary import Mode
from casemgmt.policy.terms import Term

FULL = Decision(
    outcome={"due": date(2026, 6, 2), "mode": Mode.BESIDE, "by": ["client"], "fee": Decimal("2.99"), "none": None},
    articles=("SH-3.5.4a",),
    explanation="Uiterlijk vier weken.",
    facts=(Fact("received_on", date(2026, 5, 5), "ontvangen op"),),
    version="sterk-huis_2017_abc",
    absolute=True,
    overrule_by="manager",
    sum=SumBuilder(date(2026, 5, 5), "ontvangen").add(Term.parse("4 weeks"), "termijn").done(),
    would_change=("Als …",),
    citations=(Citation("SH-3.5.4a", "Zin.", Kind.READING),),
)


def test_a_decision_survives_json() -> None:
    assert Decision.from_dict(json.loads(json.dumps(FULL.to_dict()))) == FULL


def test_a_decision_survives_copying() -> None:
    assert pickle.loads(pickle.dumps(FULL)) == FULL == copy.deepcopy(FULL)


def test_the_outcome_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        FULL.outcome["due"] = date(2030, 1, 1)  # type: ignore[index]


def test_plain_is_json_with_iso_dates() -> None:
    assert FULL.plain() == {"due": "2026-06-02", "mode": "beside", "by": ["client"], "fee": "2.99", "none": None}


def test_an_older_stored_decision_without_later_keys_is_read() -> None:
    stored = {key: FULL.to_dict()[key] for key in ("outcome", "articles", "explanation", "facts", "version")}
    assert Decision.from_dict(stored).outcome == FULL.outcome
