"""docs/security-tests.md names for each row of attacks the tests that prove it: each of them is there."""

import re
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "security-tests.md"
ROWS = {*(f"A{n}" for n in range(1, 11)), *(f"B{n}" for n in range(1, 7)), *(f"D{n}" for n in range(1, 6))}
ROWS |= {"E1", "F1", "G1", "G2", "G3", "G4", "G5", "G9"}
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")
# A fault says in words what was planted, and names the tests that turned red.
TURNED_RED = re.compile(r"`(test_\w+)`")
UNTOLD = "to be told"


@lru_cache
def names_in(path: str) -> set[str]:
    return set(re.findall(r"^\s*def (test_\w+)", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE))


def lines() -> list[list[str]]:
    """The cells of each line of the table."""
    text = TABLE.read_text(encoding="utf-8")
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.match(r"\| [ABDEFG]\d", line)
    ]


def of_row(named: str) -> set[str]:
    """The tests that a row names; those of a whole file when it names the file."""
    return {each for path, name in NAMED.findall(named) for each in ({name} if name else names_in(path))}


def wrong_with(named: str, fault: str) -> str:
    """Why this is no proof that one of the row's tests can fail; empty when it is one."""
    red = set(TURNED_RED.findall(fault))
    if UNTOLD in fault or len(TURNED_RED.sub("", fault).split()) < 6:
        return "no fault was told"
    if not red & of_row(named):
        return f"the fault turned none of the row's own tests red: {red or 'it names none'}"
    everywhere = {name for path in (ROOT / "tests").rglob("test_*.py") for name in names_in(str(path))}
    return f"no such tests: {red - everywhere}" if red - everywhere else ""


def test_every_row_of_attacks_has_tests_and_a_fault_that_turned_one_red() -> None:
    found = {row: (named, fault) for row, _attack, named, fault in lines()}
    assert found.keys() == ROWS
    for row, (named, fault) in found.items():
        assert NAMED.search(named), row
        assert not (wrong := wrong_with(named, fault)), f"{row}: {wrong}"


def test_a_fault_that_is_not_told_or_turned_nothing_red_is_none() -> None:
    mine, told = f"`tests/security/{Path(__file__).name}`", "A filter was left out of the list of dossiers"
    own, elsewhere = "test_every_test_that_is_named_is_there", "test_a_code_works_once"
    assert wrong_with(mine, f"{told}: `{own}` turned red.") == ""
    assert wrong_with(mine, f"{told}: `{own}` and `{elsewhere}` turned red.") == ""
    for fault in (
        "(to be told here)",
        f"`{own}`",
        f"{told} and a test turned red.",
        f"{told}: `{elsewhere}` turned red.",
        f"{told}: `{own}` and `test_that_never_was` turned red.",
    ):
        assert wrong_with(mine, fault), fault


def test_every_test_that_is_named_is_there() -> None:
    named = NAMED.findall(TABLE.read_text(encoding="utf-8"))
    assert len(named) > 50
    gone = [
        f"{path}::{name}" for path, name in named if not (ROOT / path).exists() or (name and name not in names_in(path))
    ]
    assert not gone, gone
