"""Print the heads of all chains, to be kept where the database's keepers cannot reach."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from casemgmt.audit.chain import present_head
from casemgmt.base import clock
from casemgmt.organisations.places import all_organisations


class Command(BaseCommand):
    """One line of JSON per organisation; append them to a file elsewhere and give that to audit_verify."""

    help = "Print each organisation's head of the trail, to publish outside the database."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        for place in all_organisations():
            head = present_head(place.id)
            line = {
                "organisation": place.slug,
                "seq": head.seq,
                "hash": head.hash,
                "at": clock.now().isoformat(timespec="seconds"),
            }
            self.stdout.write(json.dumps(line))
