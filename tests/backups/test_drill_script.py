"""The drill as operators type it: it says what they must write down, sees what is wrong, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from scripts import processes
from scripts.state import CHECKOUT
from tests.fire.stand import Stand, standing
from tests.services.test_configuration import GOOD

pytestmark = pytest.mark.long

COMMAND = (sys.executable, "-m", "scripts.restore_drill")
WORK = "import django; django.setup(); from casemgmt.base import jobs; jobs.run_due()"
STEPS = {"two empty servers", "restore", "check", "audit_verify", "destruction_status"}
# What a shell has anyway; all the rest the drill finds by itself.
SHELL = ("PATH", "HOME", "LANG")


@dataclass
class Drilled:
    """A small installation with a backup, of which one dossier was destroyed since, and two that stay."""

    stand: Stand
    place: str
    gone: str
    waiting: str

    @property
    def state(self) -> Path:
        """Where the installation stands."""
        return self.stand.state

    @property
    def heads(self) -> Path:
        """What `audit_head` printed after the destruction."""
        return self.state / "heads.jsonl"

    @property
    def env(self) -> dict[str, str]:
        """A shell on the machine of the installation."""
        return {**{name: os.environ[name] for name in SHELL if name in os.environ}, "CASEMGMT_STATE": str(self.state)}

    def words(self, *more: str, heads: Path | None = None) -> list[str]:
        """What stands in docs/operation.md under "Restore drill"."""
        key = str(self.state / "backup-key.pem")
        return [*COMMAND, "--key", key, "--heads", str(heads or self.heads), *more]

    def drill(self, *more: str, heads: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
        """One drill from begin to end."""
        words = self.words(*more, heads=heads)
        return subprocess.run(words, cwd=CHECKOUT, env={**self.env, **env}, capture_output=True, text=True, check=False)

    def refused(self, *more: str, heads: Path | None = None) -> str:
        """What a drill says that must end with 1: one sentence, no figures, and nothing stays of it."""
        done = self.drill(*more, heads=heads)
        assert (done.returncode, done.stdout) == (1, ""), done.stdout
        assert done.stderr.startswith("The drill failed: ") and "Traceback" not in done.stderr
        assert left_of(self.state) == []
        return done.stderr


def told(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The figures of a drill that ended well."""
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def running_in(state: Path) -> list[str]:
    """The processes of any drill of this installation."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if f"{state}/drill-" in words:
            found.append(words)
    return found


def left_of(state: Path) -> list[str]:
    """Folders and processes that a drill left behind."""
    return [str(path) for path in state.glob("drill-*")] + running_in(state)


@contextmanager
def one_byte_changed(path: Path) -> Iterator[None]:
    """A disk that forgot one bit in the middle of a file."""
    before = path.read_bytes()
    middle = len(before) // 2
    path.write_bytes(before[:middle] + bytes([before[middle] ^ 1]) + before[middle + 1 :])
    yield
    path.write_bytes(before)


@contextmanager
def another_head(drilled: Drilled) -> Iterator[Path]:
    """Heads of which one, of a length that the backup has, is of another trail."""
    path = drilled.state / "other-heads.jsonl"
    row = json.loads(drilled.heads.read_text(encoding="utf-8").splitlines()[0])
    path.write_text(json.dumps({**row, "seq": 10, "hash": "0" * 64}) + "\n", encoding="utf-8")
    yield path
    path.unlink()


@pytest.fixture(scope="module")
def drilled() -> Iterator[Drilled]:
    with standing() as stand:
        assert stand.app is not None
        words = ("make", "--kept", "1", "--waiting", "2", "--rows", "6", "--files", "2")
        made = json.loads(stand.command("-m", "tests.fire.fill", *words).stdout)
        gone, waiting = made["waiting"]
        stand.app.command("backup", log="backup")
        stand.command("-m", "tests.fire.fill", "approve", made["organisation"], gone)
        stand.command("-c", WORK)
        found = Drilled(stand, made["organisation"], gone, waiting)
        found.heads.write_text(stand.app.command("audit_head", log="head"), encoding="utf-8")
        yield found


def test_as_typed_it_says_rows_heads_erasures_and_seconds_and_leaves_nothing_behind(drilled: Drilled) -> None:
    found = told(drilled.drill())
    assert found["open"] and found["rows"]["data"] > 100 and found["rows"]["vault"] > 3
    trail, platform = found["trail"]
    assert (trail["organisation"], platform["organisation"], found["chains"]) == ("sterk-huis", None, 2)
    assert trail["lost_at_least"] == trail["published"] - trail["seq"] > 0, "the destruction came after the backup"
    assert found["replayed"] == {"erasures": 1, "keys": 1, "dossiers": 1} and found["erased"] == 1
    assert set(found["seconds"]) == STEPS and all(0 < seconds < 3600 for seconds in found["seconds"].values())
    assert found["stuck"] == 0
    assert left_of(drilled.state) == []
    ledger = (drilled.state / "files/ledger/erased.jsonl").read_text(encoding="utf-8")
    assert len(ledger.splitlines()) == 1 and drilled.gone in ledger, "what is in use was not touched"


def test_what_is_wrong_ends_with_1_and_is_named(drilled: Drilled) -> None:
    (data,) = (drilled.state / "backups").glob("2*")
    with one_byte_changed(data / "database.sealed"):
        assert "checksum" in drilled.refused()
    with another_head(drilled) as heads:
        assert "The trail of sterk-huis is wrong" in drilled.refused(heads=heads)


def test_asked_to_end_halfway_no_copy_of_the_dossiers_stays(drilled: Drilled) -> None:
    with subprocess.Popen(drilled.words(), cwd=CHECKOUT, env=drilled.env, stdout=subprocess.PIPE) as begun:
        until = time.monotonic() + 120
        while len(running_in(drilled.state)) < 2:
            assert begun.poll() is None and time.monotonic() < until
            time.sleep(0.05)
        begun.terminate()
        assert begun.wait(60) == 128 + signal.SIGTERM
    assert left_of(drilled.state) == []


def test_of_a_production_it_takes_nothing_from_the_demo_of_the_same_checkout(drilled: Drilled) -> None:
    assert drilled.stand.app is not None
    never = {"CASEMGMT_CLOCK_FILE", "CASEMGMT_ENV_FILE"}
    home = {name: value for name, value in drilled.stand.app.env.items() if name not in never}
    given = {**GOOD, **home, "CASEMGMT_ENV": "production"}
    assert "CASEMGMT_CLOCK_FILE" in (drilled.state / "env").read_text(encoding="utf-8")
    assert told(drilled.drill(**given))["replayed"]["erasures"] == 1


def test_a_later_backup_knows_the_line_that_a_ledger_lacks_and_kept_servers_stay(drilled: Drilled) -> None:
    """The last of these tests: it makes the later backup, in which a destruction waits longer than it should."""
    assert drilled.stand.app is not None
    drilled.stand.command("-m", "tests.fire.fill", "approve", drilled.place, drilled.waiting)
    drilled.stand.app.command("backup", log="backup")
    lacking = drilled.state / "lacking.jsonl"
    lacking.write_text("", encoding="utf-8")
    assert "a published head tells of 1" in drilled.refused("--ledger", str(lacking))

    done = drilled.drill("--keep")
    found = told(done)
    assert (found["replayed"]["erasures"], found["erased"], found["stuck"]) == (1, 1, 0)
    assert found["decide_again"] == [{"organisation": "sterk-huis", "removals": 1}]
    (folder,) = drilled.state.glob("drill-*")
    kept = processes.remembered(folder / "pids")
    try:
        assert len(kept) == 2 and f"kill -INT {kept[0].pid} {kept[1].pid}; rm -r {folder}" in done.stderr
        time.sleep(2)
        assert all(processes.alive(one) for one in kept), "to look at them they must run on without the script"
    finally:
        processes.stop(kept)
        shutil.rmtree(folder)
    assert left_of(drilled.state) == []
