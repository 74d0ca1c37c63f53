"""`manage.py backup_key FILE`: make the key that opens backups, to be kept away from this machine."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casemgmt.backups import envelope
from casemgmt.organisations.asked import CANNOT


class Command(BaseCommand):
    """Writes the secret half to a new file and prints the public half for CASEMGMT_BACKUP_RECIPIENT."""

    help = "Make a key that opens backups; its secret half goes to a file that must leave this machine."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where the secret half goes."""
        parser.add_argument("file", help="a new file for the secret half")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make both halves; an older file is never written over."""
        key = envelope.new_private_key()
        try:
            with open(os.open(options["file"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(envelope.pem_of(key))
        except OSError as problem:
            reason = problem.strerror or "it cannot be written"
            raise CommandError(f"{options['file']} was not made: {reason}.", returncode=CANNOT) from problem
        self.stdout.write(envelope.as_text(envelope.recipient_of(key)))
