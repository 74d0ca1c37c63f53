"""Put the newest backups back into two servers of their own, see whether all is right, and clear it away again.

    .venv/bin/python -m scripts.restore_drill --make            # of the demo that ./run keeps
    .venv/bin/python -m scripts.restore_drill --key KEY --heads HEADS [--data FOLDER] [--vault FOLDER] [--ledger FILE]

Nothing that is in use is touched: the servers stand in a folder that goes afterwards, also when it is asked to
stop halfway, for a whole copy of the dossiers and their keys stands in it. It says what it did and how long each
step took, and ends with 0 when every check held, else with 1.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from scripts import processes
from scripts.postgres import Cluster, find_programs
from scripts.processes import Running, give_to_service_user
from scripts.services import ADDRESSES, BACKUP_ADDRESSES, ROLES, Services, clear_leftovers, passwords_of, start
from scripts.state import CHECKOUT, OperatorError, base_folder, env_file, own_folder, read_env, socket_folder

DATABASES = ("casemgmt", "vault")


@dataclass
class Drill:
    """Two empty servers, the environment in which commands find them, and what came of it."""

    state: Path
    services: Services
    env: Mapping[str, str]
    seconds: dict[str, float] = field(default_factory=dict)
    started: list[Running] = field(default_factory=list)

    def run(self, step: str, *words: str, env: Mapping[str, str] | None = None, well: tuple[int, ...] = (0,)) -> str:
        """Run a management command and keep its time; raises OperatorError with what it said when it ends badly."""
        began = time.monotonic()
        command = [sys.executable, "manage.py", *words]
        given = dict(self.env if env is None else env)
        done = subprocess.run(command, cwd=CHECKOUT, env=given, capture_output=True, text=True, check=False)
        self.seconds[step] = round(time.monotonic() - began, 1)
        if done.returncode not in well:
            said = (done.stderr or done.stdout).strip().splitlines()[-1:]
            raise OperatorError(f"`manage.py {' '.join(words)}` ended with {done.returncode}: {' '.join(said)}")
        return done.stdout


def source() -> dict[str, str]:
    """The installation whose backups are tried: the environment, and for the demo the file that ./run wrote.

    As in the settings, production takes nothing from that file: its test clock alone would keep it from starting.
    """
    if os.environ.get("CASEMGMT_ENV") == "production":
        return dict(os.environ)
    return {**read_env(env_file("demo")), **os.environ}


def settle(given: Mapping[str, str]) -> Drill:
    """Make room for two empty servers beside everything else; nothing is made where there is no server to start."""
    programs = find_programs().folder
    state = Path(tempfile.mkdtemp(prefix="drill-", dir=own_folder(base_folder())))
    state.chmod(0o711)
    (state / "logs").mkdir(mode=0o700)
    give_to_service_user(state / "files")
    clusters = tuple(Cluster(name, *ROLES[name], state, passwords_of(state, name)) for name, _, _ in ADDRESSES)
    env = {**given, "CASEMGMT_FILES": str(state / "files"), "CASEMGMT_LEDGER": str(state / "ledger")}
    for cluster, (name, address, owner) in zip(clusters, ADDRESSES, strict=True):
        env |= {address: cluster.url(cluster.app), owner: cluster.url(cluster.owner)}
        env[BACKUP_ADDRESSES[name]] = cluster.url(cluster.backup)
    env |= {"CASEMGMT_BROKER_PREFIX": "drill", "CASEMGMT_PG_BIN": str(programs)}
    return Drill(state, Services(state, clusters, None, env), env)


def practise(drill: Drill, asked: argparse.Namespace) -> dict[str, object]:
    """Restore and look at it in every way that the documents tell."""
    began = time.monotonic()
    drill.started = start(drill.services, die_with_us=not asked.keep)
    drill.seconds["two empty servers"] = round(time.monotonic() - began, 1)
    words = ["--into", *DATABASES, "--key", asked.key, "--ledger", asked.ledger, "--json"]
    # Nobody is let in to what a drill puts back: where no head tells, or only older ones, its ledger may be taken for
    # the newest. One that lacks what a head or a backup tells is refused all the same.
    words += ["--ledger-is-newest"]
    for name in ("data", "vault", "heads"):
        words += [f"--{name}", getattr(asked, name)] if getattr(asked, name) else []
    told = json.loads(drill.run("restore", "restore", *words))
    drill.run("check", "check", "--database", "default", "--database", "vault")
    trails = drill.run("audit_verify", "audit_verify", "--json").splitlines()
    # It ends with 1 when a destruction waits longer than it should. Here no worker runs, so one that was past its
    # point of no return at the backup may wait too: that is told, and says nothing against the backup.
    said = drill.run("destruction_status", "destruction_status", "--json", well=(0, 1))
    states = [json.loads(line) for line in said.splitlines()]
    erased, waiting = sum(one["erased"] for one in states), sum(len(one["stuck"]) for one in states)
    # Half a line, which a crash left, tells nothing.
    in_ledger = Path(asked.ledger).read_bytes().count(b"\n")
    if erased != in_ledger:
        raise OperatorError(f"The ledger tells {in_ledger} erasures, the database that was put back {erased}.")
    return {**told, "chains": len(trails), "erased": erased, "stuck": waiting, "seconds": drill.seconds}


def clear(drill: Drill) -> None:
    """Stop the servers and remove everything of the drill; one that only half started too."""
    processes.stop(drill.started)
    clear_leftovers(drill.services)
    shutil.rmtree(socket_folder(drill.state), ignore_errors=True)
    shutil.rmtree(drill.state, ignore_errors=True)


def stop_as_asked(sign: int, _frame: FrameType | None) -> None:
    """A request to end goes through `finally`: the kernel's own way would leave the copy where it stands."""
    sys.exit(128 + sign)


