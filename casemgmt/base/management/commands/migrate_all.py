"""`manage.py migrate_all`: bring the database and the keystore up to date, each as its owner."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

OWNERS = {"owner": "DATABASE_OWNER_URL", "vault_owner": "VAULT_DATABASE_OWNER_URL"}
CANNOT = 2


class Command(BaseCommand):
    """Django's migrate for both databases, in one process: loading the application twice is half of the work."""

    help = "Bring the database and the keystore up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate both."""
        if missing := [setting for database, setting in OWNERS.items() if database not in settings.DATABASES]:
            told = " and ".join(missing)
            raise CommandError(f"{told} must be set: only the owner may migrate.", returncode=CANNOT)
        for database in OWNERS:
            call_command("migrate", database=database, interactive=False, verbosity=options["verbosity"])
