"""`manage.py backup [--json]`: back up dossiers, files and keys, and remove the backups whose term is over."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from casemgmt.backups import making
from casemgmt.backups.errors import CannotBackUp
from casemgmt.base import clock
from casemgmt.base.errors import Unavailable
from casemgmt.organisations.asked import CANNOT
from retention import ledger


class Command(BaseCommand):
    """Ends with 0, with 1 when all was backed up and the ledger of erasures is damaged, with 2 when it could not."""

    help = "Back up the dossiers with their files, and the keys apart; remove the backups whose term is over."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """People read sentences, programs JSON."""
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove first, so that a backup that fails keeps nothing longer; then the dossiers, then the keys."""
        at = clock.now()
        try:
            removed = making.remove_expired(at)
            making.require_settings()
            making.complete_ledger()
            made = [making.back_up_data(at), making.back_up_vault(at)]
        except (CannotBackUp, OSError) as problem:
            raise CommandError(f"No backup was made: {problem}", returncode=CANNOT) from problem
        except (DatabaseError, Unavailable) as problem:
            raise CommandError("No backup was made: a database cannot be asked.", returncode=CANNOT) from problem
        self.stdout.write(json.dumps(_told(made, removed)) if options["json"] else _sentences(made, removed))
        try:
            ledger.read(ledger.place())
        except (ledger.LedgerWrong, OSError) as problem:
            raise CommandError(str(problem), returncode=1) from problem


def _told(made: list[making.Made], removed: dict[str, list[str]]) -> dict[str, Any]:
    told: dict[str, Any] = {
        one.manifest.kind: {
            "folder": str(one.folder),
            "made_at": one.manifest.made_at,
            "keep_until": one.manifest.keep_until,
            "rows": sum(one.manifest.rows.values()),
            **({"files": one.manifest.files} if one.manifest.kind == "data" else {}),
        }
        for one in made
    }
    return {**told, "removed": removed}


def _sentences(made: list[making.Made], removed: dict[str, list[str]]) -> str:
    each = [(one.folder, one.manifest) for one in made]
    lines = [f"{m.kind}: {sum(m.rows.values())} rows in {folder}, gone on {m.keep_until}." for folder, m in each]
    lines += [f"removed, its term was over: {kind} {name}" for kind, names in removed.items() for name in names]
    return "\n".join(lines)
