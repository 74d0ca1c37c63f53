"""./run: start everything, keep it running, stop everything.

A child that dies is started again, later each time it dies young; the rest goes on. When this
process is killed, the kernel stops its children (Linux), and the next start clears what is left.
"""

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from scripts import processes, services
from scripts.application import Application, address, application, loopback, tail, user_name
from scripts.outside import require_answers, require_no_other_settings
from scripts.people import Person, read_people, table
from scripts.processes import Running, Service
from scripts.services import Services
from scripts.state import OperatorError, base_folder, claim, claimed_by, own_folder

LONGEST_PAUSE = 30.0
APPLICATION = ("web", "worker", "beat")
GROWN_UP = 30.0  # a child that lived this many seconds starts again at once


class Stopped(KeyboardInterrupt):
    """Somebody asked this process to stop, at the keyboard or by a signal."""


@dataclass
class Child:
    """A service that must run, and how often it died young."""

    service: Service
    running: Running | None = None
    began: float = 0.0
    deaths: int = 0
    again_at: float = 0.0


@dataclass
class Supervisor:
    """Everything that runs under this process."""

    ours: Services
    port: int
    quiet: bool
    children: list[Child] = field(default_factory=list)

    def say(self, words: str) -> None:
        """Tell the operator; with --json the document has the standard output for itself."""
        print(words, file=sys.stderr if self.quiet else sys.stdout, flush=True)

    def start_services(self) -> None:
        """Databases and broker."""
        services.clear_leftovers(self.ours)
        started = {running.name: running for running in services.start(self.ours, die_with_us=True)}
        owned = [cluster.service() for cluster in self.ours.clusters]
        owned += [self.ours.broker.service()] if self.ours.broker else []
        now = time.monotonic()
        self.children = [Child(service, started.get(service.name), now) for service in owned]

    def start_application(self, app: Application) -> None:
        """Web, worker and beat."""
        for service in app.services():
            child = Child(service)
            self.children.append(child)
            self._start(child)

    def _start(self, child: Child) -> None:
        for cluster in self.ours.clusters:
            if cluster.service().name == child.service.name:
                cluster.forget_crash()
        child.running = processes.spawn(child.service, die_with_us=True)
        child.began = time.monotonic()
        self._remember()

    def _remember(self) -> None:
        processes.remember(self.ours.pids, [child.running for child in self.children if child.running])

    def check(self) -> None:
        """Start again what died."""
        now = time.monotonic()
        for child in self.children:
            if child.running and not processes.alive(child.running):
                processes.end_group(child.running)  # its own children must not work beside the new one
                self._plan_restart(child, now)
            if not child.running and now >= child.again_at:
                self._start(child)
                self.say(f"{child.service.name} runs again.")

    def _plan_restart(self, child: Child, now: float) -> None:
        child.deaths = 0 if now - child.began > GROWN_UP else child.deaths + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2**child.deaths) if child.deaths else 0.0
        child.running, child.again_at = None, now + pause
        self.say(f"{child.service.name} ended by itself; it starts again in {pause:.0f} s (log: {child.service.log}).")

    def watch_start(self) -> None:
        """While the application starts for the first time, a dead process is an error to show."""
        for child in self.children:
            if child.running and not processes.alive(child.running):
                raise OperatorError(f"{child.service.name} ended while it started.\n{tail(child.service.log)}")

    def stop(self) -> None:
        """The application first, then what it stands on."""
        left = processes.remembered(self.ours.pids)
        processes.stop(running for running in left if running.name in APPLICATION)
        processes.stop(running for running in left if running.name not in APPLICATION)
        self.ours.pids.unlink(missing_ok=True)


def _on_signal(number: int, frame: FrameType | None) -> None:
    raise Stopped


def listen_for_signals(listen: bool) -> None:
    """Turn requests to stop into `Stopped`, or let them pass while we already stop."""
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if sign == signal.SIGHUP and signal.getsignal(sign) == signal.SIG_IGN:
            continue  # started with nohup
        signal.signal(sign, _on_signal if listen else signal.SIG_IGN)


