"""Print the heads of all chains, to be kept where the database's keepers cannot reach."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from casemgmt.audit.chain import present_head
from casemgmt.base import clock
from casemgmt.organisations.asked import asked_places


class Command(BaseCommand):
    """One line of JSON per organisation; append them to a file elsewhere and give that to audit_verify."""

    help = "Print each organisation's head of the trail, to publish outside the database."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Of which organisation."""
        parser.add_argument("--organisation", metavar="SLUG", help="only this one")
        parser.add_argument("--json", action="store_true", help="one line of JSON per organisation, as always")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        for place in asked_places(options["organisation"]):
            head = present_head(place.id)
            line = {
                "organisation": place.slug,
                "seq": head.seq,
                "hash": head.hash,
                "at": clock.now().isoformat(timespec="seconds"),
            }
            self.stdout.write(json.dumps(line))
