"""People at work for some minutes on the whole application, and then ever faster, until something breaks.

Web, worker and beat run as production runs them. Everybody signs in through the door, from an address of their
own, and has a session of their own. What is told: faults, the median and the 95th of each sort of page, how busy
the machine was, and what broke first.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field

from benchmarks import loadreport, serving, staffing
from benchmarks.browser import Browser, Notes, Seen, Unexpected
from benchmarks.places import Size, superuser, use
from benchmarks.results import machine
from benchmarks.working import Account, Worker, sign_in
from scripts.processes import dies_with_parent
from scripts.services import Services
from scripts.state import CHECKOUT

CLIENTS = 0.1  # of all people, who are in the portal
ARRIVING_EACH, LONGEST_ARRIVING = 0.4, 300.0
STEP_SECONDS, STEPS, TOO_SLOW = 30.0, 7, 2000.0


@dataclass
class Sample:
    """How it stood at a moment: share of the processors that was busy, and connections to the main cluster."""

    at: float
    busy: float
    connections: int


@dataclass
class Phase:
    """A stretch of time with one pace; ``pause`` is the mean number of seconds between two pages of one person."""

    name: str
    pause: float
    began: float = 0.0
    ended: float = 0.0


@dataclass
class Crowd:
    """Everybody, and the pace that they all keep."""

    port: int
    accounts: list[Account]
    pause: float
    notes: Notes = field(default_factory=Notes)
    over: threading.Event = field(default_factory=threading.Event)
    inside: int = 0
    turned_away: int = 0
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def arrive(self, seconds: float) -> None:
        """Everybody comes in and signs in, spread over some seconds, and begins to work."""
        for number, account in enumerate(self.accounts):
            delay = seconds * number / max(1, len(self.accounts))
            thread = threading.Thread(target=self._live, args=(number, account, delay), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _live(self, number: int, account: Account, delay: float) -> None:
        self.over.wait(delay)
        browser = Browser(self.port, f"127.0.{1 + number // 250}.{1 + number % 250}", self.notes)
        chance = random.Random(f"pace {number}")
        try:
            sign_in(browser, account)
        except (Unexpected, LookupError):
            self._count(came_in=False)
            return
        self._count(came_in=True)
        worker = Worker(browser, account, number)
        while not self.over.is_set():
            try:
                worker.round(lambda: not self.over.wait(self.pause * chance.uniform(0.5, 1.5)))
            except Unexpected:
                # It is noted; a person goes back to the start and tries again.
                self.over.wait(self.pause)

    def _count(self, *, came_in: bool) -> None:
        with self._lock:
            self.inside += came_in
            self.turned_away += not came_in

    def coming(self) -> bool:
        """Whether somebody still stands at the door."""
        with self._lock:
            return self.inside + self.turned_away < len(self.accounts)

    def leave(self) -> None:
        """Everybody stops after the page they are at."""
        self.over.set()
        for thread in self._threads:
            thread.join(90)


def main(services: Services, size: Size, options: argparse.Namespace) -> int:
    """Set up, let people work, go faster until it breaks, and write the report; 1 when the ten minutes had a fault."""
    use(size)
    portal = max(1, round(options.people * CLIENTS))
    print("Who is new is invited and let in, and names become findable; the first time this takes minutes.", flush=True)
    accounts = staffing.staff(options.people - portal)
    accounts += staffing.clients(portal, size.dossiers, options.people - portal)
    staffing.make_searchable()
    random.Random(0).shuffle(accounts)
    print(f"{len(accounts)} people can sign in.", flush=True)
    samples: list[Sample] = []
    before = _entries(services, size)
    with _application(services, size) as port, _sampling(services, samples):
        crowd = Crowd(port, accounts, options.pause)
        phases = _work(crowd, options)
        crowd.leave()
    told = {
        "people": len(accounts),
        "inside": crowd.inside,
        "dossiers": size.dossiers,
        "minutes": options.minutes,
        "kept": _entries(services, size) - before,
        "machine": machine(""),
        "phases": [asdict(phase) for phase in phases],
        "samples": [asdict(one) for one in samples],
        "seen": [asdict(one) for one in crowd.notes.seen],
    }
    return _write(told, options)


def _work(crowd: Crowd, options: argparse.Namespace) -> list[Phase]:
    """Sign in, work for the asked minutes, then halve the pause again and again until it breaks."""
    arriving = Phase(loadreport.SIGNING_IN, crowd.pause, time.monotonic())
    crowd.arrive(ARRIVING_EACH * len(crowd.accounts))
    while crowd.coming() and time.monotonic() < arriving.began + LONGEST_ARRIVING:
        time.sleep(0.2)
    phases = [_ended(arriving)]
    print(f"{crowd.inside} people are inside; they work for {options.minutes:g} minutes.", flush=True)
    phases.append(_phase(crowd, loadreport.AT_WORK, crowd.pause, options.minutes * 60))
    for number in range(STEPS if options.until_it_breaks else 0):
        crowd.pause /= 2
        phases.append(_phase(crowd, f"{2 ** (number + 1)} times as fast", crowd.pause, STEP_SECONDS))
        if loadreport.broke(_seen_in(crowd.notes, phases[-1]), TOO_SLOW):
            break
    return phases


def _phase(crowd: Crowd, name: str, pause: float, seconds: float) -> Phase:
    phase = Phase(name, pause, time.monotonic())
    time.sleep(seconds)
    ended = _ended(phase)
    print(loadreport.line(name, pause, _seen_in(crowd.notes, ended), seconds), flush=True)
    return ended


def _ended(phase: Phase) -> Phase:
    phase.ended = time.monotonic()
    return phase


def _seen_in(notes: Notes, phase: Phase) -> list[Seen]:
    return [one for one in list(notes.seen) if phase.began <= one.at < phase.ended]


@contextlib.contextmanager
def _application(services: Services, size: Size) -> Iterator[int]:
    """Web, worker and beat, with the real addresses and nothing beside them; gives the port."""
    environment = serving.product_environment(services, size)
    celery = [sys.executable, "-m", "celery", "-A", "casemgmt.celery"]
    schedule = services.state / "beat" / "bench-schedule"
    schedule.parent.mkdir(exist_ok=True)
    commands = {
        "worker": [*celery, "worker", "--concurrency", "2", "--loglevel", "WARNING"],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile=", "--schedule", str(schedule)],
    }
    started = []
    try:
        for name, command in commands.items():
            with (services.state / "logs" / f"bench-{name}.log").open("wb") as log:
                started.append(
                    subprocess.Popen(
                        command,
                        cwd=CHECKOUT,
                        env=environment,
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=subprocess.STDOUT,
                        start_new_session=True,
                        preexec_fn=dies_with_parent(signal.SIGTERM),
                    )
                )
        with serving.product(services, size, "casemgmt.wsgi") as web:
            yield web.port
    finally:
        for process in started:
            process.terminate()
        for process in started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def _sampling(services: Services, samples: list[Sample]) -> Iterator[None]:
    """Look every five seconds how busy the machine is."""
    over = threading.Event()

    def look() -> None:
        with superuser(services, "main", "postgres") as connection:
            before = _ticks()
            while not over.wait(5):
                now = _ticks()
                busy = 1 - (now[1] - before[1]) / max(1, now[0] - before[0])
                row = connection.execute("select count(*) from pg_stat_activity where usename <> 'postgres'").fetchone()
                samples.append(Sample(time.monotonic(), busy, int(row[0]) if row else 0))
                before = now

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(10)


def _entries(services: Services, size: Size) -> int:
    with superuser(services, "main", size.main) as connection:
        row = connection.execute("select count(*) from dossiers_entry").fetchone()
    return int(row[0]) if row else 0


def _ticks() -> tuple[int, int]:
    """All ticks of the processors and the idle ones; zeros where the system does not tell."""
    try:
        with open("/proc/stat", encoding="ascii") as told:
            numbers = [int(word) for word in told.readline().split()[1:9]]
    except OSError:
        return 0, 0
    return sum(numbers), numbers[3] + numbers[4]


def _write(told: dict[str, object], options: argparse.Namespace) -> int:
    options.out.mkdir(parents=True, exist_ok=True)
    summary = loadreport.summary(told)
    (options.out / "load.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    for name, text in loadreport.files(summary).items():
        (options.out / name).write_text(text, encoding="utf-8")
    print(loadreport.files(summary)["load.md"])
    return 0 if loadreport.held(summary) else 1
