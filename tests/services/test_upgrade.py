"""The next release comes in and goes out again while people work: nobody gets a fault, and no entry is lost.

What is shown by it stands in docs/operation.md, "Release". The next release has a column and an index more; the
regulations are stored in a shape that both releases have to translate.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.state import CHECKOUT, own_folder
from tests.fire.stand import standing
from tests.services.upgrading import Upgrade, entries, next_release, open_dossiers, store_in_an_earlier_shape

pytestmark = pytest.mark.long
PARTS = ("caseworker", "second_caseworker")
PEOPLE = 6
MORE = 10  # entries that are saved before, between and after
PATIENCE = 60.0  # where little is saved, the figures say so in the end
LONGEST = 5.0  # seconds in which nobody got an answer


@pytest.fixture
def upgrade() -> Iterator[Upgrade]:
    """The stand with the demo on it and this release at work."""
    with standing() as stand, socket.socket() as door:
        assert stand.app is not None
        door.bind(("127.0.0.1", 0))
        door.listen(512)
        demo = json.loads(stand.app.command("demo", "--json", log="demo"))
        assert store_in_an_earlier_shape(stand) == 4
        made = Upgrade(stand, door)
        made.people = [one for one in demo["people"] if one["part"] in PARTS][:PEOPLE]
        made.release(CHECKOUT)
        yield made


@pytest.fixture
def upcoming() -> Iterator[Path]:
    """The folder of the next release, readable for the user under whom it runs."""
    folder = own_folder(Path(tempfile.mkdtemp(prefix="casemgmt-next-", dir="/var/tmp")))
    try:
        yield next_release(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_release_comes_in_and_goes_out_again_while_people_work(
    upgrade: Upgrade, upcoming: Path, record_property: Any
) -> None:
    before = entries(upgrade.stand)
    crowd = subprocess.Popen(
        [sys.executable, "-m", "tests.services.visiting", str(upgrade.port)],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert crowd.stdin is not None
        crowd.stdin.write(json.dumps([upgrade.people, open_dossiers(upgrade.stand)]) + "\n")
        crowd.stdin.flush()
        work(upgrade, "this release at work")
        said = upgrade.migrate(upcoming)
        assert "0099_index... OK" in said
        work(upgrade, "this release on the new schema")
        upgrade.release(upcoming)
        work(upgrade, "the next release at work")
        upgrade.release(CHECKOUT)
        work(upgrade, "back at this release, on the new schema")
        told = json.loads(crowd.communicate(timeout=90)[0])
    finally:
        crowd.kill()
    figures = judged(upgrade, told, before)
    record_property("figures", figures)
    print(json.dumps(figures, indent=1))
    opened = upgrade.stand.command("-m", "tests.services.opening", upgrade.people[0]["email"], "NA-HET-TERUGDRAAIEN")
    assert opened.returncode == 0, f"this release opens no dossier on the new schema: {opened.stderr[-2000:]}"
    assert_well(figures)


def work(upgrade: Upgrade, what: str) -> None:
    """Let people work until so many entries more are saved, and look that nothing died."""
    upgrade.note(what)
    wanted, until = len(entries(upgrade.stand)) + MORE, time.monotonic() + PATIENCE
    while len(entries(upgrade.stand)) < wanted and time.monotonic() < until:
        upgrade.stand.wait(0.5)
    assert not upgrade.stand.again, f"ended by itself: {dict(upgrade.stand.again)}"


def judged(upgrade: Upgrade, told: dict[str, Any], before: Any) -> dict[str, Any]:
    """What people met, in figures."""
    seen, people, after = told["seen"], told["people"], entries(upgrade.stand)
    accepted = {row_id for one in people for row_id in one["accepted"]}
    made = {row_id: many for row_id, many in after.items() if row_id not in before}
    answers = sorted(answer for one in people for answer in one["answers"])
    return {
        "people": len(people),
        "at work to the end": sum(at_the_end(one["answers"], answers[-1][0]) for one in people),
        "answers": len(seen),
        "faults": Counter(f"{one['page']}: {one['fault']}" for one in seen if one["fault"]),
        "longest time without an answer (s)": round(longest_silence(seen), 2),
        "slowest answer (s)": round(max(one["took"] for one in seen) / 1000, 2),
        "pages by release": {
            what: dict(Counter("next" if marked else "this" for _at, marked in part))
            for what, part in _parts(upgrade.moments, answers)
        },
        "moments": [(round(at - upgrade.moments[0][0], 1), what) for at, what in upgrade.moments],
        "entries saved": len(accepted),
        "sent again": sum(one["sent_again"] for one in people),
        "entries lost": sorted(accepted - made.keys()),
        "entries nobody was told of": sorted(made.keys() - accepted),
        "entries not once": {row_id: many for row_id, many in made.items() if many != 1},
        "saved and not shown": [text for one in people for text in one["not_shown"]],
        "faults in logs": upgrade.faults_in_logs()[:20],
    }


def at_the_end(answers: list[tuple[float, bool]], end: float) -> bool:
    """Whether somebody still got pages when it ended."""
    return bool(answers) and answers[-1][0] > end - 15


def longest_silence(seen: list[dict[str, Any]]) -> float:
    """The longest stretch between two good answers of anybody in which somebody was refused or cut off."""
    longest, last, refused = 0.0, seen[0]["at"], False
    for one in seen:
        if one["fault"]:
            refused = True
            continue
        if refused:
            longest = max(longest, one["at"] - last)
        last, refused = one["at"], False
    return max(longest, seen[-1]["at"] - last) if refused else longest


def _parts(moments: list[tuple[float, str]], answers: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    for (begin, what), (end, _next) in zip(moments, [*moments[1:], (time.monotonic(), "")], strict=True):
        yield what, [one for one in answers if begin <= one[0] < end]


def assert_well(figures: dict[str, Any]) -> None:
    """No fault of the application, no refusals for long, every entry once, and each release really answered."""
    assert not [fault for fault in figures["faults"] if fault.rpartition(": ")[2][:1].isdigit()], figures["faults"]
    assert figures["longest time without an answer (s)"] < LONGEST
    assert figures["people"] == figures["at work to the end"] >= 4
    for kind in ("entries lost", "entries nobody was told of", "entries not once", "saved and not shown"):
        assert not figures[kind], kind
    assert figures["entries saved"] >= 2 * MORE
    parts = figures["pages by release"]
    assert parts["this release on the new schema"].keys() == {"this"}
    assert parts["the next release at work"].keys() == {"next"}
    assert parts["back at this release, on the new schema"].keys() == {"this"}
    assert not figures["faults in logs"]
