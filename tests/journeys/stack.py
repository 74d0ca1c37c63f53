"""The whole application for the journeys: its own databases, web, worker and beat, with the demo in it."""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

CHECKOUT = Path(__file__).resolve().parents[2]
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "VAULT_DATABASE_URL", "VAULT_DATABASE_OWNER_URL")


@dataclass
class Stack:
    """A running application: where it is, who can sign in, which dossiers there are."""

    url: str
    folder: Path
    env: dict[str, str]
    people: list[dict[str, str]] = field(default_factory=list)
    dossiers: dict[str, dict[str, str]] = field(default_factory=dict)

    def person(self, organisation: str, part: str) -> dict[str, str]:
        """Who plays a part in an organisation; "client:guest" is somebody who is not known yet."""
        if part == "client:guest":
            return {"organisation": organisation, "part": part}
        return next(p for p in self.people if p["organisation"] == organisation and p["part"].startswith(part))

    def manage(self, *words: str) -> str:
        """Run a management command with the stack's databases; returns what it printed."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=CHECKOUT, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def shift_clock(self, by: timedelta) -> None:
        """Move the clock of every process."""
        path = Path(self.env["CASEMGMT_CLOCK_FILE"])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(str(int(by.total_seconds())), encoding="ascii")

    def clock(self) -> float:
        """The moment that every process takes for now, in seconds."""
        path = Path(self.env["CASEMGMT_CLOCK_FILE"])
        return time.time() + (int(path.read_text(encoding="ascii") or 0) if path.exists() else 0)


@contextlib.contextmanager
def running_stack() -> Iterator[Stack]:
    """Make databases, migrate, load the demo, start the processes; stop and drop everything afterwards."""
    with tempfile.TemporaryDirectory(prefix="journey-") as folder:
        # One process may keep two of them: of the day and of its statements.
        name = f"journey_{os.getpid()}_{secrets.token_hex(2)}"
        env = _environment(Path(folder), name)
        _databases(env, name, make=True)
        processes: list[subprocess.Popen[bytes]] = []
        stack = Stack(f"http://127.0.0.1:{_free_port()}", Path(folder), env)
        try:
            stack.manage("migrate", "--database=owner", "-v0")
            stack.manage("migrate", "--database=vault_owner", "-v0")
            told = json.loads(stack.manage("demo", "--json"))
            stack.people, stack.dossiers = told["people"], told["dossiers"]
            processes += _start(stack)
            _wait(stack)
            yield stack
        finally:
            _stop(processes)
            _databases(env, name, make=False)


def _environment(folder: Path, name: str) -> dict[str, str]:
    env = dict(os.environ)
    for address in ADDRESSES:
        suffix = "_vault" if address.startswith("VAULT") else ""
        parts = {**conninfo_to_dict(os.environ[address]), "dbname": name + suffix}
        env[address] = make_conninfo("", **{key: str(value) for key, value in parts.items()})
    for key, part in (("FILES", "files"), ("LEDGER", "ledger"), ("MAIL", "mail"), ("LOGS", "logs"), ("STATE", ".")):
        env[f"CASEMGMT_{key}"] = str(folder / part)
        (folder / part).mkdir(exist_ok=True)
    env |= {
        "CASEMGMT_CLOCK_FILE": str(folder / "clock"),
        "CASEMGMT_ENV_FILE": os.devnull,
        "CASEMGMT_ENV": "test",
        # A queue of its own in the tests' broker, so that stacks do not do each other's work.
        "CASEMGMT_BROKER_PREFIX": name,
    }
    return env


def _databases(env: dict[str, str], name: str, *, make: bool) -> None:
    for address, database in (("DATABASE_OWNER_URL", name), ("VAULT_DATABASE_OWNER_URL", f"{name}_vault")):
        parts = {**conninfo_to_dict(env[address]), "dbname": "postgres"}
        with psycopg.connect(make_conninfo("", **{k: str(v) for k, v in parts.items()}), autocommit=True) as owner:
            owner.execute(f'drop database if exists "{database}" with (force)')
            if make:
                owner.execute(f'create database "{database}"')


def _start(stack: Stack) -> list[subprocess.Popen[bytes]]:
    python, port = (sys.executable, "-m"), stack.url.rpartition(":")[2]
    celery = (*python, "celery", "-A", "casemgmt.celery")
    commands = {
        # With the configuration of ./run, which gunicorn must accept.
        "web": (*python, "gunicorn", "-c", "scripts/gunicorn_conf.py", "-b", f"127.0.0.1:{port}", "casemgmt.wsgi"),
        "worker": (*celery, "worker", "-c", "1", "-l", "WARNING"),
        "beat": (*celery, "beat", "-l", "WARNING", "--pidfile=", "-s", str(stack.folder / "beat")),
    }
    started = []
    for name, command in commands.items():
        log = (stack.folder / "logs" / f"{name}.log").open("wb")
        started.append(
            subprocess.Popen(
                command, cwd=CHECKOUT, env=stack.env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        )
    return started


def _wait(stack: Stack, seconds: float = 90) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{stack.url}/health/", timeout=10) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        log = stack.folder / "logs" / "web.log"
        assert time.monotonic() < until, log.read_text(encoding="utf-8")[-3000:]
        time.sleep(0.3)


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    for process in processes:
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
