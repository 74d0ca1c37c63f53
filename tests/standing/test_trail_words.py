"""Everything that "who looked" can show is said in plain words, in Dutch, to staff and to clients."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.audit.words import said_so_often, said_to_client, said_to_staff, words
from consent.vocabulary import ConsentState
from disclosures.vocabulary import State
from retention.vocabulary import RemovalState

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["casemgmt", "dossiers", "consent", "disclosures", "retention", "requests", "portal"]
# What writes an event: by its argument ``data``, or by its place where the word comes without a name.
WRITERS = {"record": None, "open_dossier": None, "change_dossier": None, "open_portal": None, "change_portal": None}
BY_PLACE = {"visit": 2, "tell": 1, "_tell": 0, "told": 0, "_change": 3}
# Events of which no dossier's page tells: of the organisation, its rules, and who signs in.
ELSEWHERE = {"policy_version", "organisation", "csrf"}
# Words that are made of a state, with the states.
MADE = {
    *(f"consent-{state.value}" for state in ConsentState),
    *(f"disclosure-{state.value}" for state in (State.REFUSED, State.WITHDRAWN)),
    *(state.value for state in RemovalState),
    "portal-renewed",
    *("name", "number"),
}


def written() -> Iterator[tuple[str, str]]:
    """Every word that a call gives to the trail as a constant, with the place of the call."""
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield from ((word, f"{path.relative_to(ROOT)}:{node.lineno}") for word in _words(node))


def _words(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [keyword.value for keyword in call.keywords if keyword.arg == "data" and name in WRITERS]
    if name in BY_PLACE and len(call.args) > BY_PLACE[name]:
        given.append(call.args[BY_PLACE[name]])
    for value in given:
        for part in ast.walk(value):
            if isinstance(part, ast.Constant) and isinstance(part.value, str) and not isinstance(value, ast.JoinedStr):
                yield part.value


FOUND = {word for word, _place in written()} - ELSEWHERE | MADE


def test_the_finder_finds_what_is_known() -> None:
    assert {"timeline", "worklist", "disclosure-voided", "portal-start", "portal-invited", "hold", "letter"} <= FOUND
    assert len(FOUND) > 80


def test_every_word_of_the_trail_is_said() -> None:
    unsaid = sorted(f"{word} ({place})" for word, place in written() if word not in words and word not in ELSEWHERE)
    assert not unsaid, "say these in the package's trail_words.py:\n" + "\n".join(unsaid)
    assert {word for word, _said in words} >= MADE


def test_no_word_is_said_that_nothing_writes() -> None:
    assert {word for word, _said in words} - FOUND == {"crash"} | ONLY_BY_THE_DEMO


# The demo and the tests' world come in by these, past the pages.
ONLY_BY_THE_DEMO = {"portal-access"}


@pytest.mark.parametrize("word", sorted(FOUND))
def test_each_is_said_in_dutch_without_a_code(word: str) -> None:
    with translation.override("nl"):
        dutch = said_to_staff(word), said_to_client(word)
    with translation.override("en"):
        english = said_to_staff(word), said_to_client(word)
    for said, msgid in zip(dutch, english, strict=True):
        assert said and msgid
        assert "_" not in said and said != word
        assert said != msgid, f"{word} has no Dutch"
        assert not any(code in said.split() for code in FOUND if "-" in code)


@pytest.mark.parametrize("label", [*Action, *Outcome])
def test_what_was_done_and_how_it_ended_is_said_in_dutch(label: Action | Outcome) -> None:
    with translation.override("nl"):
        assert str(label.label) not in (label.value, label.name)
        dutch = str(label.label)
    with translation.override("en"):
        assert dutch != str(label.label)


def test_a_crash_and_a_word_of_an_older_release_are_said_as_well() -> None:
    with translation.override("nl"):
        assert said_to_staff("dossiers:timeline") == said_to_client("crash") == "een pagina die niet openging"
        assert said_to_staff("gone-word") == "het dossier"
        assert said_to_staff("") == ""
        assert said_so_often("de werklijst", 1) == "de werklijst"
        assert said_so_often("de werklijst", 12) == "de werklijst (12 keer)"
