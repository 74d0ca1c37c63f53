"""The ledger of erasures outside the database: a restored database must not bring back what was destroyed.

Every line tells one dossier, by opaque ids, and what its removal rested on. It
is signed and holds the hash of the line before it, so that nobody can have a
living dossier destroyed by adding a line, nor take one out of the middle. A
line is written before the dossier's key goes; a copy goes along with every
backup, which shows when the end of the file was cut off.

The newline comes last and makes a line count. What a crash or a full disk left
without one was never promised to anybody: nobody reads it, and the next writes over it.
"""

import base64
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from io import FileIO
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from django.conf import settings

from casemgmt.base.db import reads
from casemgmt.base.errors import Unavailable
from casemgmt.base.failpoints import failpoint
from casemgmt.base.organisation import current
from retention.models import ErasureLedger, Removal
from retention.signing import known_keys, present_id, signing_key
from retention.vocabulary import DESTROYING, RemovalState

NAME = "erased.jsonl"
FIRST = ""
_DATES = ("proposed_at", "reviewed_at", "approved_at", "cooling_until")
# Whoever has the ledger writes one line; who has it for longer hangs, and is not waited for.
PATIENCE = 5.0
_PAUSE = 0.05


class LedgerWrong(Exception):
    """A ledger that is not what was written; its text says where."""


class LedgerAway(Unavailable):
    """The ledger cannot be read or written now: no room, no folder, or somebody who has it does not let go."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """One line: which dossier of which organisation, when, and on what its removal rested."""

    organisation_id: UUID
    dossier_id: UUID
    erased_at: datetime
    removal: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class End:
    """How far a ledger reaches: the number of its last line and that line's hash (0 and "" when it is empty)."""

    number: int
    hash: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """A whole ledger whose every line is genuine."""

    lines: tuple[str, ...]
    erasures: tuple[Erasure, ...]

    @property
    def end(self) -> End:
        """How far it reaches; the hash of its last line vouches for all before it."""
        return End(len(self.lines), _hash(self.lines[-1]) if self.lines else FIRST)

    def holds(self, end: End) -> bool:
        """Whether it once ended so, and at most grew since."""
        if end.number <= 0:
            return True
        return end.number <= len(self.lines) and _hash(self.lines[end.number - 1]) == end.hash

    def continues(self, earlier: "Ledger") -> bool:
        """Whether this is ``earlier`` with at most something added at its end."""
        return self.lines[: len(earlier.lines)] == earlier.lines


def place() -> Path:
    """Where the ledger of this installation stands."""
    return Path(settings.LEDGER) / NAME


def is_writable() -> bool:
    """Whether the next erasure can be written down. A folder that is away may be a disk that was not mounted."""
    path = place()
    folder = path.parent
    may = os.access(folder, os.W_OK | os.X_OK, effective_ids=True)
    return may and folder.is_dir() and (not path.exists() or os.access(path, os.R_OK | os.W_OK, effective_ids=True))


@dataclass(frozen=True, slots=True)
class Held:
    """The ledger, while nobody else can write a line."""

    file: FileIO

    def names(self, dossier_id: UUID) -> bool:
        """Whether it names a dossier of the current organisation; raises LedgerAway, and LedgerWrong when changed."""
        with _or_away():
            known = _ledger(_content(self.file)).erasures
        return any((one.organisation_id, one.dossier_id) == (current(), dossier_id) for one in known)

    def write_down(self, removal: Removal, *, at: datetime) -> None:
        """Write the removal's dossier into it, on disk when this returns; once, however often it is asked.

        Raises LedgerAway when it cannot be written: then nothing may be destroyed.
        """
        with _or_away():
            _write(self.file, current(), removal.dossier_id, at, facts_of(removal))


@contextmanager
def held() -> Iterator[Held]:
    """Have the ledger for oneself, so that what one looks up is still so when one writes; raises LedgerAway.

    Everybody waits for whoever has it, so look up little.
    """
    with _or_away():
        file = _opened(PATIENCE)
    with file:
        yield Held(file)


def write(organisation_id: UUID, dossier_id: UUID, at: datetime, removal: dict[str, Any] | None) -> None:
    """Write one line, unless the dossier stands in the ledger already; raises OSError."""
    with _opened(None) as file:
        _write(file, organisation_id, dossier_id, at, removal)


def ensure() -> None:
    """Make an empty ledger where there is none yet: an empty one tells that nothing was erased, a missing one nothing.

    Raises OSError.
    """
    path = place()
    made = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    _belong_to_its_folder(path, made)


def read(path: Path) -> Ledger:
    """The ledger in a file; raises OSError, and LedgerWrong when a line was changed, added, moved or taken out."""
    return _ledger(path.read_bytes())


@reads
def of_database() -> list[tuple[UUID, datetime, dict[str, Any] | None]]:
    """What the database itself knows to be erased in the current organisation, with the facts of each removal."""
    known = {row.dossier_id: row for row in Removal.objects.filter(state__in=(*DESTROYING, RemovalState.DESTROYED))}
    rows = ErasureLedger.objects.order_by("erased_at", "id")
    return [(row.dossier_id, row.erased_at, facts_of(known.get(row.dossier_id))) for row in rows]


