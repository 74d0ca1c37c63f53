"""How destruction stands: removals per state, and what does not get on by itself."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from casemgmt.base.organisation import organisation
from casemgmt.organisations.asked import asked_places
from retention.status import Status, status


class Command(BaseCommand):
    """Ends with 0 when everything gets on, with 1 when a destruction is stuck."""

    help = "Count removals per state for one organisation or all, and name what is stuck."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which organisation, and how to answer."""
        parser.add_argument("--organisation", metavar="SLUG", help="only this one")
        parser.add_argument("--json", action="store_true", help="one line of JSON per organisation")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and say."""
        stuck = False
        for place in asked_places(options["organisation"]):
            with organisation(place.id):
                found = status()
            stuck = stuck or bool(found.stuck)
            self.stdout.write(_line(place.slug, found) if options["json"] else _sentence(place.slug, found))
        if stuck:
            sys.exit(1)


def _line(slug: str, found: Status) -> str:
    return json.dumps(
        {
            "organisation": slug,
            "states": found.states,
            "certificates": found.certificates,
            "erased": found.erased,
            "stuck": [{"removal": str(one.removal), "state": one.state, "why": one.why} for one in found.stuck],
        }
    )


def _sentence(slug: str, found: Status) -> str:
    counts = ", ".join(f"{state} {many}" for state, many in found.states.items()) or "no removals"
    stuck = "".join(f"\n  stuck: {one.removal} in {one.state} ({one.why})" for one in found.stuck)
    return f"{slug}: {counts}; {found.certificates} certificates{stuck}"
