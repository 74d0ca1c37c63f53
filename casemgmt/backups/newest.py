"""Whether the ledger of erasures that a restore is given is the newest, by all that can tell.

A whole and genuine ledger of an earlier day opens doors behind which stand dossiers that were destroyed since. How
far it must reach is told by the heads that were published outside (``audit_head``) and by the copies in the newest
backups. Where no head tells, the operator must: the doors stay shut until they say that they looked.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from casemgmt.audit.heads import NOTHING, Published, read_heads
from casemgmt.backups import manifest
from casemgmt.backups.errors import BackupWrong, CannotBackUp
from casemgmt.base import clock
from retention import ledger

_LOST = "Find the newest, or what was destroyed comes back. Only when it is truly lost: --ledger-is-lost."


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known outside the databases: the ledger, the published heads, and the ends of the ledger in those."""

    erased: ledger.Ledger
    heads: Published
    ends: frozenset[ledger.End]
    ledger_is_lost: bool
    ledger_is_newest: bool

    @property
    def published(self) -> int | None:
        """How many lines the ledger has at least, by the published heads; None when no head tells."""
        return max((end.number for end in self.ends), default=None)


def read(erased: Path, heads: str | None, *, ledger_is_lost: bool, ledger_is_newest: bool) -> Outside:
    """Read the two files; raises OSError, LedgerWrong, CommandError for what holds no heads, CannotBackUp.

    ``ledger_is_lost`` and ``ledger_is_newest`` are what the operator says of it.
    """
    published = read_heads(heads) if heads else NOTHING
    ends = frozenset(_ends(heads) if heads else ())
    return Outside(ledger.read(erased), published, ends, ledger_is_lost, ledger_is_newest)


def _ends(heads: str) -> Iterable[ledger.End]:
    """What the lines tell of the ledger; those of an earlier release tell nothing."""
    for line in filter(str.strip, Path(heads).read_text(encoding="utf-8").splitlines()):
        told = json.loads(line).get("ledger")
        if told is None:
            continue
        try:
            yield ledger.End(int(told["number"]), str(told["hash"]))
        except (KeyError, TypeError, ValueError) as problem:
            raise CannotBackUp(f"A line of {heads} does not tell of the ledger as audit_head does.") from problem


def require(known: Outside) -> None:
    """Raise BackupWrong for a ledger that lacks what is known outside it, or of which nobody knows how far it goes.

    Not when it was said to be lost.
    """
    if known.ledger_is_lost:
        return
    _require_all_that_is_told(known)
    if known.published is None and not known.ledger_is_newest:
        raise BackupWrong(
            f"IS THIS THE NEWEST LEDGER? {_last(known)}, and no published head tells whether there are later ones:"
            " what was destroyed after it could be read again. Look for a newer one; when there is none:"
            " --ledger-is-newest."
        )


def _require_all_that_is_told(known: Outside) -> None:
    held = len(known.erased.lines)
    if known.published is not None and known.published > held:
        raise BackupWrong(
            f"The ledger of erasures has {held} lines, and a published head tells of {known.published}. {_LOST}"
        )
    for end in sorted(known.ends, key=lambda one: one.number):
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
        "lost": known.ledger_is_lost,
        "only_said_to_be_newest": known.published is None and not known.ledger_is_lost,
    }


def _day(known: Outside) -> str | None:
    """The day of its last erasure, as ISO writes it; nothing when it has none."""
    return max((clock.local_date(one.erased_at).isoformat() for one in known.erased.erasures), default=None)


def _last(known: Outside) -> str:
    lines = len(known.erased.lines)
    return f"Its last erasure, number {lines}, is of {_day(known)}" if lines else "It is empty"


def sentence(known: Outside) -> str:
    """The same in words; loud where something must be done."""
    if not known.ledger_is_lost:
        by = ", as the operator said" if known.published is None else ""
        return f"The ledger is the newest{by}. {_last(known)}."
    gone = max(0, (known.published or 0) - len(known.erased.lines))
    many = f"{gone} erasures or more" if gone else "an unknown number of erasures"
    return (
        f"THE LEDGER WAS SAID TO BE LOST. {_last(known)}. There are {many} that it no longer tells: destroy those"
        " dossiers again by their certificates, see “Restore”, step 3, in docs/operation.md."
    )
