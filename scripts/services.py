"""The databases and the broker of one checkout, for the demo or for the tests.

What an address in the environment names (DATABASE_URL, VAULT_DATABASE_URL, BROKER_URL) is
used as it is; the rest is started here, on unix sockets, with generated passwords.

    python scripts/services.py start-test    start the tests' services, keep them, print their env file
    python scripts/services.py stop-test     stop them
"""

import argparse
import base64
import fcntl
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from scripts import processes
from scripts.broker import Broker
from scripts.postgres import Cluster
from scripts.processes import Running, give_to_service_user
from scripts.roles import default_privileges_sql
from scripts.state import (
    CHECKOUT,
    OperatorError,
    base_folder,
    env_file,
    locked,
    own_folder,
    read_env,
    state_folder,
    write_env,
    write_private,
)

__all__ = ["HELD", "Services", "default_privileges_sql", "hold_test_services", "plan", "release_test_services", "start"]

HELD = "CASEMGMT_TEST_SERVICES_HELD"  # in the environment of whoever runs under a holder
ADDRESSES = (
    ("main", "DATABASE_URL", "DATABASE_OWNER_URL"),
    ("vault", "VAULT_DATABASE_URL", "VAULT_DATABASE_OWNER_URL"),
)
# The role that makes backups has an address of its own, which web and worker are started without.
BACKUP_ADDRESSES = {"main": "DATABASE_BACKUP_URL", "vault": "VAULT_DATABASE_BACKUP_URL"}
ROLES = {
    "main": ("casemgmt", "casemgmt_owner", "casemgmt_app", "casemgmt_backup"),
    "vault": ("vault", "vault_owner", "vault_app", "vault_backup"),
}


@dataclass(frozen=True)
class Services:
    """What is ours to start, and the environment in which the application finds it."""

    state: Path
    clusters: tuple[Cluster, ...]
    broker: Broker | None
    env: dict[str, str]

    @property
    def pids(self) -> Path:
        """The note of what runs."""
        return self.state / "pids"


def plan(environment: str) -> Services:
    """Make the state folder, its passwords and keys, and decide what has to be started."""
    own_folder(base_folder())
    state = own_folder(state_folder(environment))
    own_folder(state / "logs", 0o700)
    for name in ("files", "files/ledger", "mail", "clock", "backups", "vault-backups"):
        give_to_service_user(state / name)
    outside = _given_from_outside()
    clusters = tuple(
        Cluster(name, *ROLES[name], state, passwords_of(state, name), durable=environment != "test")
        for name, address, _ in ADDRESSES
        if address not in outside
    )
    broker = None if "BROKER_URL" in outside else Broker(state)
    own = _keep_env(state, environment, clusters, broker)
    return Services(state, clusters, broker, {**own, **outside})


def _given_from_outside() -> dict[str, str]:
    """Addresses in the environment, except those that our own env files put there."""
    own = {value for environment in ("demo", "test") for value in read_env(env_file(environment)).values()}
    names = [name for _, *pair in ADDRESSES for name in pair] + ["BROKER_URL"]
    given = {name: os.environ[name] for name in names if os.environ.get(name) and os.environ[name] not in own}
    for _, address, owner_address in ADDRESSES:
        if address in given:
            given.setdefault(owner_address, given[address])
        else:
            given.pop(owner_address, None)
    return given


def passwords_of(state: Path, name: str) -> dict[str, str]:
    """The passwords of a cluster's roles, generated once; the superuser's never reaches the application."""
    path = state / f"passwords-{name}"
    known: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    passwords = {role: known.get(role) or secrets.token_hex(24) for role in ("postgres", *ROLES[name][1:])}
    if passwords != known:
        write_private(path, json.dumps(passwords))
    return passwords


def _keep_env(state: Path, environment: str, clusters: Iterable[Cluster], broker: Broker | None) -> dict[str, str]:
    """The env file: addresses of what we start, and keys that are generated once and kept."""
    kept = read_env(state / "env")
    values = {
        "CASEMGMT_MASTER_KEY": _random_key(),
        "CASEMGMT_SIGNING_KEY": _random_key(),
        "CASEMGMT_SECRET_KEY": secrets.token_urlsafe(48),
        **{name: value for name, value in kept.items() if name.endswith("_KEY")},
        "CASEMGMT_ENV": environment,
        "CASEMGMT_STATE": str(state),
        "CASEMGMT_CLOCK_FILE": str(state / "clock" / "shift"),
        "CASEMGMT_FILES": str(state / "files"),
        "CASEMGMT_MAIL": str(state / "mail"),
        "CASEMGMT_LOGS": str(state / "logs"),
        "CASEMGMT_BACKUPS": str(state / "backups"),
        "CASEMGMT_VAULT_BACKUPS": str(state / "vault-backups"),
        "CASEMGMT_BACKUP_RECIPIENT": _backup_recipient(state),
    }
    for cluster in clusters:
        _, address, owner_address = next(row for row in ADDRESSES if row[0] == cluster.name)
        values |= {address: cluster.url(cluster.app), owner_address: cluster.url(cluster.owner)}
        values |= {BACKUP_ADDRESSES[cluster.name]: cluster.url(cluster.backup)}
        values["CASEMGMT_PG_BIN"] = str(cluster.programs.folder)
    if broker:
        values["BROKER_URL"] = broker.url
    if values != kept:
        write_env(state / "env", values)
    return values


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def _backup_recipient(state: Path) -> str:
    """The public half of the key that opens backups; here, and only here, the other half stands beside it."""
    path = state / "backup-key.pem"
    if not path.exists():
        fresh = X25519PrivateKey.generate()
        plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_private(path, fresh.private_bytes(*plain).decode("ascii"))
    key = load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, X25519PrivateKey)
    return base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii")


