"""Whether the ledger of erasures that a restore is given is the newest, by all that can tell.

A whole and genuine ledger of an earlier day opens doors behind which stand dossiers that were destroyed since. How
far it must reach is told by the heads that were published outside (``audit_head``) and by the copies in the newest
backups. Where neither can tell, the operator is asked.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from casemgmt.audit.chain import Head
from casemgmt.audit.management.commands.audit_verify import read_heads
from casemgmt.backups import manifest
from casemgmt.backups.errors import BackupWrong, CannotBackUp
from casemgmt.base import clock
from retention import ledger

_LOST = "Find the newest, or what was destroyed comes back. Only when it is truly lost: --ledger-is-lost."


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known outside the databases: the ledger, the published heads, and the ends of the ledger in those."""

    erased: ledger.Ledger
    heads: Mapping[str, list[Head]]
    ends: frozenset[ledger.End]
    ledger_is_lost: bool

    @property
    def published(self) -> int | None:
        """How many lines the ledger has at least, by the published heads; None when no head tells."""
        return max((end.number for end in self.ends), default=None)


def read(erased: Path, heads: str | None, *, ledger_is_lost: bool) -> Outside:
    """Read the two files; raises OSError, LedgerWrong, CommandError for what holds no heads, CannotBackUp."""
    known = ledger.read(erased)
    if heads is None:
        return Outside(known, {}, frozenset(), ledger_is_lost)
    return Outside(known, read_heads(heads), frozenset(_ends(heads)), ledger_is_lost)


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
    """Raise BackupWrong for a ledger that lacks what is known outside it; not when it was said to be lost."""
    if known.ledger_is_lost:
        return
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


def told(known: Outside, lost_lines: int) -> dict[str, Any]:
    """What to say of the ledger that was used, and whether only the operator can know that it is the newest."""
    days = [clock.local_date(one.erased_at) for one in known.erased.erasures]
    nobody_tells = known.published is None and not known.ledger_is_lost
    return {
        "lines": len(known.erased.lines),
        "newest": max(days).isoformat() if days else None,
        "published": known.published,
        "lost": known.ledger_is_lost,
        "is_it_the_newest": nobody_tells and (lost_lines > 0 or not known.heads),
    }


def sentence(said: Mapping[str, Any]) -> str:
    """The same in words; loud where somebody must answer."""
    last = f"number {said['lines']}, is of {said['newest']}" if said["lines"] else "does not exist: it is empty"
    if said["lost"]:
        gone = max(0, (said["published"] or 0) - said["lines"])
        many = f"{gone} erasures or more" if gone else "an unknown number of erasures"
        return (
            f"THE LEDGER WAS SAID TO BE LOST. There are {many} that the ledger no longer tells (its last, {last}): "
            "destroy those dossiers again by their certificates, see “Restore”, step 3, in docs/operation.md."
        )
    if said["is_it_the_newest"]:
        return (
            f"IS THIS THE NEWEST LEDGER? Its last erasure, {last}, and no published head tells whether there are "
            "later ones. What was destroyed after it can be read now. If there is a newer ledger: shut everything "
            "down and run restore --replay with that."
        )
    return f"The ledger's last erasure, {last}."
