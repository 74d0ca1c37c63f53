"""Make the search tokens of an organisation again, after a release that makes other tokens of the same name."""

from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandParser

from casemgmt.base.organisation import organisation
from casemgmt.organisations.asked import asked_place
from dossiers.tokens import FIRST, STEP, renew_tokens


class Command(BaseCommand):
    """Goes through the dossiers in steps, each in a transaction of its own; dossiers stay in use meanwhile."""

    help = f"Make an organisation's search tokens again, {STEP} dossiers at a time; when stopped, go on with --after."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the organisation, and where an earlier run stopped."""
        parser.add_argument("organisation", help="the organisation's name in addresses, such as sterk-huis")
        parser.add_argument("--after", type=UUID, default=FIRST, help="the last dossier that an earlier run named")

    def handle(self, *args: Any, **options: Any) -> None:
        """Go on until there are no more."""
        place, last, done, shut = asked_place(options["organisation"]), options["after"], 0, 0
        while last is not None:
            # A block of its own for each step: keys do not pile up in memory.
            with organisation(place.id):
                step = renew_tokens(last)
            last, done, shut = step.last, done + step.done, shut + step.shut
            if last is not None:
                self.stdout.write(f"{done} dossiers done, up to and including {last}.")
        self.stdout.write(f"All done: {done} dossiers; {shut} have no key in the vault and keep the tokens they had.")
