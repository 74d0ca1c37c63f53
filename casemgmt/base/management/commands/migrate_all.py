"""`manage.py migrate_all`: bring the database and the keystore up to date, each as its owner, while people work."""

from argparse import ArgumentParser
from functools import partial
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from casemgmt.base.waiting import Patience, StillHeld, work_between

OWNERS = {"owner": "DATABASE_OWNER_URL", "vault_owner": "VAULT_DATABASE_OWNER_URL"}
CANNOT = 2


class Command(BaseCommand):
    """Django's migrate for both databases, in one process: loading the application twice is half of the work.

    A migration that needs a table for itself waits two seconds for it and lets others go first, up to twenty times.
    Ends with 1 when it never got it: migrations that were finished stay, the one that waited left nothing.
    """

    help = "Bring the database and the keystore up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How long it waits, for who knows that nobody works, or that somebody works for long."""
        usual = Patience()
        parser.add_argument("--lock-seconds", type=float, default=usual.seconds, help="how long one try waits")
        parser.add_argument("--pause-seconds", type=float, default=usual.pause, help="how long others go first")
        parser.add_argument("--tries", type=int, default=usual.tries)

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate both."""
        if missing := [setting for database, setting in OWNERS.items() if database not in settings.DATABASES]:
            told = " and ".join(missing)
            raise CommandError(f"{told} must be set: only the owner may migrate.", returncode=CANNOT)
        patience = Patience(options["lock_seconds"], options["pause_seconds"], options["tries"])
        if min(patience.seconds, patience.tries) <= 0 or patience.pause < 0:
            raise CommandError("Waiting takes more than no time, and at least one try.", returncode=CANNOT)
        for database in OWNERS:
            migrate = partial(
                call_command, "migrate", database=database, interactive=False, verbosity=options["verbosity"]
            )
            try:
                work_between(database, migrate, patience, self.stderr.write)
            except StillHeld as held:
                raise CommandError(_given_up(patience), returncode=1) from held


def _given_up(patience: Patience) -> str:
    return (
        f"A migration did not get a lock in {patience.tries} tries ({patience.longest:.0f} seconds): somebody else "
        "holds the table, perhaps a backup or a forgotten session. What was finished stays and nothing is half done; "
        "run migrate_all again when that has ended."
    )
