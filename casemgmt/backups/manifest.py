"""What a backup says of itself: counts, checksums, heads of the trail and how long it may stay, signed.

Nothing in it is about anybody; so it can be read without the key that opens the backup.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature

from casemgmt.backups.errors import BackupWrong, CannotBackUp
from retention.signing import known_keys, present_id, signing_key

FILE, SIGNATURE, LEDGER = "manifest.json", "manifest.sig", "ledger.jsonl"
FORMAT = 1
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup of the dossiers ("data") or of the keys ("vault")."""

    kind: str
    id: str
    made_at: str
    keep_until: str
    postgresql: str
    recipient: str
    rows: dict[str, int]
    contents: dict[str, dict[str, Any]]
    heads: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, int] = field(default_factory=dict)
    key: str = ""
    roles: list[str] = field(default_factory=list)
    format: int = FORMAT

    @property
    def stays_until(self) -> date:
        """The first day on which it may no longer be there, nor be put back."""
        return date.fromisoformat(self.keep_until)


def name_of(at: datetime, mark: str) -> str:
    """The name of a backup's folder: its moment in UTC and a few characters of its own."""
    return f"{at.astimezone(UTC).strftime(_STAMP)}-{mark}"


def moment_of(name: str) -> datetime | None:
    """The moment in a folder's name; None for another folder."""
    try:
        return datetime.strptime(name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None


def newest(base: Path) -> Path | None:
    """The newest whole backup in a folder, by its name; None when there is none."""
    whole = [one for one in sorted(base.glob("*")) if moment_of(one.name) and one.suffix != ".part"]
    return whole[-1] if whole else None


def write(folder: Path, manifest: Manifest) -> None:
    """Write and sign the manifest: the last that is written in a backup's folder."""
    text = json.dumps({**asdict(manifest), "key": present_id()}, sort_keys=True, indent=1)
    (folder / FILE).write_text(text, encoding="utf-8")
    (folder / SIGNATURE).write_bytes(base64.b64encode(signing_key().sign(text.encode())))


def read(folder: Path, kind: str) -> Manifest:
    """The manifest of a backup of this kind; raises CannotBackUp when there is none, BackupWrong when it is forged."""
    try:
        text = (folder / FILE).read_text(encoding="utf-8")
        signature = base64.b64decode((folder / SIGNATURE).read_bytes(), validate=True)
    except (OSError, ValueError) as problem:
        raise CannotBackUp(f"{folder} holds no backup with a signed manifest.") from problem
    try:
        told = json.loads(text)
        known_keys()[told["key"]].verify(signature, text.encode())
        found = Manifest(**told)
    except (ValueError, KeyError, TypeError, InvalidSignature) as problem:
        raise BackupWrong(f"The manifest in {folder} is not the one that was signed.") from problem
    if (found.format, found.kind) != (FORMAT, kind):
        raise CannotBackUp(f"{folder} holds no backup of the {kind} that this release can read.")
    return found


def check_contents(folder: Path, manifest: Manifest) -> None:
    """Compare every file of the backup with its checksum; raises BackupWrong that names the first that differs."""
    for name, told in manifest.contents.items():
        if checksum(folder / name) != told["sha256"]:
            raise BackupWrong(f"{name} in {folder} is not what was written: its checksum differs.")


def checksum(path: Path) -> str:
    """The SHA-256 of a file in hexadecimal; "" when it is not there."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def told_of(path: Path) -> Mapping[str, Any]:
    """What a manifest tells of one of its files."""
    return {"sha256": checksum(path), "bytes": path.stat().st_size}
