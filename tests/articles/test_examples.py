"""The public examples of the decide contract, when they lie beside the checkout; our own cases stand elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.articles.asking import QUESTIONS, ask

EXAMPLES = Path(__file__).resolve().parents[2].parent / "shared" / "decision-examples.jsonl"


def _lines() -> list[dict[str, Any]]:
    if not EXAMPLES.exists():
        return []
    lines = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines() if line.strip()]
    known = {*QUESTIONS, "appeal_route"}
    return [line for line in lines if line["question"] in known and "error_field" not in line["expected"]]


@pytest.mark.parametrize("line", _lines(), ids=lambda line: line["id"])
def test_public_example_is_answered_as_expected(line: dict[str, Any]) -> None:
    decision = ask(line["organisation"], line["question"], **({"on": "2026-06-01"} | line["facts"]))
    plain = decision.plain()
    for field, value in line["expected"].items():
        got = plain[field]
        assert (sorted(got) if isinstance(got, list) else got) == (sorted(value) if isinstance(value, list) else value)
    assert set(line["articles"]) & set(decision.articles), (line["articles"], decision.articles)