def left(drill: Drill) -> str:
    """What somebody who kept the servers must know to look at them, and to end them."""
    ours = " ".join(str(running.pid) for running in drill.started)
    return f"Left running in {drill.state}. When you have looked: kill -INT {ours}; rm -r {drill.state}"


def arguments() -> argparse.Namespace:
    """The command line; what is not named is the demo's own."""
    given = source()
    state = Path(given.get("CASEMGMT_STATE", base_folder()))
    files = Path(given.get("CASEMGMT_FILES", state / "files"))
    ledger = Path(given.get("CASEMGMT_LEDGER", files / "ledger")) / "erased.jsonl"
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--make", action="store_true", help="first make a backup")
    parser.add_argument("--data", help="folder of a backup of the dossiers (the newest)")
    parser.add_argument("--vault", help="folder of a backup of the keys (the newest)")
    parser.add_argument("--key", default=str(state / "backup-key.pem"), help="the key that opens backups")
    parser.add_argument("--ledger", default=str(ledger), help="the ledger of erasures, the newest there is")
    parser.add_argument("--heads", help="heads of the trail, published by audit_head")
    parser.add_argument("--keep", action="store_true", help="leave the servers running, to look at them")
    return parser.parse_args()


def main() -> int:
    """The command."""
    for sign in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, stop_as_asked)
    asked, given = arguments(), source()
    try:
        drill = settle(given)
    except OperatorError as problem:
        print(f"The drill could not begin: {problem}", file=sys.stderr)
        return 1
    try:
        if asked.make:
            drill.run("backup", "backup", env=given)
        print(json.dumps(practise(drill, asked), indent=1))
    except OperatorError as problem:
        print(f"The drill failed: {problem}", file=sys.stderr)
        return 1
    finally:
        if asked.keep and drill.started:
            print(left(drill), file=sys.stderr)
        else:
            clear(drill)
    return 0


if __name__ == "__main__":
    sys.exit(main())
