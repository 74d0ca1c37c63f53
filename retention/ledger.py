"""The ledger of erasures outside the database: a restored database must not bring back what was destroyed.

Every line tells one dossier, by opaque ids, and what its removal rested on. It
is signed and holds the hash of the line before it, so that nobody can have a
living dossier destroyed by adding a line, nor take one out of the middle. A
line is written before the dossier's key goes; a copy goes along with every
backup, which shows when the end of the file was cut off.
"""

import base64
import fcntl
import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from django.conf import settings

from casemgmt.base.db import reads
from casemgmt.base.organisation import current
from retention.models import ErasureLedger, Removal
from retention.signing import known_keys, present_id, signing_key
from retention.vocabulary import DESTROYING, RemovalState

NAME = "erased.jsonl"
FIRST = ""
_DATES = ("proposed_at", "reviewed_at", "approved_at", "cooling_until")


class LedgerWrong(Exception):
    """A ledger that is not what was written; its text says where."""


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


def write_down(removal: Removal, *, at: datetime) -> None:
    """Write the removal's dossier into the ledger, on disk when this returns; once, however often it is asked.

    Raises OSError when it cannot be written: then nothing may be destroyed.
    """
    write(current(), removal.dossier_id, at, facts_of(removal))


def write(organisation_id: UUID, dossier_id: UUID, at: datetime, removal: dict[str, Any] | None) -> None:
    """Write one line, unless the dossier stands in the ledger already."""
    path = place()
    made = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _belong_to_its_folder(path, made)
        lines = _whole_lines(file)
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
        file.write((_text({**told, "signature": signature}) + "\n").encode())
        file.flush()
        os.fsync(file.fileno())


def names(dossier_id: UUID) -> bool:
    """Whether the ledger outside the database names a dossier of the current organisation.

    Raises OSError when it cannot be read, and LedgerWrong when it is not what was written.
    """
    known = read(place()).erasures if place().exists() else ()
    return any((one.organisation_id, one.dossier_id) == (current(), dossier_id) for one in known)


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
    text = path.read_text(encoding="utf-8")
    lines = tuple(text.splitlines())
    erasures, before = [], FIRST
    for number, line in enumerate(lines, 1):
        erasures.append(_genuine(line, number, before))
        before = _hash(line)
    return Ledger(lines, tuple(erasures))


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


def _whole_lines(file: BinaryIO) -> list[str]:
    """The lines that were written to their end; what a crash cut short never counted, and goes."""
    content = file.read()
    whole = content[: content.rfind(b"\n") + 1]
    if whole != content:
        file.truncate(len(whole))
        file.seek(len(whole))
    return whole.decode().splitlines()


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
