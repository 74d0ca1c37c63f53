"""Destroy keys whose dossier is not in the database, by hand: never right after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.asked import asked_place
from dossiers.tasks import destroy_orphan_keys, lost_keys, orphan_keys


class Command(BaseCommand):
    """Says how many there are; with --confirm they are destroyed, which nothing can undo."""

    help = "Count an organisation's keys without a dossier; --confirm destroys them for ever."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the organisation, and the word that one is sure."""
        parser.add_argument("organisation", help="the organisation's name in addresses, such as sterk-huis")
        parser.add_argument("--confirm", action="store_true", help="destroy them; first make sure the data is today's")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, or destroy."""
        place = asked_place(options["organisation"])
        with organisation(place.id):
            if options["confirm"]:
                self.stdout.write(f"{destroy_orphan_keys(clock.now())} keys destroyed.")
            else:
                many = len(orphan_keys(clock.now()))
                self.stdout.write(f"{many} keys without a dossier. Was the database restored? Then restore it further.")
                lost = len(lost_keys(clock.now()))
                self.stdout.write(f"{lost} dossiers without a key. Was the vault restored? Then restore it further.")
