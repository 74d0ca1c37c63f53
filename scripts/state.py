"""Where a checkout keeps the state of its services, and how a process claims it.

Standard library only: the settings read the environment file through this module.
Nothing here starts or stops anything.
"""

import fcntl
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

CHECKOUT = Path(__file__).resolve().parent.parent
LONGEST_SOCKET = 100  # the kernel takes 107 bytes, macOS 103; PostgreSQL adds nothing of its own


class OperatorError(Exception):
    """Something an operator can mend; its text is one plain sentence."""


def is_root() -> bool:
    """As root the services run as an unprivileged user, so their state must stand where he can reach it."""
    return os.geteuid() == 0


def base_folder() -> Path:
    """The folder of this checkout for everything that services write."""
    if chosen := os.environ.get("CASEMGMT_STATE"):
        base = Path(chosen).absolute()
        # A process of the tests carries the tests' own folder in its environment.
        return base.parent if os.environ.get("CASEMGMT_ENV") == "test" and base.name == "test" else base
    if is_root():
        return Path("/var/tmp") / f"casemgmt-{checkout_tag()}"
    return CHECKOUT / ".state"


def state_folder(environment: str) -> Path:
    """The state of the demo stands in the base folder itself, that of the tests in its folder `test`."""
    return base_folder() / "test" if environment == "test" else base_folder()


def checkout_tag() -> str:
    """Ten characters that differ between two checkouts on one machine."""
    return hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:10]


def own_folder(folder: Path, mode: int = 0o711) -> Path:
    """Make a folder that is certainly ours: /var/tmp is open to every user of the machine."""
    folder.mkdir(parents=True, exist_ok=True, mode=mode)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise OperatorError(f"{folder} belongs to another user; remove it or set CASEMGMT_STATE to another folder.")
    if stat.S_IMODE(found.st_mode) != mode:
        folder.chmod(mode)
    return folder


def socket_folder(state: Path) -> Path:
    """The state folder, or a short one beside it when the path would not fit a socket address."""
    if len(os.fsencode(state / "vault" / ".s.PGSQL.5432.lock")) < LONGEST_SOCKET:
        return state
    tag = hashlib.sha256(os.fsencode(state)).hexdigest()[:10]
    return own_folder(Path("/tmp") / f"casemgmt-{os.geteuid()}-{tag}")


def env_file(environment: str) -> Path:
    """The file with addresses and keys that the services of this checkout answer to."""
    return state_folder(environment) / "env"


def read_env(path: Path) -> dict[str, str]:
    """Read KEY=value lines; an absent or unreadable file holds nothing."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, PermissionError, NotADirectoryError):
        return {}
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {key: value for key, _, value in pairs}


def write_env(path: Path, values: Mapping[str, str]) -> None:
    """Write KEY=value lines that only the owner may read."""
    write_private(path, "".join(f"{key}={value}\n" for key, value in sorted(values.items())))


def write_private(path: Path, text: str) -> None:
    """Replace a file as a whole, readable by its owner only."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
    fresh.replace(path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Wait until nobody else works under this lock."""
    with path.open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def claim(path: Path, note: Mapping[str, object]) -> IO[str] | None:
    """Take a lock for the life of this process and leave a note in it; None when another process has it.

    The system releases the lock when the process dies, however it dies.
    """
    handle = path.open("a+", encoding="utf-8")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        handle.close()
        return None
    handle.truncate(0)
    handle.write(json.dumps({"pid": os.getpid(), **note}))
    handle.flush()
    return handle


def claimed_by(path: Path) -> dict[str, object]:
    """The note of whoever holds the lock."""
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}
