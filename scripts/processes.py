"""Start, recognise and stop processes, as an unprivileged user where we are root.

Which processes there are is decided elsewhere (`services.py`, `supervise.py`).
"""

import contextlib
import ctypes
import json
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.state import is_root, write_private

SERVICE_USER = "nobody"
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Service:
    """One process: how it starts, where it logs, which signal asks it to stop."""

    name: str
    argv: tuple[str, ...]
    log: Path
    env: Mapping[str, str]
    folder: Path = Path("/")
    stop_signal: int = signal.SIGTERM
    patience: float = 8.0
    unprivileged: bool = True
    # Open files that it inherits under the same numbers, such as the address at which it listens.
    inherits: tuple[int, ...] = ()


@dataclass(frozen=True)
class Running:
    """A process that we started, recognisable after its number has been given to another."""

    name: str
    pid: int
    born: str
    stop_signal: int = signal.SIGTERM
    patience: float = field(default=8.0, compare=False)


def service_user() -> pwd.struct_passwd:
    """The user under whom services run: we ourselves, unless we are root."""
    return pwd.getpwnam(SERVICE_USER) if is_root() else pwd.getpwuid(os.geteuid())


def run_as_service_user(argv: Iterable[str], **options: object) -> subprocess.CompletedProcess[str]:
    """Run a short command as the service user and keep what it says."""
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        list(argv),
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **{"cwd": "/", **identity(), **options},
    )


def identity() -> dict[str, object]:
    """The arguments of Popen that drop root's rights."""
    if not is_root():
        return {}
    user = service_user()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def give_to_service_user(folder: Path, mode: int = 0o700) -> Path:
    """Make a folder that the service user owns."""
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    folder.chmod(mode)
    if is_root():
        user = service_user()
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


def spawn(service: Service, *, die_with_us: bool) -> Running:
    """Start a service in a session of its own, so that Ctrl-C reaches only its supervisor."""
    with open(os.open(service.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as log:
        process = subprocess.Popen(  # type: ignore[call-overload]
            list(service.argv),
            cwd=service.folder,
            env=dict(service.env),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=service.inherits,
            # Safe here: whoever supervises has one thread, and the call only asks the kernel.
            preexec_fn=dies_with_parent(service.stop_signal) if die_with_us else None,
            **(identity() if service.unprivileged else {}),
        )
    # We wait by process number (see `alive`), so the object itself may go without a warning.
    process.returncode = 0
    return recognise(service, process.pid)


def recognise(service: Service, pid: int) -> Running:
    """A process of this service that somebody else started."""
    return Running(service.name, pid, born(pid), service.stop_signal, service.patience)


def dies_with_parent(sign: int) -> Callable[[], None] | None:
    """For Popen's `preexec_fn`: a killed supervisor cannot stop its children; on Linux the kernel does it."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, sign)
        if os.getppid() != parent:  # he died between the fork and the request
            os._exit(1)

    return ask_kernel


def alive(running: Running) -> bool:
    """Whether that very process still runs; collects it when it is ours and has ended."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(running.pid, os.WNOHANG)
    return bool(running.born) and born(running.pid) == running.born


def born(pid: int) -> str:
    """The moment a process started, empty for one that is gone or only waits to be collected."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        if sys.platform == "linux":
            return ""
        listed = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return listed.stdout.strip()
    return "" if fields[0] in "ZX" else fields[19]


def stop(several: Iterable[Running]) -> None:
    """Ask all to stop, wait as long as each may take, then end what is left with its children."""
    left = [running for running in several if alive(running)]
    for running in left:
        _signal(running.pid, running.stop_signal)
    began = time.monotonic()
    while left:
        time.sleep(0.05)
        left = [running for running in left if alive(running)]
        for running in left:
            if time.monotonic() - began > running.patience:
                _signal_group(running.pid, signal.SIGKILL)


def end_group(running: Running) -> None:
    """End what a dead process left behind in its session."""
    _signal_group(running.pid, signal.SIGKILL)


def _signal(pid: int, sign: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, sign)


def _signal_group(pid: int, sign: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, sign)


def remember(path: Path, several: Iterable[Running]) -> None:
    """Note what runs, so that a later start can recognise what a crash left behind."""
    rows = [[r.name, r.pid, r.born, r.stop_signal, r.patience] for r in several]
    write_private(path, json.dumps(rows))


def remembered(path: Path) -> list[Running]:
    """What was noted and still runs."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        noted = [Running(*row) for row in rows]
    except (OSError, ValueError, TypeError):
        return []
    return [running for running in noted if alive(running)]
