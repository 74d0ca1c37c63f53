"""Two releases on one stand: this checkout, and a copy of it as the next release with migrations of its own.

The web address is held by whoever starts web, not by web itself, as docs/operation.md tells.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from casemgmt.policy.schema.profile import hash_of
from scripts import processes
from scripts.processes import Running, Service
from scripts.state import CHECKOUT
from scripts.supervise import Child
from tests.fire.stand import Stand
from tests.services.visiting import MARK

PENDING = Path(__file__).parent / "pending" / "migrations"
BODIES = CHECKOUT / "tests" / "policy" / "bodies"
LEFT_OUT = (".git", ".venv", ".state", ".*_cache", ".hypothesis", "__pycache__", "tests", "docs", "benchmark-report")


def next_release(folder: Path) -> Path:
    """A copy of this checkout with a column, an index, and a mark in its pages by which it is recognised."""
    copy = Path(shutil.copytree(CHECKOUT, folder / "next", ignore=shutil.ignore_patterns(*LEFT_OUT)))
    for migration in PENDING.glob("0*.py"):
        shutil.copy(migration, copy / "dossiers" / "migrations")
    _write_in(
        copy / "dossiers" / "models.py",
        "    closed_on = models.DateField(null=True)\n",
        '    of_the_next_release = models.CharField(max_length=20, null=True, default="next")\n',
    )
    _write_in(copy / "templates" / "layouts" / "base.html", '<meta charset="utf-8">\n', MARK + "\n")
    return copy


def _write_in(path: Path, after: str, more: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(after) == 1, f"{path.name} does not say {after!r} once"
    path.write_text(text.replace(after, after + more), encoding="utf-8")


@dataclass
class Upgrade:
    """The stand, the address that it holds, the folder of the release that runs, and when what was done."""

    stand: Stand
    door: socket.socket
    people: list[dict[str, str]] = field(default_factory=list)
    moments: list[tuple[float, str]] = field(default_factory=list)

    @property
    def port(self) -> int:
        """Where web answers."""
        return int(self.door.getsockname()[1])

    def note(self, what: str) -> None:
        """Remember when something was begun."""
        self.moments.append((time.monotonic(), what))

    def migrate(self, release: Path) -> str:
        """Run `migrate_all` of a release as the owner; what it said."""
        assert self.stand.app is not None
        self.note("migrate_all")
        done = subprocess.run(  # type: ignore[call-overload]
            [sys.executable, "manage.py", "migrate_all"],
            cwd=release,
            env={**self.stand.app.env, **_sources(release)},
            check=False,
            capture_output=True,
            text=True,
            **(processes.identity() if self.stand.app.unprivileged else {}),
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return str(done.stdout + done.stderr)

    def release(self, release: Path) -> None:
        """Put a release in the place of what runs: beat, worker and web, one after another."""
        for name in ("beat", "worker"):
            self.note(f"{name} of {release.name}")
            self._stop(name)
            self._start(self._service(name, release))
        self.note(f"web of {release.name}")
        old = next((child for child in self.stand.children if child.service.name == "web"), None)
        fresh = self._start(self._service("web", release))
        # Both answer from here on; the one before goes when the new one was heard.
        until = time.monotonic() + 60
        while not _answers(self.port, marked=release != CHECKOUT):
            assert processes.alive(fresh), f"web of {release.name} ended"
            assert time.monotonic() < until, f"web of {release.name} does not answer"
            time.sleep(0.1)
        if old is not None and old.running is not None:
            self.note("web of before is asked to stop")
            self.stand.children.remove(old)
            processes.stop([old.running])
        self.note(f"all of {release.name} runs")

    def _stop(self, name: str) -> None:
        for child in [child for child in self.stand.children if child.service.name == name]:
            self.stand.children.remove(child)
            if child.running is not None:
                processes.stop([child.running])

    def _start(self, service: Service) -> Running:
        running = processes.spawn(service, die_with_us=True)
        self.stand.children.append(Child(service, running, time.monotonic()))
        self.stand._remember()
        return running

    def _service(self, name: str, release: Path) -> Service:
        """The process as `./run` starts it, in the folder of a release, and web at the address that is held."""
        assert self.stand.app is not None
        known = next(service for service in self.stand.app.services() if service.name == name)
        words = [word.replace(str(CHECKOUT / "scripts"), str(release / "scripts")) for word in known.argv]
        if name == "web":
            first = words.index("--bind")
            last = len(words) - 1
            words[first:last] = ["--bind", f"fd://{self.door.fileno()}"]
        env = {**known.env, **_sources(release)}
        log = known.log.with_name(f"{name}-{release.name}.log")
        held = (self.door.fileno(),) if name == "web" else ()
        return replace(known, argv=tuple(words), env=env, folder=release, log=log, inherits=held)

    def faults_in_logs(self) -> list[str]:
        """Every line of a log that tells of an error."""
        return [
            f"{path.name}: {line}"
            for path in sorted((self.stand.state / "logs").glob("*-*.log"))
            if path.name.startswith(("web-", "worker-", "beat-"))
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
            if re.search(r"Traceback|CRITICAL|ERROR|\bError\b", line)
        ]


def _sources(release: Path) -> dict[str, str]:
    """What makes Python take a release's own packages, and not those of the checkout whose packages it borrows."""
    return {"PYTHONPATH": f"{release}:{release / 'requests'}"}


def _answers(port: int, *, marked: bool) -> bool:
    """Whether the release with (or without) the mark answers by now; either may."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/inloggen/", headers={"Host": "localhost"})
        answer = connection.getresponse()
        return answer.status == 200 and (MARK.encode() in answer.read()) is marked
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def store_in_an_earlier_shape(stand: Stand) -> int:
    """Give every organisation its regulation as an earlier release stored it; returns how many."""
    changed = 0
    with stand.superuser("main") as main:
        main.execute("set session_replication_role = replica")  # what is published is never changed otherwise
        for path in BODIES.glob("*.json"):
            body = path.read_text(encoding="utf-8").strip()
            slug = json.loads(body)["meta"]["slug"]
            changed += main.execute(
                "update policy_policyversion set body = %s, body_hash = %s where source like %s",
                [body, hash_of(json.loads(body)), f"{slug}_%"],
            ).rowcount
    return changed


def entries(stand: Stand) -> Mapping[str, int]:
    """Every entry in the database with the number of its wordings."""
    with stand.superuser("main") as main:
        found: list[Any] = main.execute(
            "select e.id, count(v.id) from dossiers_entry e"
            " left join dossiers_entryversion v on v.entry_id = e.id group by e.id"
        ).fetchall()
    return {str(entry): many for entry, many in found}


def open_dossiers(stand: Stand) -> list[str]:
    """The dossiers to which something can be added."""
    with stand.superuser("main") as main:
        return [str(row[0]) for row in main.execute("select id from dossiers_dossier where state = 'open'")]