def start(services: Services, *, die_with_us: bool) -> list[Running]:
    """Start what does not answer yet and wait until all of it does."""
    started: list[Running] = []
    missing = [cluster for cluster in services.clusters if not (cluster.running_pid() and cluster.answers())]
    for cluster in missing:
        cluster.initialise()
        cluster.forget_crash()
        started.append(processes.spawn(cluster.service(), die_with_us=die_with_us))
    if services.broker and not services.broker.answers():
        services.broker.initialise()
        started.append(processes.spawn(services.broker.service(), die_with_us=die_with_us))
        services.broker.wait()
    processes.remember(services.pids, [*processes.remembered(services.pids), *started])
    for cluster in missing:
        cluster.wait()
    for cluster in services.clusters:
        if cluster in missing or not cluster.prepared():
            cluster.prepare()
    return started


def answering(services: Services) -> bool:
    """Whether everything that is ours takes connections."""
    broker = services.broker is None or services.broker.answers()
    return broker and all(cluster.running_pid() and cluster.answers() for cluster in services.clusters)


def clear_leftovers(services: Services) -> None:
    """Stop what an earlier supervisor left behind when it was killed."""
    left = processes.remembered(services.pids)
    known = {running.pid for running in left}
    for cluster in services.clusters:
        pid = cluster.running_pid()
        if pid and pid not in known:
            left.append(processes.recognise(cluster.service(), pid))
    processes.stop(left)
    services.pids.unlink(missing_ok=True)


def start_test(*, keep: bool) -> Path:
    """Start the services of the tests, or find them running, and return the path of their env file."""
    services = plan("test")
    with locked(services.state / "start.lock"):
        if keep:
            (services.state / "kept").touch()
        start(services, die_with_us=False)
    return services.state / "env"


def stop_test(*, unless_kept: bool = False) -> None:
    """Stop the services of the tests."""
    services = plan("test")
    with locked(services.state / "start.lock"):
        kept = services.state / "kept"
        if unless_kept and kept.exists():
            return
        kept.unlink(missing_ok=True)
        clear_leftovers(services)


def hold_test_services() -> tuple[IO[str], dict[str, str]]:
    """Make the tests' services run as long as this process wants them, and say in which environment.

    Several processes may hold them at once. They are started by a process of their own, so that
    no test run inherits children.
    """
    own_folder(base_folder())
    state = own_folder(state_folder("test"))
    users = (state / "users.lock").open("a")
    fcntl.flock(users, fcntl.LOCK_SH)
    _ask("start-test", *(() if os.environ.get("CASEMGMT_KEEP_SERVICES") == "1" else ("--until-unused",)))
    values = {**read_env(state / "env"), **_given_from_outside(), HELD: str(os.getpid())}
    # Playwright keeps an event loop in the thread in which the tests use the database.
    return users, {**values, "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}


def release_test_services(users: IO[str]) -> None:
    """Stop holding them; the last one stops them, unless they are to be kept."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        users.close()
        return
    with users:
        _ask("stop-test", "--unless-kept")


def _ask(*words: str) -> None:
    command = [sys.executable, "-m", "scripts.services", *words]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OperatorError(done.stderr.strip() or f"{' '.join(words)} ended with {done.returncode}.")


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description="Services of the tests.")
    commands = parser.add_subparsers(dest="command", required=True)
    starting = commands.add_parser("start-test", help="start the tests' services and print their env file")
    starting.add_argument("--until-unused", action="store_true", help="the last test run stops them")
    stopping = commands.add_parser("stop-test", help="stop the tests' services")
    stopping.add_argument("--unless-kept", action="store_true", help="but not those that were asked to stay")
    arguments = parser.parse_args()
    try:
        if arguments.command == "start-test":
            print(start_test(keep=not arguments.until_unused))
        else:
            stop_test(unless_kept=arguments.unless_kept)
    except OperatorError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
