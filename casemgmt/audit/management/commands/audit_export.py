"""Write an organisation's trail as lines of JSON with the names of NEN 7513."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casemgmt.audit.export import export
from casemgmt.base.clock import AMSTERDAM
from casemgmt.base.organisation import organisation
from casemgmt.organisations.asked import CANNOT, asked_place


class Command(BaseCommand):
    """Exporting the trail is in the trail before the first line is written."""

    help = "Write the trail of one organisation, with NEN 7513's field names, one JSON object a line."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which organisation, from and until which day (both included)."""
        parser.add_argument("--organisation", metavar="SLUG", required=True)
        parser.add_argument("--from", dest="since", metavar="DAY", type=_day, help="first day, as 2026-11-22")
        parser.add_argument("--until", metavar="DAY", type=_day, help="last day")
        parser.add_argument("--json", action="store_true", help="one JSON object a line, as always")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write them."""
        place = asked_place(options["organisation"])
        if options["since"] and options["until"] and options["until"] < options["since"]:
            raise CommandError("--until is a day before --from.", returncode=CANNOT)
        since = _start(options["since"]) if options["since"] else None
        until = _start(options["until"] + timedelta(days=1)) if options["until"] not in (None, date.max) else None
        with organisation(place.id):
            for fields in export(place, since=since, until=until):
                self.stdout.write(json.dumps(fields))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise ArgumentTypeError("a day looks like 2026-11-22") from problem


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), AMSTERDAM)
