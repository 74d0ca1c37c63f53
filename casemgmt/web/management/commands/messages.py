"""`manage.py messages [package …] [--check|--compile]`: collect the English, keep the Dutch beside it, compile."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from casemgmt.web import messages


class Command(BaseCommand):
    """Update the parts in locale/nl/parts and compile the catalogue; see locale/README.md."""

    help = "Update and compile the Dutch texts; --check changes nothing and fails when something is missing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the packages to update and what to do."""
        parser.add_argument("packages", nargs="*", help="packages whose part is updated (default: all)")
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail on outdated parts or missing Dutch"
        )
        parser.add_argument("--compile", action="store_true", help="only compile what the parts hold")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and say what is still without Dutch."""
        flags = [flag for flag in ("check", "compile") if options[flag]]
        if messages.main([*options["packages"], *(f"--{flag}" for flag in flags)]):
            raise CommandError("The texts are not complete.")
