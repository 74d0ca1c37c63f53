"""Whether the ledger of erasures that a restore is given is the newest, by all that can tell.

A whole and genuine ledger of an earlier day opens doors behind which stand dossiers that were destroyed since. How
far it must reach is told by the heads that were published outside (``audit_head``) and by the copies in the newest
backups. A head tells up to its own moment and no further: one that is older than what is put back tells nothing of
what was destroyed since. Where no head tells, the operator must: the doors stay shut until they say that they looked.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from casemgmt.audit.heads import NOTHING, Line, Published, published_in, read_heads
from casemgmt.backups import manifest
from casemgmt.backups.errors import BackupWrong, CannotBackUp
from casemgmt.base import clock
from retention import ledger

_LOST = "Find the newest, or what was destroyed comes back. Only when it is truly lost: --ledger-is-lost."


@dataclass(frozen=True, slots=True)
class Telling:
    """One published head that tells of the ledger: when, and the ledger's end at that moment."""

    at: datetime
    head: Line
    end: ledger.End


@dataclass(frozen=True, slots=True)
class Restored:
    """How far goes what is put back: the end of each trail, and the moment of the newest backup.

    The moment is None where the databases came back in a way that this command did not see.
    """

    trail: Published
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known outside the databases: the ledger, the published heads, and what those tell of the ledger.

    Where only files were lost the ``databases_live``, and know every erasure themselves.
    ``restored`` is what it is held against; None as long as that is not known, and then no head tells.
    """

    erased: ledger.Ledger
    heads: Published
    tellings: tuple[Telling, ...]
    ledger_is_lost: bool
    ledger_is_newest: bool
    databases_live: bool = False
    restored: Restored | None = None

    @property
    def published(self) -> int | None:
        """How many lines the ledger has at least, by the published heads; None when no head tells."""
        return max((one.end.number for one in self.tellings), default=None)

    @property
    def newest_head(self) -> datetime | None:
        """The moment of the newest head that tells of the ledger."""
        return max((one.at for one in self.tellings), default=None)

    @property
    def told_until(self) -> datetime | None:
        """Up to which moment heads tell that the ledger is the newest; None when they are older than what came back."""
        if self.restored is None or self.newest_head is None:
            return None
        if self.restored.made_at and self.newest_head < self.restored.made_at:
            return None
        # An erasure lengthens its organisation's trail, never the platform's, which every sign-in and restore does.
        behind = any(not self._reaches(line) for line in self.restored.trail.lines if line.whose is not None)
        return None if behind else self.newest_head

    def _reaches(self, end: Line) -> bool:
        """Whether a head that tells of the ledger is of the same trail and at least as long."""
        return any(one.head.head.seq >= end.head.seq and one.head.is_of_the_same(end) for one in self.tellings)


def read(
    erased: Path | None,
    heads: str | None,
    *,
    ledger_is_lost: bool,
    ledger_is_newest: bool,
    databases_live: bool = False,
) -> Outside:
    """Read the two files, a ledger that is not there as an empty one.

    Raises OSError, LedgerWrong, CommandError for what holds no heads, CannotBackUp.

    ``ledger_is_lost`` and ``ledger_is_newest`` are what the operator says of it.
    """
    published = read_heads(heads) if heads else NOTHING
    tellings = tuple(_tellings(heads, published) if heads else ())
    held = ledger.read(erased) if erased else ledger.Ledger((), ())
    return Outside(held, published, tellings, ledger_is_lost, ledger_is_newest, databases_live)


def _tellings(heads: str, published: Published) -> Iterable[Telling]:
    """What the lines tell of the ledger; those of an earlier release tell nothing."""
    written = filter(str.strip, Path(heads).read_text(encoding="utf-8").splitlines())
    for text, line in zip(written, published.lines, strict=True):
        row = json.loads(text)
        if row.get("ledger") is None:
            continue
        try:
            at = datetime.fromisoformat(row["at"])
            if at.tzinfo is None:
                raise ValueError("a moment without its offset")
            end = ledger.End(int(row["ledger"]["number"]), str(row["ledger"]["hash"]))
            yield Telling(at, line, end)
        except (KeyError, TypeError, ValueError) as problem:
            raise CannotBackUp(f"A line of {heads} does not tell of the ledger as audit_head does.") from problem


def restored_from(found: Mapping[str, manifest.Manifest], lost: Collection[str]) -> Restored:
    """What backups put back. The trail of dossiers that still live is not what came back; nor are lent files."""
    moments = [datetime.fromisoformat(one.made_at) for kind, one in found.items() if kind in lost]
    heads = found["data"].heads if "data" in lost else []
    return Restored(published_in(heads), max(moments, default=None))


def require(known: Outside) -> None:
    """Raise BackupWrong for a ledger that lacks what is known outside it, or of which nobody knows how far it goes.

    Not when it was said to be lost.
    """
    if known.ledger_is_lost:
        return
    _require_all_that_is_told(known)
    if known.told_until is None and not known.ledger_is_newest:
        raise BackupWrong(
            f"IS THIS THE NEWEST LEDGER? {_last(known)}, and {_silence(known)}: what was destroyed after it could be"
            " read again. Look for newer heads and a newer ledger; when there is none: --ledger-is-newest."
        )


def _silence(known: Outside) -> str:
    """Why no head tells whether the ledger is the newest."""
    if known.newest_head is None:
        return "no published head tells whether there are later ones"
    return (
        f"the newest published head, of {known.newest_head.isoformat()}, is older than what is put back and"
        " tells nothing of what came after"
    )


def _require_all_that_is_told(known: Outside) -> None:
    held = len(known.erased.lines)
    if known.published is not None and known.published > held:
        raise BackupWrong(
            f"The ledger of erasures has {held} lines, and a published head tells of {known.published}. {_LOST}"
        )
    for end in sorted({one.end for one in known.tellings}, key=lambda one: (one.number, one.hash)):
        if not known.erased.holds(end):
            raise BackupWrong(
                f"Line {end.number} of the ledger of erasures is another than a published head tells. {_LOST}"
            )
    for folder in filter(None, map(manifest.newest, (settings.BACKUPS, settings.VAULT_BACKUPS))):
        if not known.erased.continues(_copy(folder)):
            raise BackupWrong(f"The ledger of erasures lacks what the copy in {folder} tells. {_LOST}")


def _copy(folder: Path) -> ledger.Ledger:
    """The ledger as a backup has it; one that is damaged tells nothing, and is refused where it is put back."""
    try:
        return ledger.read(folder / manifest.LEDGER)
    except (OSError, ledger.LedgerWrong):
        return ledger.Ledger((), ())


def told(known: Outside) -> dict[str, Any]:
    """What to say of the ledger that was used, and whether only the operator told that it is the newest."""
    return {
        "lines": len(known.erased.lines),
        "newest": _day(known),
        "published": known.published,
        "told_until": known.told_until.isoformat() if known.told_until else None,
        "lost": known.ledger_is_lost,
        "from_databases": known.databases_live,
        "only_said_to_be_newest": known.told_until is None and not (known.ledger_is_lost or known.databases_live),
    }


def _day(known: Outside) -> str | None:
    """The day of its last erasure, as ISO writes it; nothing when it has none."""
    return max((clock.local_date(one.erased_at).isoformat() for one in known.erased.erasures), default=None)


def _last(known: Outside) -> str:
    lines = len(known.erased.lines)
    return f"Its last erasure, number {lines}, is of {_day(known)}" if lines else "It is empty"


def sentence(known: Outside) -> str:
    """The same in words; loud where something must be done."""
    if known.databases_live:
        return f"The databases live and know every erasure: the ledger tells all that they know. {_last(known)}."
    if not known.ledger_is_lost:
        return f"{_how_far(known)} {_last(known)}."
    gone = max(0, (known.published or 0) - len(known.erased.lines))
    many = f"{gone} erasures or more" if gone else "an unknown number of erasures"
    return (
        f"THE LEDGER WAS SAID TO BE LOST. {_last(known)}. There are {many} that it no longer tells: destroy those"
        " dossiers again by their certificates, see “Restore”, step 3, in docs/operation.md."
    )


def _how_far(known: Outside) -> str:
    """What may be said of a ledger that was not lost: no more than the head or the operator told."""
    if known.told_until is not None:
        return (
            f"The ledger is the newest as far as the head of {known.told_until.isoformat()} tells; whether"
            " something was destroyed after that moment it does not tell: see “Restore”, step 5, in docs/operation.md."
        )
    if known.newest_head is None:
        return "The ledger is the newest, as the operator said; no head tells."
    return (
        f"The ledger is the newest, as the operator said; as far as the head of {known.newest_head.isoformat()} tells"
        " it lacks nothing, but that head is older than what was put back."
    )


def words(known: Outside) -> str:
    """What stands in the trail: who goes on without the newest ledger leaves that there."""
    if known.databases_live:
        return "restore: files; the ledger tells what the databases know"
    if not known.ledger_is_lost:
        return "restore" if known.told_until is not None else "restore: the ledger was said to be the newest"
    many = "?" if known.published is None else known.published
    return f"restore: the ledger is lost, {len(known.erased.lines)} of {many} lines"
