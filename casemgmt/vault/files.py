"""Sealed files: written and read in pieces, never in clear on disk.

Every piece is sealed under a key derived from the dossier's key for this one
file, bound to its place in the file and to whether it is the last, so pieces
cannot be moved, dropped or cut.
"""

import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from casemgmt.base.errors import Unavailable
from casemgmt.base.organisation import current
from casemgmt.base.registries import Registry
from casemgmt.vault.keys import dossier_key
from casemgmt.vault.models import SealedFile
from casemgmt.vault.sealing import CannotOpen, derive, seal, unseal

PIECE = 1 << 20
_OVERHEAD = 1 + 12 + 16

# Packages to our right say of a dossier whether it takes no more files, and keep that so until the transaction ends.
shut: Registry[Callable[[UUID], bool]] = Registry("way to know that a dossier takes no more files")


class TakesNoFiles(Exception):
    """The dossier is being destroyed: a file that is written now would stay when the rest is gone."""


def require_taking(dossier_id: UUID) -> None:
    """Raises TakesNoFiles; else the dossier takes files until the transaction ends, and whoever shuts it waits."""
    if any(is_shut(dossier_id) for _name, is_shut in shut):
        raise TakesNoFiles(str(dossier_id))


def write_file(dossier_id: UUID, content: Iterable[bytes], *, content_type: str, at: datetime) -> SealedFile:
    """Seal ``content`` to disk and index it; the dossier's key must be loaded.

    The file is there before its row: a crash, or a caller's transaction that is
    undone, leaves at most a file that the night removes (``without_row``), never
    a row without its file once committed. Raises TakesNoFiles.
    """
    require_taking(dossier_id)
    row = SealedFile(
        dossier_id=dossier_id,
        stored_as=secrets.token_hex(16),
        size=0,
        content_type=content_type,
        created_at=at,
    )
    path = path_of(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    key = _file_key(row)
    # Opened first: a name that is taken belongs to another file, which must stay.
    with open(path, "xb", opener=_private) as target, _whole_or_gone(path):
        for number, (piece, last) in enumerate(_pieces(content)):
            target.write(seal(key, piece, _piece_place(row, number, last)))
            row.size += len(piece)
        target.flush()
        os.fsync(target.fileno())
    row.save()
    return row


@contextmanager
def _whole_or_gone(path: Path) -> Iterator[None]:
    """What could not be written to its end is taken away again, or a full disk would stay full of halves."""
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def read_file(row: SealedFile) -> Iterator[bytes]:
    """The opened pieces of a file; raises CannotOpen when it was changed, cut or swapped."""
    key = _file_key(row)
    with path_of(row).open("rb") as source:
        number, sealed = 0, source.read(PIECE + _OVERHEAD)
        while sealed:
            following = source.read(PIECE + _OVERHEAD)
            yield unseal(key, sealed, _piece_place(row, number, not following))
            number, sealed = number + 1, following
        if number == 0:
            raise CannotOpen("An empty file was never written.")


def remove_file(row: SealedFile) -> None:
    """Remove a file that nothing refers to any more: its row now, its bytes when that is committed."""
    path = path_of(row)
    row.delete()
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def remove_stored(stored_as: str) -> None:
    """Remove a stored file; it is no mistake when it is gone already. Raises Unavailable when the store is away."""
    _stored(stored_as).unlink(missing_ok=True)


def is_stored(stored_as: str) -> bool:
    """Whether a stored file is there; raises Unavailable when the store is away, for then nobody can tell."""
    return _stored(stored_as).exists()


def _stored(stored_as: str) -> Path:
    # Whoever has a file had this folder made. Without it the disk was not mounted, and every file only looks gone.
    if not folder().is_dir():
        raise Unavailable("files")
    return folder() / stored_as[:2] / stored_as


def any_kept() -> bool:
    """Whether the current organisation keeps any sealed file, by its rows."""
    with transaction.atomic():
        return SealedFile.objects.exists()


def without_row(older_than: timedelta) -> set[str]:
    """The stored names of files that no row knows and that were written longer ago than ``older_than``.

    Age is by the machine's own clock, as the file system's is: the test clock may stand elsewhere. A file that is
    being written has no row yet, so it must be given its time.
    """
    before = time.time() - older_than.total_seconds()
    names = {path.name for path in folder().glob("*/*") if path.stat().st_mtime < before}
    with transaction.atomic():
        return names - set(SealedFile.objects.filter(stored_as__in=names).values_list("stored_as", flat=True))


def path_of(row: SealedFile) -> Path:
    """Where the sealed bytes of a file lie."""
    return folder() / row.stored_as[:2] / row.stored_as


def folder() -> Path:
    """The current organisation's folder of sealed files."""
    return Path(settings.FILES) / str(current())


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _file_key(row: SealedFile) -> bytes:
    return derive(dossier_key(row.dossier_id), f"file/{row.stored_as}")


def _piece_place(row: SealedFile, number: int, last: bool) -> bytes:
    return f"{row.organisation_id}|{row.dossier_id}|{row.id}|{number}|{int(last)}".encode()


def _pieces(content: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Pieces of PIECE bytes, the last one flagged; an empty content gives one empty piece."""
    waiting = bytearray()
    for chunk in content:
        waiting += chunk
        while len(waiting) > PIECE:
            yield bytes(waiting[:PIECE]), False
            del waiting[:PIECE]
    yield bytes(waiting), True