def require_free_port(port: int) -> None:
    """Say so before anything starts."""
    for place in loopback():
        with socket.socket(socket.AF_INET6 if ":" in place else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((place, port))
            except OSError:
                taken = f"Port {port} is in use by another program; choose one with ./run --port N."
                raise OperatorError(taken) from None


def wipe(base: Path) -> None:
    """Remove the state of the demo; what the tests use and the lock that we hold stay."""
    for found in base.iterdir():
        if found.name in ("test", "run.lock") or found.name.startswith("programs-"):
            continue
        if found.is_dir() and not found.is_symlink():
            shutil.rmtree(found)
        else:
            found.unlink()


def run(options: argparse.Namespace) -> int:
    """Start, report, keep watch until somebody stops us."""
    began = time.monotonic()
    base = own_folder(base_folder())
    here = address(options.port)
    lock = claim(base / "run.lock", {"address": here})
    if lock is None:
        first = claimed_by(base / "run.lock")
        raise OperatorError(
            f"It already runs at {first.get('address')} (process {first.get('pid')}); stop that one first."
        )
    with lock:
        require_free_port(options.port)
        if options.reset:
            services.clear_leftovers(services.plan("demo"))
            wipe(base)
        supervisor = Supervisor(services.plan("demo"), options.port, options.json)
        listen_for_signals(True)
        try:
            people = bring_up(supervisor, options)
            report(supervisor, here, people, options.json)
            supervisor.say(f"\nReady in {time.monotonic() - began:.1f} s at {here}; Ctrl-C stops it.")
            while True:
                time.sleep(0.5)
                supervisor.check()
        except Stopped:
            return 0
        finally:
            listen_for_signals(False)
            supervisor.say("Stopping.")
            supervisor.stop()


def bring_up(supervisor: Supervisor, options: argparse.Namespace) -> list[Person]:
    """All steps from nothing to a page that answers."""
    ours = supervisor.ours
    require_no_other_settings(ours, os.environ)
    require_answers(ours)
    supervisor.say("Starting the databases and the broker.")
    supervisor.start_services()
    app = application(ours, supervisor.port)
    supervisor.say("Bringing the databases up to date.")
    app.command("migrate_all", log="migrate")
    people = []
    embedded = any(cluster.name == "main" for cluster in ours.clusters)
    if options.demo if options.demo is not None else embedded:
        supervisor.say("Loading the demo.")
        people = read_people(app.command("demo", "--json", log="demo"))
    supervisor.say(f"Starting web, worker and beat as {user_name(app.unprivileged)}.")
    supervisor.start_application(app)
    app.wait_until_healthy(supervisor.watch_start)
    return people


def report(supervisor: Supervisor, here: str, people: list[Person], as_json: bool) -> None:
    """Where it runs and who can sign in."""
    state = supervisor.ours.state
    if not as_json:
        supervisor.say(table(people) if people else "There are no demo people.")
        return
    document = {
        "urls": {"app": here, "health": f"{here}health/"},
        "pids": {child.service.name: child.running.pid for child in supervisor.children if child.running},
        "folders": {"data": str(state), **{name: str(state / name) for name in ("logs", "mail", "files")}},
        "people": [person.as_dict() for person in people],
    }
    print(json.dumps(document, ensure_ascii=False), flush=True)


def arguments() -> argparse.Namespace:
    """The command line of ./run."""
    parser = argparse.ArgumentParser(prog="./run", description="Start the whole application; Ctrl-C stops it.")
    parser.add_argument("--port", type=int, default=8000, help="port on localhost (8000)")
    parser.add_argument("--json", action="store_true", help="print one JSON document instead of a table")
    parser.add_argument("--reset", action="store_true", help="first remove the demo's own data")
    parser.add_argument(
        "--demo",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="load the demo (by default only into a database that we started ourselves)",
    )
    found = parser.parse_args()
    if not 0 < found.port < 65536:
        parser.error("a port is a number between 1 and 65535")
    return found


def main() -> int:
    """The command."""
    try:
        return run(arguments())
    except OperatorError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main())
