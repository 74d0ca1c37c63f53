"""The compose file played on plain processes: each service with its own command, files of secrets and order.

What a container adds is replaced by as little as can be: names of hosts by ports of this machine, volumes by folders,
and the programs of an image by those that the tests use. All else is what stands in the file and in the Dockerfile.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import redis

from scripts import broker, postgres, processes
from scripts.processes import Running, Service, give_to_service_user
from scripts.state import CHECKOUT

HOSTS = ("database", "vault", "broker")
VOLUMES = ("files", "ledger", "backups", "vault-backups")
# How the image of PostgreSQL asks its server to stop: at once, and in order.
STOPS = {"database": signal.SIGINT, "vault": signal.SIGINT}
DOCKERFILE_ENV = re.compile(r"^ENV PATH=/venv.*?(?=^\w)", re.MULTILINE | re.DOTALL)
DOCKERFILE_COMMAND = re.compile(r"^CMD (\[.*\])$", re.MULTILINE)


@dataclass
class Played:
    """One installation of the compose file, in a folder that goes afterwards."""

    folder: Path
    services: Mapping[str, dict[str, Any]]
    ports: Mapping[str, int]
    running: dict[str, Running] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Begin a service that stays, after what it waits for."""
        self._wait_for(name)
        log = self.folder / "logs" / f"{name}.log"
        if name in ("database", "vault"):
            self._make_cluster(name)
        words, known, ours = tuple(self.command(name)), self.environment(name), name in HOSTS
        service = Service(
            name, words, log, known, self._where(name), unprivileged=ours, stop_signal=STOPS.get(name, 15)
        )
        self.running[name] = processes.spawn(service, die_with_us=True)

    def _make_cluster(self, name: str) -> None:
        """What the image of PostgreSQL does at its first start."""
        data, secret = give_to_service_user(self.folder / name), self.folder / f"{name}-word"
        secret.write_text(self.environment(name)["POSTGRES_PASSWORD"])
        shutil.chown(secret, *(data.stat().st_uid, data.stat().st_gid))
        words = self.services[name]["environment"]["POSTGRES_INITDB_ARGS"].split()
        program = postgres.find_programs().folder / "initdb"
        done = processes.run_as_service_user(
            [str(program), "-D", str(data), "--username=postgres", f"--pwfile={secret}", *words]
        )
        assert done.returncode == 0, done.stdout

    def run(self, name: str, *command: str) -> subprocess.CompletedProcess[str]:
        """Run a service to its end, or another command with all that the service knows."""
        self._wait_for(name)
        return subprocess.run(
            list(command) or self.command(name),
            cwd=self._where(name),
            env=self.environment(name),
            check=False,
            capture_output=True,
            text=True,
        )

    def entrypoint(self, name: str) -> list[str]:
        """What the words of who runs the service are added to."""
        return [self._said(str(word)) for word in self.services[name]["entrypoint"]]

    def end(self, *names: str) -> None:
        """Stop some services, as compose does."""
        several = [self.running.pop(name) for name in names if name in self.running]
        processes.stop(several)
        for one in several:
            processes.end_group(one)

    def healthy(self, name: str) -> bool:
        """Whether the service says itself that it is ready, in the way that the file asks it."""
        words = self.services[name]["healthcheck"]["test"]
        assert words[0] == "CMD-SHELL"
        asked = ["sh", "-c", self._said(words[1])]
        done = subprocess.run(
            asked, cwd=self._where(name), env=self.environment(name), check=False, capture_output=True
        )
        return done.returncode == 0

    def command(self, name: str) -> list[str]:
        """What the service runs, on this machine."""
        if name == "web":
            found = DOCKERFILE_COMMAND.search((CHECKOUT / "Dockerfile").read_text())
            assert found
            words = json.loads(found[1])
        else:
            words = self.services[name]["command"]
        words = [self._said(str(word)) for word in words]
        if words[0] == "postgres":
            data = self.folder / name
            words = [str(postgres.find_programs().folder / "postgres"), "-D", str(data), *words[1:]]
            words += ["-c", f"port={self.ports[name]}", "-c", "listen_addresses=127.0.0.1"]
            words += ["-c", f"unix_socket_directories={data}"]
        return words

    def environment(self, name: str) -> dict[str, str]:
        """What the service knows: of the image, of its files of secrets, of the compose file."""
        known = {**self._of_the_image()} if self.services[name]["image"].startswith("casemgmt") else {}
        for file in self.services[name].get("env_file", ()):
            for line in (self.folder / "compose" / Path(file).name).read_text().splitlines():
                key, _, value = line.partition("=")
                known[key] = self._placed(value)
        path = f"{self.folder / 'bin'}:{Path(sys.executable).parent}:/usr/bin:/bin"
        return {**known, "PATH": path, "LANG": "C.UTF-8", "HOME": str(self.folder), "HOSTNAME": os.uname().nodename}

    def _of_the_image(self) -> dict[str, str]:
        found = DOCKERFILE_ENV.search((CHECKOUT / "Dockerfile").read_text())
        assert found
        words = shlex.split(found[0].replace("\\\n", " "))[1:]
        given = dict(word.split("=", 1) for word in words)
        folders = {f"/{name}": str(self.folder / name) for name in VOLUMES}
        folders |= {"/app/staticfiles": str(self.folder / "static")}
        folders |= {"/opt/postgresql/bin": str(postgres.find_programs().folder)}
        given = {key: folders.get(value, value) for key, value in given.items()}
        given["PYTHONPATH"] = given["PYTHONPATH"].replace("/app", str(CHECKOUT))
        return given

    def _placed(self, text: str) -> str:
        """An address of a service as one of this machine."""
        for name in HOSTS:
            text = re.sub(rf"@{name}:\d+", f"@127.0.0.1:{self.ports[name]}", text)
        return text

    def _said(self, word: str) -> str:
        """A word of a command: `$$` is compose's own `$`, and ports and /tmp are ours."""
        word = word.replace("$$", "$").replace("/tmp/", f"{self.folder}/tmp/")
        word = word.replace("0.0.0.0:8000", f"127.0.0.1:{self.ports['web']}")
        return word.replace("valkey-server ", f"{broker.program(self.folder)} --port {self.ports['broker']} ")

    def _where(self, name: str) -> Path:
        return CHECKOUT if self.services[name]["image"].startswith("casemgmt") else self.folder / "tmp"

    def _wait_for(self, name: str) -> None:
        """What compose waits for: who must be healthy here, by a question from outside."""
        for other, asked in self.services[name].get("depends_on", {}).items():
            if asked["condition"] == "service_healthy":
                until(lambda other=other: self.answers(other), 30, f"{other} for {name}")  # type: ignore[misc]

    def answers(self, name: str) -> bool:
        """Whether a database takes its superuser, or the broker a connection."""
        if name == "broker":
            return self.broker_answers()
        known = self.environment(name)
        try:
            address = f"postgresql://postgres:{known['POSTGRES_PASSWORD']}@127.0.0.1:{self.ports[name]}/postgres"
            psycopg.connect(address, connect_timeout=3).close()
        except psycopg.OperationalError:
            return False
        return True

    def broker_answers(self) -> bool:
        """Whether the broker knows the application's password."""
        try:
            return bool(redis.Redis.from_url(self.environment("web")["BROKER_URL"]).ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        """End all of it, servers last."""
        first = [one for name, one in self.running.items() if name not in HOSTS]
        processes.stop(first)
        processes.stop([self.running[name] for name in HOSTS if name in self.running])
        for one in self.running.values():
            processes.end_group(one)


def until(asked: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something is so; fails with its name when it does not become so."""
    end = time.monotonic() + seconds
    while not asked():
        assert time.monotonic() < end, f"{what} did not come within {seconds:.0f} seconds"
        time.sleep(0.2)
