"""`manage.py migrate_all`: bring the database and the keystore up to date, each as its owner."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

OWNERS = ("owner", "vault_owner")


class Command(BaseCommand):
    """Django's migrate for both databases, in one process: loading the application twice is half of the work."""

    help = "Bring the database and the keystore up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate both."""
        for database in OWNERS:
            call_command("migrate", database=database, interactive=False, verbosity=options["verbosity"])
