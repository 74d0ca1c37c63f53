"""`manage.py tidy_vault [--json]`: let the keystore's own files forget destroyed keys; every night, as its owner."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from casemgmt.organisations.asked import CANNOT
from casemgmt.vault.forgetting import OWNER, tidy

USED_AGAIN = "The keystore's server uses the files of its log again (wal_recycle is on): destroyed keys stay in them."


class Command(BaseCommand):
    """Ends with 0 when nothing of destroyed keys is left in its files, 1 when the log keeps them, 2 when unable."""

    help = "Rewrite the keystore's tables and drop its older log, so that destroyed keys are in no file of it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to answer."""
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say how it went."""
        if OWNER not in settings.DATABASES:
            raise CommandError("VAULT_DATABASE_OWNER_URL is not set: only the owner may do this.", returncode=CANNOT)
        try:
            done = tidy()
        except Error as error:
            said = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise CommandError(f"The keystore could not be tidied: {said}", returncode=CANNOT) from error
        if options["json"]:
            self.stdout.write(json.dumps(asdict(done)))
        elif done.log_is_removed:
            self.stdout.write("Nothing of destroyed keys is left in the files of the keystore.")
        if not done.log_is_removed:
            self.stderr.write(USED_AGAIN)
            sys.exit(1)
