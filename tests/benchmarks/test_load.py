"""People at work: they fill in what a form asks, and the report says what went wrong and what broke first."""

import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from benchmarks import loadreport
from benchmarks.browser import Seen, form_with
from benchmarks.working import digits

ROOT = Path(__file__).resolve().parents[2]
PAGE = """
<form action="/zoeken/"><input name="csrfmiddlewaretoken" value="t1"><input name="q"></form>
<form action="/vermelding/"><input type="hidden" name="row_id" value="42">
<textarea name="text"></textarea><input name="source">
<input type="radio" name="kind" value="opinion"><input type="radio" name="kind" value="fact" checked>
<input type="radio" name="origin" value="client"><input type="radio" name="origin" value="own">
<select name="category"><option value="">kies</option><option value="school">school</option>
<option value="thuis">thuis</option></select><input type="submit" name="go" value="x"></form>
"""


def told(seen: list[Seen], *, inside: int = 2, kept: int | None = None) -> dict[str, Any]:
    saved = sum(1 for one in seen if one.page == loadreport.SAVED and not one.fault)
    names = (loadreport.SIGNING_IN, loadreport.AT_WORK, "2 times as fast", "4 times as fast")
    return {
        "people": 2,
        "inside": inside,
        "dossiers": 10_000,
        "minutes": 10,
        "kept": saved if kept is None else kept,
        "machine": {"processors": "2"},
        "phases": [
            {"name": name, "pause": 15, "began": 100.0 * number, "ended": 100.0 * (number + 1)}
            for number, name in enumerate(names)
        ],
        "samples": [{"at": 100.0 * number + 5, "busy": 0.25 * (number + 1), "connections": 9} for number in range(4)],
        "seen": [vars(one) for one in seen],
    }


def answers(at: float, page: str = "worklist", took: float = 50.0, fault: str = "", many: int = 20) -> list[Seen]:
    return [Seen(at + number / 100, page, took, fault) for number in range(many)]


QUIET = [*answers(10), *answers(110), *answers(210), *answers(310)]


def test_a_form_is_sent_with_its_first_choices_and_what_was_chosen_for_it() -> None:
    action, fields = form_with(PAGE, "text")
    assert action == "/vermelding/"
    assert fields == {
        **{"row_id": ["42"], "text": [""], "source": [""]},
        **{"kind": ["fact"], "origin": ["client"], "category": ["school"]},
    }
    with pytest.raises(LookupError):
        form_with(PAGE, "elsewhere")


def test_the_digits_are_those_of_an_authenticator_app() -> None:
    assert digits("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 59) == "287082"  # RFC 6238, appendix B


def test_a_quiet_run_held_and_nothing_broke() -> None:
    found = loadreport.summary(told(QUIET))
    assert loadreport.held(found)
    assert found["first"] == "Nothing broke."
    assert [one["a_second"] for one in found["phases"]] == [0.2] * 4
    assert found["phases"][3]["busy"] == 1.0


def test_one_wrong_answer_at_work_is_a_fault_of_the_run_and_is_named() -> None:
    found = loadreport.summary(told([*QUIET, *answers(120, "dossier", fault="500 instead of 200", many=1)]))
    assert not loadreport.held(found)
    assert "at work" in found["first"] and "dossier, 500 instead of 200 (1)" in found["first"]
    assert "500 instead of 200 (1)" in loadreport.files(found)["load.md"]


def test_waiting_too_long_when_everybody_goes_faster_is_what_broke_first_and_no_fault_of_the_run() -> None:
    slow = [*QUIET, *answers(310, "search", took=9000, many=50)]
    found = loadreport.summary(told(slow))
    assert loadreport.held(found)
    assert "“4 times as fast” waiting" in found["first"] and "slowest of all search" in found["first"]
    assert "100% busy" in found["first"]


def test_somebody_who_could_not_come_in_is_not_overlooked() -> None:
    assert not loadreport.held(loadreport.summary(told(QUIET, inside=1)))


def test_an_entry_that_was_saved_and_is_not_there_is_not_overlooked() -> None:
    saved = [*QUIET, *answers(130, loadreport.SAVED, many=3)]
    assert loadreport.held(loadreport.summary(told(saved)))
    assert not loadreport.held(loadreport.summary(told(saved, kept=2)))
    assert not loadreport.held(loadreport.summary(told(saved, kept=4)))


def test_the_picture_has_every_page_and_every_pace() -> None:
    picture = ElementTree.fromstring(loadreport.files(loadreport.summary(told(QUIET)))["load.svg"])
    words = " ".join(text for node in picture.iter() if (text := node.text))
    assert "worklist" in words and "4 times as fast (0.2 a second)" in words


@pytest.mark.long
def test_twenty_people_at_work_on_the_whole_application_meet_no_fault(tmp_path: Path) -> None:
    """The run of 200 people for ten minutes, made small; its own command is the real one."""
    words = ["load", "--sizes", "1000", "--people", "20", "--minutes", "1", "--pause", "3", "--no-until-it-breaks"]
    command = [sys.executable, "-m", "benchmarks", *words, "--out", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    text = (tmp_path / "load.md").read_text(encoding="utf-8")
    assert "20 of 20 people came in" in text
    assert all(page in text for page in ("my day", "worklist", "dossier", "entry: save", "search", "portal: start"))


@pytest.mark.long
def test_the_whole_kit_runs_on_a_small_size_and_writes_its_report(tmp_path: Path) -> None:
    words = ["all", "--sizes", "1000", "--rounds", "1", "--times", "6", "--seconds", "1", "--out", str(tmp_path)]
    command = [sys.executable, "-m", "benchmarks", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=1200)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    for bar in ("| 1 |", "| 1, second half |", "| 4 |", "| 5, rows |", "| 11 |"):
        assert bar in text
    assert "| 5, rows | looks without exactly one event | 1,000 | ≤ 0 | 0 | met |" in text
