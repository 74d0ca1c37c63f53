"""Print the heads of all chains and the end of the ledger, to be kept where the database's keepers cannot reach."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casemgmt.audit.chain import present_head, present_platform_head
from casemgmt.audit.heads import as_row
from casemgmt.base import clock
from casemgmt.organisations.asked import asked_places
from retention import ledger

_MISSING = (
    "The ledger of erasures cannot be read ({reason}): these heads do not tell how far it reaches, "
    "so a restore cannot see by them whether it is given the newest."
)


class Command(BaseCommand):
    """One line of JSON per organisation and one of the platform; append them to a file elsewhere.

    They are for audit_verify and restore.

    Each line tells how far the ledger of erasures reaches too: whoever restores cannot use an earlier one unseen.
    Ends with 1 when that ledger is not what was written; the heads of the trail are printed all the same.
    """

    help = "Print each organisation's head of the trail, and the ledger's last line, to publish outside the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Of which organisation."""
        parser.add_argument("--organisation", metavar="SLUG", help="only this one")
        parser.add_argument("--json", action="store_true", help="one line of JSON per chain, as always")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        end: dict[str, Any] = {}
        wrong = None
        try:
            last = ledger.read(ledger.place()).end
            end = {"ledger": {"number": last.number, "hash": last.hash}}
        except ledger.LedgerWrong as problem:
            wrong = problem
        except OSError as problem:
            self.stderr.write(_MISSING.format(reason=problem.strerror))
        at = clock.now().isoformat(timespec="seconds")
        rows = [as_row(place, present_head(place.id)) for place in asked_places(options["organisation"])]
        # Of the platform when nobody asked for one organisation.
        rows += [] if options["organisation"] else [as_row(None, present_platform_head())]
        for row in rows:
            self.stdout.write(json.dumps({**row, "at": at, **end}))
        if wrong is not None:
            raise CommandError(str(wrong), returncode=1) from wrong
