"""`manage.py night [--json]`: what the clock starts every night at 02:15, now."""

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casemgmt.night import plan, sweeps
from casemgmt.organisations.asked import CANNOT
from casemgmt.organisations.places import all_organisations


class Command(BaseCommand):
    """Queues the sweeps and rings the bell; worker and queue do the rest as in any night."""

    help = "Plan the night now: queue every sweep of every organisation for the worker. Refused in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """People read a sentence, programs JSON."""
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Plan and say what was planned."""
        if settings.CASEMGMT_ENV == "production":
            raise CommandError("The night is not started by hand in production; it comes by itself.", returncode=CANNOT)
        plan()
        kinds, places = sorted(kind for kind, _ in sweeps), [place.slug for place in all_organisations()]
        if options["json"]:
            self.stdout.write(json.dumps({"organisations": places, "kinds": kinds}))
        else:
            self.stdout.write(f"{len(kinds)} sweeps queued for each of {len(places)} organisations.")