def facts_of(removal: Removal | None) -> dict[str, Any] | None:
    """On what a removal rests, in ids, dates and articles: enough to make its row again, and nothing about anybody."""
    if removal is None:
        return None
    moments = {name: getattr(removal, name) for name in _DATES}
    return {
        "id": str(removal.id),
        "due_on": removal.due_on.isoformat(),
        "articles": list(removal.articles),
        "version": removal.version,
        "reviewed_by_id": str(removal.reviewed_by_id),
        "approved_by_id": str(removal.approved_by_id),
        **{name: moment.isoformat() if moment else None for name, moment in moments.items()},
    }


def _genuine(line: str, number: int, before: str) -> Erasure:
    try:
        told = json.loads(line)
        signature = base64.b64decode(told.pop("signature"), validate=True)
        known_keys()[told["key"]].verify(signature, _text(told).encode())
        if (told["number"], told["before"]) != (number, before):
            raise ValueError("out of its place")
        at = datetime.fromisoformat(told["erased_at"])
        return Erasure(UUID(told["organisation"]), UUID(told["dossier"]), at, told["removal"])
    except (ValueError, KeyError, TypeError, AttributeError, InvalidSignature) as problem:
        raise LedgerWrong(f"Line {number} of the ledger of erasures is not what was written there.") from problem


def _ledger(content: bytes) -> Ledger:
    """What stands in it: every line must be genuine."""
    lines = tuple(_whole_lines(content))
    erasures, before = [], FIRST
    for number, line in enumerate(lines, 1):
        erasures.append(_genuine(line, number, before))
        before = _hash(line)
    return Ledger(lines, tuple(erasures))


def _whole_lines(content: bytes) -> list[str]:
    """The lines that were written to their end; what was cut short never counted."""
    return content[: _whole(content)].decode(errors="replace").split("\n")[:-1]


def _whole(content: bytes) -> int:
    """How much of it was written to the end of a line."""
    return content.rfind(b"\n") + 1


def _opened(patience: float | None) -> FileIO:
    """The ledger's file, made where there is none, for nobody else until it is closed; raises OSError."""
    path = place()
    made = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Without a buffer: what did not go to disk must not be tried once more when the file is closed.
    file = FileIO(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
    try:
        _lock(file, patience)
        _belong_to_its_folder(path, made)
    except BaseException:
        file.close()
        raise
    return file


def _lock(file: FileIO, patience: float | None) -> None:
    if patience is None:
        fcntl.flock(file, fcntl.LOCK_EX)
        return
    until = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise
            time.sleep(_PAUSE)


def _content(file: FileIO) -> bytes:
    file.seek(0)
    return file.readall()


def _write(file: FileIO, organisation_id: UUID, dossier_id: UUID, at: datetime, removal: dict[str, Any] | None) -> None:
    """Write one line into the file that is held, unless the dossier stands there already."""
    content = _content(file)
    lines = _whole_lines(content)
    if any(str(dossier_id) in line and str(organisation_id) in line for line in lines):
        return
    told = {
        "number": len(lines) + 1,
        "before": _hash(lines[-1]) if lines else FIRST,
        "organisation": str(organisation_id),
        "dossier": str(dossier_id),
        "erased_at": at.isoformat(),
        "removal": removal,
        "key": present_id(),
    }
    signature = base64.b64encode(signing_key().sign(_text(told).encode())).decode()
    _append(file, _whole(content), _text({**told, "signature": signature}).encode())


def _append(file: FileIO, end: int, line: bytes) -> None:
    """Put a line after what counts, on disk; what cannot be finished is taken away again."""
    file.truncate(end)
    file.seek(end)
    try:
        _put(file, line)
        failpoint("ledger.half-a-line")
        _put(file, b"\n")
        os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            file.truncate(end)
        raise


def _put(file: FileIO, piece: bytes) -> None:
    """All of it: a disk that gets full takes a part first, and says so only at the next."""
    while piece:
        piece = piece[file.write(piece) or 0 :]


@contextmanager
def _or_away() -> Iterator[None]:
    """An outage of the ledger is no attempt to destroy: it is tried until the ledger is back."""
    try:
        yield
    except OSError as error:
        raise LedgerAway("ledger") from error


def _belong_to_its_folder(path: Path, made: bool) -> None:
    """Written by an operator as root it would else shut out the worker, who writes it at the next destruction."""
    if os.geteuid() != 0:
        return
    folders: Iterable[Path] = (path.parent, path) if made else (path,)
    for one in folders:
        found = one.parent.stat()
        with suppress(PermissionError):
            os.chown(one, found.st_uid, found.st_gid)


def _text(told: dict[str, Any]) -> str:
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _hash(line: str) -> str:
    return hashlib.sha256(line.encode()).hexdigest()
