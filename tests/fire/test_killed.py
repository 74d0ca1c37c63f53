"""Workers, broker and databases are killed while hundreds of dossiers are being destroyed; nobody helps.

What must hold at every moment: a dossier of which something is missing cannot be read any more. What must hold in the
end: every approved dossier is destroyed, proven by one genuine certificate, and no other dossier lost a letter.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
import pytest
from celery import Celery
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from casemgmt.base.jobs import LEASE
from retention import certificates
from scripts.state import read_env
from tests.fire.looking import Watch, counted, left_of, states, steps, stored_files
from tests.fire.stand import WORKERS, Stand, standing

pytestmark = pytest.mark.long
FAILPOINTS = (
    "destruction.frozen",
    "ledger.half-a-line",
    "destruction.written-down",
    "destruction.shredding",
    "destruction.key-gone",
    "destruction.shredded",
    "destruction.files-gone",
    "destruction.erased",
    "destruction.verified",
    "destruction.certified",
)
# What comes between two kills of workers, by how many of those there were, in hundredths of all. A database is killed
# as the kernel does it, or stopped at once as an operator does.
BESIDE = {
    10: "broker",
    25: "main killed",
    35: "vault killed",
    45: "web",
    50: "broker",
    60: "beat",
    65: "vault stopped",
    75: "main stopped",
    90: "both killed",
}
WAYS = {"killed": signal.SIGKILL, "stopped": signal.SIGQUIT}
PATIENCE = 600.0
# A share so small that it is one.
MANY = 10_000


@dataclass(frozen=True)
class Size:
    """How much there is to destroy, and how often a worker dies meanwhile."""

    dossiers: int
    rows: int
    files: int
    kills: int
    kept: int


FULL = Size(300, 300, 20, 100, 10)
QUICK = Size(32, 60, 3, 8, 2)


@dataclass
class Fire:
    """A stand, what was made on it, and who watches."""

    stand: Stand
    made: dict[str, Any]
    watch: Watch
    size: Size
    at_work: int = 0


@pytest.fixture(scope="module", params=[pytest.param(QUICK, id="quick"), pytest.param(FULL, id="full")])
def fire(request: pytest.FixtureRequest) -> Iterator[Fire]:
    size: Size = request.param
    with standing() as stand:
        words = ["make", "--waiting", "1", "--kept", str(size.kept), "--dossiers", str(size.dossiers)]
        done = stand.command("-m", "tests.fire.fill", *words, "--rows", str(size.rows), "--files", str(size.files))
        assert done.returncode == 0, done.stderr[-2000:]
        made = json.loads(done.stdout)
        yield Fire(stand, made, Watch(stand, made), size)


def test_whatever_dies_and_whenever_each_dossier_is_destroyed_once_and_none_is_damaged_but_readable(
    fire: Fire, record_property: Any
) -> None:
    began, stand, dice = time.monotonic(), fire.stand, random.Random(20261123)
    note_attempts(stand)
    stand.begin()
    hit = die_at_each_failpoint(fire)
    left_for_the_random = fire.size.dossiers - states(stand).get("destroyed", 0)
    die_at_random(fire, dice)
    last_kill = time.monotonic()
    before_the_end = states(stand)
    finish(fire)
    figures = {
        "seconds": round(time.monotonic() - began),
        "seconds after the last kill": round(time.monotonic() - last_kill),
        "states at the last kill": before_the_end,
        "kills": dict(stand.kills),
        "deaths at failpoints": hit,
        "not yet destroyed when the random kills began": left_for_the_random,
        "started again": dict(stand.again),
        "looks": fire.watch.looks,
        "looks at which something was half gone": fire.watch.damaged_looks,
        "kills of a worker while there was work": fire.at_work,
        **attempts(stand),
    }
    record_property("figures", figures)
    print(json.dumps(figures, indent=1))
    assert set(hit) == set(FAILPOINTS) and all(hit.values())
    assert sum(many for who, many in stand.kills.items() if who.startswith("worker")) == fire.size.kills
    assert fire.at_work == fire.size.kills, "a kill found nobody at work"
    the_databases_were_killed_and_came_back(stand)
    assert fire.watch.damaged_looks, "nobody ever looked while something was half gone"
    assert fire.watch.wrong == []
    nothing_is_left(fire)
    each_has_one_genuine_certificate(fire)
    the_others_are_whole(fire)
    the_commands_say_so(fire)


def test_who_dies_between_the_approval_and_the_bell_leaves_work_that_is_found_within_a_minute(fire: Fire) -> None:
    (dossier_id,) = fire.made["waiting"]
    words = ("-m", "tests.fire.fill", "approve", fire.made["organisation"], dossier_id)
    died = fire.stand.command(*words, env={"FAILPOINT": "jobs.ring"})
    assert died.returncode == -9, died.stderr[-2000:]
    assert sum(states(fire.stand).values()) == fire.size.dossiers + 1
    began = time.monotonic()
    while states(fire.stand).get("destroyed") != fire.size.dossiers + 1:
        assert time.monotonic() - began < 60
        fire.stand.wait(0.5)
    print(f"found and destroyed after {time.monotonic() - began:.1f} s")


def the_databases_were_killed_and_came_back(stand: Stand) -> None:
    """Both, as the kernel kills; and each recovered by itself as often as it was ended."""
    for name in ("main", "vault"):
        ended = {who: many for who, many in stand.kills.items() if who.startswith(f"database-{name} ")}
        assert ended.get(f"database-{name} (SIGKILL)"), f"nobody killed {name}"
        assert stand.recovered(name) >= sum(ended.values()), ended


def test_only_what_still_ran_counts_as_killed() -> None:
    stand = Stand(ours=None, port=0, quiet=True)  # type: ignore[arg-type]
    for ended in (False, True):
        process = subprocess.Popen([sys.executable, "-c", "pass" if ended else "import time; time.sleep(60)"])
        if ended:
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)  # it ended, and nobody collected it yet
        assert stand._hit(os.kill, process.pid, "one") is not ended
        process.wait()
        assert not stand._hit(os.kill, process.pid, "one"), "it is not there any more"
    assert stand.kills == {"one": 1}


def die_at_each_failpoint(fire: Fire) -> dict[str, int]:
    """Three workers at a time die at a place of their own, until each place was met."""
    hit: dict[str, int] = {}
    for first in range(0, len(FAILPOINTS), len(WORKERS)):
        armed = dict(zip(WORKERS, FAILPOINTS[first : first + len(WORKERS)], strict=False))
        before = {name: fire.stand.died_inside(name) for name in armed}
        for name, failpoint in armed.items():
            fire.stand.arm(name, failpoint)
        until = time.monotonic() + 120
        while armed and time.monotonic() < until:
            fire.stand.wait(0.1)
            for name in [name for name in armed if fire.stand.died_inside(name) > before[name]]:
                fire.stand.arm(name, "")
                hit[armed.pop(name)] = fire.stand.died_inside(name) - before[name]
            fire.watch.look()
        assert not armed, f"nobody came by {sorted(armed.values())}"
    return hit


def die_at_random(fire: Fire, dice: random.Random) -> None:
    """Kill workers, each at a moment between the first and the last step of what it may be doing.

    The cooling-off of a few dossiers ends before each kill, so that every kill finds somebody at work, and all are
    done only after the last.
    """
    stand, bell = fire.stand, Bell(fire.stand)
    beside = {fire.size.kills * share // 100: what for share, what in BESIDE.items()}
    hold_back(stand)
    for number in range(fire.size.kills):
        if what := beside.get(number):
            die_beside(stand, what)
        since = moment(stand)
        released = release(stand, fire.size.kills - number)
        bell.ring()
        wait_for_steps(stand, taken(stand) + dice.uniform(1, 1 + 5 * released))
        fire.at_work += die_at_work(stand, bell, dice, since)
        stand.wait_for_databases()
        fire.watch.look()


def die_at_work(stand: Stand, bell: Bell, dice: random.Random, since: datetime) -> bool:
    """Kill a worker while somebody is at work, and say whether that was so.

    All workers hold still while it is looked up, so that no work ends between the look and the kill. What was done
    sooner than the dice said is made up for: another dossier is begun.
    """
    until = time.monotonic() + 60
    while time.monotonic() < until:
        stand.wait(dice.uniform(0, 0.1))
        with stand.holding_still():
            begun, waits = work(stand, since)
            if begun and stand.kill_a_worker(dice):
                return True
        if not begun and not waits and not release(stand, MANY):
            break
        bell.ring()
    while not stand.kill_a_worker(dice):
        stand.wait(0.05)
    return False


class Bell:
    """Rings as the application does after a commit; a broker that is away costs nothing but five seconds."""

    def __init__(self, stand: Stand) -> None:
        assert stand.ours.broker is not None
        self.app = Celery(broker=stand.ours.broker.url, set_as_current=False)
        self.app.conf.broker_transport_options = {"global_keyprefix": "casemgmt:"}

    def ring(self) -> None:
        """Once for each worker."""
        with contextlib.suppress(Exception):
            for _worker in WORKERS:
                self.app.send_task("casemgmt.poll", ignore_result=True, retry=False, expires=60)


def hold_back(stand: Stand) -> None:
    """Let the cooling-off of all that was not begun end later."""
    with stand.superuser("main") as main:
        main.execute(
            "update base_job set due_at = now() + interval '1 day'"
            " where kind = 'retention.destroy' and leased_until is null"
        )


def release(stand: Stand, kills_left: int) -> int:
    """Let the cooling-off of a fair share of these end now; returns of how many."""
    with stand.superuser("main") as main:
        done = main.execute(
            "with held as (select id from base_job where due_at > now() + interval '1 hour'),"
            " few as (select id from held limit (select ceil(count(*)::numeric / %s) from held))"
            " update base_job set due_at = now() from few where base_job.id = few.id",
            [kills_left],
        )
        return done.rowcount


def moment(stand: Stand) -> datetime:
    """What time it is for the database that keeps the work."""
    with stand.superuser("main") as main:
        row = main.execute("select clock_timestamp()").fetchone()
    assert row is not None
    return row[0]  # type: ignore[no-any-return]


def work(stand: Stand, since: datetime) -> tuple[int, int]:
    """How many dossiers somebody took up since then, or renewed the lease of, and did not finish; how many wait.

    What a worker held that was killed before then is neither: nobody is at work on that until its lease ends.
    """
    with stand.superuser("main") as main:
        row = main.execute(
            "select count(*) filter (where leased_until > %s), count(*) filter (where leased_until is null)"
            " from base_job where kind = 'retention.destroy' and due_at <= clock_timestamp()",
            [since + LEASE],
        ).fetchone()
    assert row is not None
    return row


def die_beside(stand: Stand, what: str) -> None:
    """Something else than a worker dies, and comes back by itself."""
    name, _space, way = what.partition(" ")
    if not way:
        stand.kill(name)
        return
    for one in ("main", "vault") if name == "both" else (name,):
        stand.crash(one, WAYS[way])
    stand.wait_for_databases()


def taken(stand: Stand) -> int:
    """Steps taken so far; the databases may just be coming back."""
    while True:
        try:
            return steps(states(stand))
        except psycopg.OperationalError:
            stand.wait(0.2)


def wait_for_steps(stand: Stand, many: float) -> None:
    """Until so many steps were taken, or nothing moves because all that is left has a lease."""
    until = time.monotonic() + 10
    while taken(stand) < many and time.monotonic() < until:
        stand.wait(0)


def finish(fire: Fire) -> None:
    """Nobody does anything but look."""
    until = time.monotonic() + PATIENCE
    while states(fire.stand) != {"destroyed": fire.size.dossiers}:
        assert time.monotonic() < until, (states(fire.stand), stuck(fire.stand))
        fire.stand.wait(1)
        fire.watch.look()


def stuck(stand: Stand) -> list[Any]:
    """The work that did not get done."""
    with stand.superuser("main") as main:
        return main.execute(
            "select kind, attempts, due_at, leased_until, failed_at, last_error from base_job"
        ).fetchall()


def note_attempts(stand: Stand) -> None:
    """Let the database itself note each time that work is taken up; work that is done leaves no trace of it."""
    with stand.superuser("main") as main:
        main.execute(
            "create schema fire;"
            " create table fire.taken_up (subject uuid, attempt int);"
            " create function fire.note() returns trigger language plpgsql security definer as"
            " 'begin insert into fire.taken_up values (new.subject, new.attempts); return null; end';"
            " create trigger fire_note after update on base_job for each row"
            " when (new.attempts > old.attempts) execute function fire.note()"
        )


def attempts(stand: Stand) -> dict[str, int]:
    """How often work was taken up again after it was interrupted, and how often the same work at most."""
    with stand.superuser("main") as main:
        row = main.execute(
            "select count(*) - count(distinct t.subject),"
            " count(distinct t.subject) filter (where attempt > 1), max(attempt)"
            " from fire.taken_up t join retention_removal r on r.id = t.subject"
        ).fetchone()
    assert row is not None
    return dict(zip(("taken up again", "dossiers taken up again", "most attempts"), row, strict=True))


def nothing_is_left(fire: Fire) -> None:
    """No row, file or key of what was destroyed; and nothing that was given up."""
    gone = set(fire.made["approved"])
    assert left_of(fire.stand, gone) == {}
    assert not stored_files(fire.stand) & {name for one in fire.made["approved"].values() for name in one["files"]}
    with fire.stand.superuser("vault") as vault:
        keys = {str(row[0]) for row in vault.execute("select dossier_id from keystore_dossierkey")}
    assert not keys & gone
    assert [row for row in stuck(fire.stand) if row[4] is not None] == []


def each_has_one_genuine_certificate(fire: Fire) -> None:
    """Verified with nothing but the public key; none twice, none missing, each tells what there was."""
    with fire.stand.superuser("main") as main:
        rows = main.execute("select dossier_id, number, text, signature from retention_certificate").fetchall()
        ledger = main.execute("select dossier_id from retention_erasureledger").fetchall()
    assert Counter(str(row[0]) for row in rows) == Counter(fire.made["approved"].keys())
    assert len({row[1] for row in rows}) == len(rows)
    assert Counter(str(row[0]) for row in ledger) == Counter(fire.made["approved"].keys())
    outside = fire.stand.command("-m", "tests.fire.fill", "ledger", fire.made["organisation"])
    assert Counter(json.loads(outside.stdout or "[]")) == Counter(fire.made["approved"].keys()), outside.stderr[-2000:]
    public = public_key(fire.stand)
    for dossier_id, number, text, signature in rows:
        document = json.dumps({"text": text, "signature": base64.b64encode(signature).decode()})
        told = certificates.verify(document, public).content
        one = fire.made["approved"][str(dossier_id)]
        assert (told["number"], told["dossier"], told["files_erased"]) == (number, str(dossier_id), len(one["files"]))
        assert told["rows_erased"] == one["rows"]
        with pytest.raises(ValueError, match="genuine"):
            certificates.verify(document.replace('files_erased\\": ', 'files_erased\\": 1'), public)


def public_key(stand: Stand) -> str:
    """The public half of the signing key, worked out apart from the application."""
    seed = base64.b64decode(read_env(stand.state / "env")["CASEMGMT_SIGNING_KEY"])
    key = Ed25519PrivateKey.from_private_bytes(seed).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def the_others_are_whole(fire: Fire) -> None:
    """Dossiers that nobody approved have every row and file, and every value in them opens."""
    kept = fire.made["kept"]
    rows = counted(fire.stand, {table for one in kept.values() for table in one["tables"]})
    for dossier_id, one in kept.items():
        assert {table: rows[table].get(dossier_id) for table in one["tables"]} == one["tables"]
    done = fire.stand.command("-m", "tests.fire.fill", "read", fire.made["organisation"], *kept)
    assert done.returncode == 0, done.stderr[-2000:]
    for told in json.loads(done.stdout).values():
        assert set(told) == {"opened", "file opened"} and told["file opened"] == fire.size.files


def the_commands_say_so(fire: Fire) -> None:
    """What an operator asks tells the same: nothing is stuck, and the trail is unbroken."""
    status = fire.stand.command("manage.py", "destruction_status", "--json")
    assert status.returncode == 0, status.stdout + status.stderr
    told = json.loads(status.stdout)
    assert (told["states"], told["certificates"]) == ({"destroyed": fire.size.dossiers}, fire.size.dossiers)
    trail = fire.stand.command("manage.py", "audit_verify", "--json")
    assert trail.returncode == 0, trail.stdout + trail.stderr
