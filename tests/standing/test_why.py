"""Whoever meets a rule can read why: the sentence, where it stands, and what was taken into account."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("casemgmt", "dossiers", "consent", "disclosures", "requests", "retention", "portal")


def without_facts(source: str) -> list[int]:
    """The lines that word a decision which cites something and names no fact it used."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "answer":
            cited, *facts = node.args[2:4] or [ast.Constant(None)]
            if facts and ast.unparse(facts[0]) == "()" and ast.unparse(cited) != "()":
                found.append(node.lineno)
    return found


def test_no_decision_cites_a_rule_without_saying_what_it_looked_at() -> None:
    """ "Used:" with nothing behind it explains nothing."""
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        for line in without_facts(path.read_text(encoding="utf-8"))
    ]
    assert not found


def test_the_search_for_decisions_without_facts_finds_one() -> None:
    """A check that cannot fail checks nothing."""
    assert without_facts("answer(profile, {}, (rule,), ())") == [1]
    assert not without_facts("answer(profile, {'due': on}, (), ())")
    assert not without_facts("answer(profile, {}, (rule,), used(facts, 'kind'))")
