"""The whole application on a stand of its own: two durable clusters, a broker, web, three workers and a beat.

Everything is started as ``./run`` starts it, by its own supervisor, with one difference: whoever dies is started
again at once, as an operator's init does, for here dying young is not a fault but the test.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scripts import processes, services
from scripts.application import OWNERS, Application, application
from scripts.postgres import Cluster
from scripts.processes import Service, give_to_service_user
from scripts.state import CHECKOUT, own_folder
from scripts.supervise import Child, Supervisor

WORKERS = ("worker-1", "worker-2", "worker-3")
ADDRESSES = ("DATABASE_URL", "DATABASE_OWNER_URL", "VAULT_DATABASE_URL", "VAULT_DATABASE_OWNER_URL", "BROKER_URL")
KILLED_CHILD = re.compile(r"exited with 'signal 9 \(SIGKILL\)'")


@dataclass
class Stand(Supervisor):
    """What runs, and the ways to hurt it."""

    app: Application | None = None
    kills: Counter[str] = field(default_factory=Counter)
    again: Counter[str] = field(default_factory=Counter)

    def _plan_restart(self, child: Child, now: float) -> None:
        child.running, child.again_at = None, now
        self.again[child.service.name] += 1

    def say(self, words: str) -> None:
        """The tests tell by themselves."""

    @property
    def state(self) -> Path:
        """Where everything of it stands on the disk."""
        return self.ours.state

    def begin(self, names: tuple[str, ...] = ("web", *WORKERS, "beat")) -> None:
        """Start these processes of the application; `start_services` came first."""
        assert self.app is not None
        known = {service.name: service for service in self.app.services()}
        for name in names:
            service = known.get(name) or _worker(known["worker"], name, self.state)
            child = Child(service)
            self.children.append(child)
            self._start(child)

    def child(self, name: str) -> Child:
        """One of the processes, by its name."""
        return next(child for child in self.children if child.service.name == name)

    def cluster(self, name: str) -> Cluster:
        """One of the two clusters: main or vault."""
        return next(cluster for cluster in self.ours.clusters if cluster.name == name)

    def superuser(self, name: str) -> psycopg.Connection[Any]:
        """A connection past row security, for who only looks."""
        cluster = self.cluster(name)
        return psycopg.connect(cluster.url("postgres", cluster.database), autocommit=True, connect_timeout=5)

    def wait(self, seconds: float) -> None:
        """Let it work, and start again what died."""
        until = time.monotonic() + seconds
        while True:
            self.check()
            if time.monotonic() >= until:
                return
            time.sleep(0.1)

    def wait_for_databases(self) -> None:
        """Until both clusters take connections again."""
        until = time.monotonic() + 60
        while not all(cluster.answers() for cluster in self.ours.clusters):
            assert time.monotonic() < until, "a database did not come back"
            self.wait(0.2)

    def kill(self, name: str, sign: int = signal.SIGKILL, *, label: str = "") -> bool:
        """Kill one process, by default as the kernel does; False when it is not there at this moment."""
        running = self.child(name).running
        return running is not None and processes.alive(running) and self._hit(os.kill, running.pid, label or name, sign)

    def kill_a_worker(self, dice: random.Random) -> bool:
        """Kill a worker with all its children, its parent only, or one child of its pool; False when it was gone."""
        name, way = dice.choice(WORKERS), dice.choice(("whole", "parent", "child"))
        running = self.child(name).running
        if running is None or not processes.alive(running):
            return False
        children = children_of(running.pid)
        if way == "child" and children:
            return self._hit(os.kill, dice.choice(children), "worker (child)")
        if way == "parent":
            return self._hit(os.kill, running.pid, "worker (parent)")
        return self._hit(os.killpg, running.pid, "worker (whole)")

    @contextlib.contextmanager
    def holding_still(self) -> Iterator[None]:
        """Let no worker take a step meanwhile; whoever is killed meanwhile dies all the same."""
        groups = [running.pid for name in WORKERS if (running := self.child(name).running)]
        try:
            self._to_all(groups, signal.SIGSTOP)
            yield
        finally:
            self._to_all(groups, signal.SIGCONT)

    @staticmethod
    def _to_all(groups: list[int], sign: int) -> None:
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, sign)

    def _hit(self, send: Callable[[int, int], None], pid: int, label: str, sign: int = signal.SIGKILL) -> bool:
        """Send the signal; only what was there and had not ended by itself counts."""
        if not processes.born(pid):
            return False
        try:
            send(pid, sign)
        except ProcessLookupError:
            return False
        self.kills[label] += 1
        return True

    def crash(self, name: str, sign: int) -> None:
        """End a cluster without a checkpoint, so that it recovers at its next start.

        SIGQUIT as `pg_ctl stop -m immediate` does. SIGKILL as the kernel does: then the server's own children find out
        by themselves that it is gone, and until the last has left no new one starts on the same data.
        """
        service = f"database-{name}"
        if self.kill(service, sign, label=f"{service} ({signal.Signals(sign).name})"):
            self.wait(0.5)

    def recovered(self, name: str) -> int:
        """How often a cluster began after a crash, as it says itself."""
        log = self.child(f"database-{name}").service.log
        return log.read_text(encoding="utf-8", errors="replace").count("automatic recovery in progress")

    def arm(self, name: str, failpoint: str) -> None:
        """Start a worker again with a failpoint, or without one (empty)."""
        child = self.child(name)
        if child.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.running.pid, signal.SIGKILL)
            while processes.alive(child.running):
                time.sleep(0.02)
            processes.end_group(child.running)
        env = {key: value for key, value in child.service.env.items() if key != "FAILPOINT"}
        child.service = replace(child.service, env={**env, **({"FAILPOINT": failpoint} if failpoint else {})})
        self._start(child)

    def died_inside(self, name: str) -> int:
        """How often a worker's pool lost a child to SIGKILL, as the worker itself logged it."""
        log = self.child(name).service.log
        return len(KILLED_CHILD.findall(log.read_text(encoding="utf-8", errors="replace"))) if log.exists() else 0

    def command(self, *words: str, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program of the checkout as the application does, and keep what it says."""
        assert self.app is not None
        given = {key: value for key, value in self.app.env.items() if key not in OWNERS} | dict(env or {})
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            [sys.executable, *words],
            cwd=CHECKOUT,
            env=given,
            check=False,
            capture_output=True,
            text=True,
            **(processes.identity() if self.app.unprivileged else {}),
        )


def _worker(known: Service, name: str, state: Path) -> Service:
    """One of several workers on one host: Celery wants a name for each."""
    return replace(known, name=name, argv=(*known.argv, "-n", f"{name}@%h"), log=state / "logs" / f"{name}.log")


def children_of(pid: int) -> list[int]:
    """The processes whose parent this is."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except FileNotFoundError:
        return []


@contextlib.contextmanager
def standing(settings: str = "casemgmt.settings") -> Iterator[Stand]:
    """A stand with migrated, empty databases; nothing of the application runs yet. All of it goes afterwards."""
    # Not pytest's own folder: the unprivileged user under whom services run could not enter it.
    folder = own_folder(Path(tempfile.mkdtemp(prefix="casemgmt-fire-", dir="/var/tmp")))
    with pytest.MonkeyPatch.context() as patch:
        # The tests' own services are none of ours.
        for address in ADDRESSES:
            patch.delenv(address, raising=False)
        patch.setenv("CASEMGMT_STATE", str(folder))
        patch.setenv("CASEMGMT_ENV", "demo")
        ours = services.plan("demo")
        stand = Stand(ours, _free_port(), quiet=True)
        try:
            stand.start_services()
            app = application(ours, stand.port)
            # What is left behind in passing must stand where the search comes by.
            passing = str(give_to_service_user(folder / "tmp"))
            stand.app = replace(app, env={**app.env, "DJANGO_SETTINGS_MODULE": settings, "TMPDIR": passing})
            stand.app.command("migrate_all", log="migrate")
            yield stand
        finally:
            stand.stop()
            shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
