"""Remove sealed files that no row knows, by hand, where the night did not dare: never right after a restore."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.asked import asked_place
from dossiers.tasks import destroy_stray_files, stray_files


class Command(BaseCommand):
    """Says how many there are; with --confirm they are removed, which nothing can undo."""

    help = "Count an organisation's files that belong to nothing; --confirm removes them for ever."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the organisation, and the word that one is sure."""
        parser.add_argument("organisation", help="the organisation's name in addresses, such as sterk-huis")
        parser.add_argument("--confirm", action="store_true", help="remove them; first make sure the data is today's")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, or remove."""
        place = asked_place(options["organisation"])
        with organisation(place.id):
            if options["confirm"]:
                self.stdout.write(f"{destroy_stray_files(clock.now())} files removed.")
            else:
                many = len(stray_files())
                self.stdout.write(f"{many} files without a row. Was the database restored? Then restore it further.")
