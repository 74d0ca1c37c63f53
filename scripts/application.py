"""The processes of the application itself: its commands, web, worker and beat, and as whom they run."""

import http.client
import os
import pwd
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scripts.processes import Service, give_to_service_user, identity, run_as_service_user
from scripts.services import ADDRESSES, BACKUP_ADDRESSES, Services
from scripts.state import CHECKOUT, OperatorError, is_root

# What only the operator's own commands may know.
OWNERS = [*(owner for _, _, owner in ADDRESSES), *BACKUP_ADDRESSES.values()]


@dataclass(frozen=True)
class Application:
    """How this checkout's code is run: environment, user, logs."""

    state: Path
    env: Mapping[str, str]
    unprivileged: bool
    port: int

    def command(self, *words: str, log: str) -> str:
        """Run a management command as the database's owner and return what it printed."""
        path = self.state / "logs" / f"{log}.log"
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as errors:
            done = subprocess.run(  # type: ignore[call-overload]
                [sys.executable, "manage.py", *words],
                check=False,
                cwd=CHECKOUT,
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                **(identity() if self.unprivileged else {}),
            )
        if done.returncode == os.EX_CONFIG:
            raise OperatorError(path.read_text(encoding="utf-8", errors="replace").strip())
        if done.returncode:
            raise OperatorError(f"`manage.py {' '.join(words)}` failed.\n{tail(path)}")
        return str(done.stdout)

    def services(self) -> list[Service]:
        """Web, worker and beat. They log in as the application's role and never learn the owner's address."""
        python = (sys.executable, "-m")
        celery = (*python, "celery", "-A", "casemgmt.celery")
        schedule = give_to_service_user(self.state / "beat") if self.unprivileged else self.state / "beat"
        schedule.mkdir(exist_ok=True)
        return [
            self._service("web", *python, "gunicorn", *self._web_words()),
            self._service("worker", *celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"),
            self._service(
                *("beat", *celery, "beat", "--loglevel", "WARNING", "--pidfile="),
                *("--schedule", str(schedule / "schedule")),
            ),
        ]

    def _web_words(self) -> tuple[str, ...]:
        configuration = str(CHECKOUT / "scripts" / "gunicorn_conf.py")
        doors = [word for place in loopback() for word in ("--bind", at(place, self.port))]
        return ("--config", configuration, *doors, "casemgmt.wsgi:application")

    def _service(self, name: str, *argv: str) -> Service:
        env = {key: value for key, value in self.env.items() if key not in OWNERS}
        log = self.state / "logs" / f"{name}.log"
        return Service(name, argv, log, env, folder=CHECKOUT, patience=6, unprivileged=self.unprivileged)

    def wait_until_healthy(self, still_fine: Callable[[], None], seconds: float = 60) -> None:
        """Ask for /health/ until it answers 200."""
        until = time.monotonic() + seconds
        while (status := _status(self.port)) != 200:
            still_fine()
            if time.monotonic() > until:
                said = f"answered {status}" if status else "did not answer"
                raise OperatorError(f"The web process {said} within {seconds:.0f} seconds.\n{self.web_log()}")
            time.sleep(0.1)

    def web_log(self) -> str:
        """The end of the web process's log."""
        return tail(self.state / "logs" / "web.log")


def application(services: Services, port: int) -> Application:
    """Decide under whom the application runs, and give it its environment."""
    unprivileged = is_root() and _readable_for_service_user()
    env = {**os.environ, **services.env, "DJANGO_SETTINGS_MODULE": "casemgmt.settings", "WEB_GRACEFUL_SECONDS": "4"}
    # Where letters and mail lead; whoever started us may know better, such as behind a proxy.
    env.setdefault("CASEMGMT_ADDRESS", address(port).rstrip("/"))
    # The environment is complete: the settings need not look for a file, in which the owner's address stands.
    env["CASEMGMT_ENV_FILE"] = os.devnull
    if unprivileged:
        # That user cannot write bytecode beside the sources, and without it every start takes seconds.
        env["PYTHONPYCACHEPREFIX"] = str(give_to_service_user(services.state / "bytecode"))
        env["HOME"] = str(services.state)
    return Application(services.state, env, unprivileged, port)


def _readable_for_service_user() -> bool:
    """Whether the unprivileged user can read the interpreter, the packages and every source."""
    try:
        # The worker's pool also needs locks in shared memory, which some containers keep for root.
        trial = "import gunicorn, multiprocessing; multiprocessing.Lock()"
        tried = run_as_service_user([sys.executable, "-c", trial], cwd=CHECKOUT)
        if tried.returncode:
            return False
        skipped = ["-name", ".git", "-o", "-name", ".venv", "-o", "-name", ".state", "-o", "-name", ".*_cache"]
        words = ["find", ".", "(", *skipped, ")", "-prune", "-o", "!", "-readable", "-print", "-quit"]
        found = run_as_service_user(words, cwd=CHECKOUT)
    except PermissionError:
        return False
    return found.returncode == 0 and not found.stdout.strip()


def loopback() -> tuple[str, ...]:
    """Where "localhost" may lead on this machine: browsers try IPv6 first, and some machines have none."""
    return tuple(place for place in ("127.0.0.1", "::1") if place == "127.0.0.1" or _has(place))


def at(place: str, port: int) -> str:
    """A place and a port as one address."""
    return f"[{place}]:{port}" if ":" in place else f"{place}:{port}"


def address(port: int) -> str:
    """Where people open it. By name: browsers refuse passkeys on a page whose host is a number."""
    return f"http://localhost:{port}/"


def _has(place: str) -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind((place, 0))
    except OSError:
        return False
    return True


def _status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def tail(path: Path, lines: int = 15) -> str:
    """The last lines of a log, with its place."""
    try:
        found = path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
    except OSError:
        found = []
    return "\n".join([f"The end of {path}:", *(f"  {line}" for line in found or ["(empty)"])])


def user_name(unprivileged: bool) -> str:
    """For the console: the name of the user under whom the application runs."""
    return "nobody" if unprivileged else pwd.getpwuid(os.geteuid()).pw_name
