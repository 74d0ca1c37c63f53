"""./test: every check, each to its end, so that one run tells all that is wrong.

The last line is pytest's own closing line.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from scripts.processes import dies_with_parent
from scripts.services import hold_test_services, release_test_services
from scripts.state import CHECKOUT, OperatorError, base_folder, claim, claimed_by, own_folder, state_folder

PROGRAMS = Path(sys.executable).parent
CLOSING_LINE = re.compile(r"^=+ .*\bin [\d.]+s.* =+$")
COLOUR = re.compile(r"\x1b\[[\d;]*m")


@dataclass(frozen=True)
class Stage:
    """One check and how it went."""

    name: str
    passed: bool
    seconds: float
    closing: str = ""


def commands(words: list[str]) -> dict[str, list[str]]:
    """Each check's command; the words that are not ours go to pytest."""
    ours = ["--long"]
    asked = [word for word in words if word not in ours]
    return {
        "ruff": [str(PROGRAMS / "ruff"), "check", "--quiet", "."],
        "format": [str(PROGRAMS / "ruff"), "format", "--check", "--quiet", "."],
        "mypy": [sys.executable, "-m", "mypy"],
        "imports": [str(PROGRAMS / "lint-imports")],
        "pytest": [sys.executable, "-m", "pytest", *_pytest_words(asked, long="--long" in words)],
    }


def _pytest_words(asked: list[str], *, long: bool) -> list[str]:
    """Both cores for the whole suite; a chosen part runs as its author asks for it."""
    both_cores = [] if asked else ["--numprocesses=2", "--dist=worksteal"]
    # The project's own options leave the long tests out; the last -m counts.
    selection = ["-m", "long or not long"] if long else []
    return ["--color=yes" if sys.stdout.isatty() else "--color=no", *both_cores, *selection, *asked]


def run_stage(name: str, command: list[str], env: Mapping[str, str]) -> Stage:
    """Run one check, show what it says as it says it."""
    print(f"--- {name}", flush=True)
    began, closing = time.monotonic(), ""
    # A session of its own: Ctrl-C reaches only us, and we stop the whole of it.
    with subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=dies_with_parent(signal.SIGTERM),
    ) as process:
        try:
            for line in process.stdout or ():
                sys.stdout.buffer.write(line)
                sys.stdout.flush()
                text = COLOUR.sub("", line.decode(errors="replace")).strip()
                closing = text if CLOSING_LINE.match(text) else closing
            process.wait()
        except KeyboardInterrupt:
            _end(process)
            raise
    return Stage(name, process.returncode == 0, time.monotonic() - began, closing)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let the check clean up, but not for ever."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


@contextmanager
def services_held() -> Iterator[dict[str, str]]:
    """The environment of the checks, with the tests' services behind it until they are done."""
    users, values = hold_test_services()
    try:
        yield {
            "CASEMGMT_TEST_SUFFIX": "_gate",  # a developer's own run beside us keeps its database
            **os.environ,
            **values,
        }
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        release_test_services(users)


def summary(stages: list[Stage]) -> str:
    """A line for each check, then pytest's closing line."""
    lines = ["", "--- summary"]
    lines += [f"{stage.name:10} {'passed' if stage.passed else 'FAILED'} {stage.seconds:7.1f} s" for stage in stages]
    return "\n".join(lines + [stage.closing for stage in stages if stage.closing])


def run(words: list[str]) -> int:
    """Every check in turn."""
    own_folder(base_folder())
    path = own_folder(state_folder("test")) / "gate.lock"
    lock = claim(path, {})
    if lock is None:
        raise OperatorError(f"Another ./test runs in this checkout (process {claimed_by(path).get('pid')}).")
    stages = []
    with lock, services_held() as env:
        for name, command in commands(words).items():
            stages.append(run_stage(name, command, env))
    print(summary(stages), flush=True)
    return 0 if all(stage.passed for stage in stages) else 1


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> int:
    """The command."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print("Usage: ./test [--long] [arguments for pytest]")
        return 0
    # Set for SIGINT too: a shell starts what it runs in the background with that signal off.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _interrupt)
    try:
        return run(sys.argv[1:])
    except OperatorError as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
