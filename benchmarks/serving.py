"""The product and the comparison behind gunicorn, as production serves: its own configuration, two processes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.places import Size, address, filled_with, make_database, mark_filled, superuser
from benchmarks.recipe import digest
from scripts.processes import dies_with_parent
from scripts.services import Services
from scripts.state import CHECKOUT

PATIENCE = 60.0


@dataclass(frozen=True)
class Served:
    """A running server: its port, its log, and the process at its head."""

    port: int
    log: Path
    pid: int


def product_environment(services: Services, size: Size) -> dict[str, str]:
    """What the web processes of the product are told: the databases of one size, and no owner's address."""
    owners = ("DATABASE_OWNER_URL", "VAULT_DATABASE_OWNER_URL")
    return {
        **{key: value for key, value in os.environ.items() if key not in owners},
        "DATABASE_URL": address(services, "main", size.main),
        "VAULT_DATABASE_URL": address(services, "vault", size.vault),
        "CASEMGMT_ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "casemgmt.settings",
        # Counts of tries and lists of one size are not those of another.
        "CASEMGMT_BROKER_PREFIX": size.main,
        "CASEMGMT_STATIC": str(services.state / "static"),
    }


@contextlib.contextmanager
def product(services: Services, size: Size, module: str = "benchmarks.wsgi") -> Iterator[Served]:
    """The product, with the bare view beside its pages."""
    (services.state / "static").mkdir(exist_ok=True)
    with _served(services, module, product_environment(services, size)) as served:
        yield served


@contextlib.contextmanager
def peer(services: Services, size: Size) -> Iterator[tuple[Served, dict[str, str]]]:
    """The comparison, filled when it is not, with a session for each of its people."""
    environment = {
        **os.environ,
        # Its tables are its own: it is set up as a team would, under the owner's role.
        "BENCH_PEER_URL": address(services, "main", size.peer, owner=True),
        "DJANGO_SETTINGS_MODULE": "benchmarks.peer.settings",
    }
    mark = digest(size.dossiers, *(file.read_text() for file in _recipe())).hex()[:16]
    if filled_with(services, "main", size.peer) != mark:
        make_database(services, "main", size.peer)
    command = [sys.executable, "-m", "benchmarks.peer.prepare", str(size.dossiers)]
    said = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False)
    if said.returncode:
        raise SystemExit(f"The comparison could not be filled:\n{said.stderr[-2000:]}")
    with superuser(services, "main", size.peer) as connection:
        mark_filled(connection, size.peer, mark)
    with _served(services, "benchmarks.peer.wsgi", environment) as served:
        yield served, json.loads(said.stdout)


def _recipe() -> list[Path]:
    here = Path(__file__).parent
    return [here / "recipe.py", here / "peer" / "models.py", here / "peer" / "prepare.py"]


@contextlib.contextmanager
def _served(services: Services, module: str, environment: Mapping[str, str]) -> Iterator[Served]:
    port, name = _free_port(), module.split(".")[-2] if "peer" in module else "product"
    log = services.state / "logs" / f"bench-{name}.log"
    configuration = str(CHECKOUT / "scripts" / "gunicorn_conf.py")
    command = [sys.executable, "-m", "gunicorn", "--config", configuration, "--bind", f"127.0.0.1:{port}"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, f"{module}:application"],
            cwd=CHECKOUT,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
    try:
        _wait(process, port, log)
        yield Served(port, log, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.2)
    raise SystemExit(f"A server did not start:\n{log.read_text(errors='replace')[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
