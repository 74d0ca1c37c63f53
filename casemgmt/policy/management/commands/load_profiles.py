"""Loads the shipped regulations, or a regulation from a file for a new organisation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casemgmt.base import clock
from casemgmt.base.errors import Conflict
from casemgmt.base.organisation import organisation
from casemgmt.organisations.places import all_organisations, organisation_by_slug
from casemgmt.policy.loader import ProfileError, load_profile
from casemgmt.policy.shipped import load_first, load_shipped


class Command(BaseCommand):
    """Every organisation gets the regulation that comes with the product; running it again changes nothing."""

    help = "Load the shipped regulations; with --organisation and --file, the first regulation of an organisation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Both options together, or none."""
        parser.add_argument("--organisation", help="slug of one organisation")
        parser.add_argument("--file", type=Path, help="a regulation as TOML")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say what was done."""
        slug, path = options["organisation"], options["file"]
        if path is not None:
            self._load_file(slug, path)
            return
        for place in all_organisations():
            if slug in (None, place.slug):
                made = load_shipped(slug=place.slug, at=clock.now())
                self.stdout.write(f"{place.slug}: {made} new")

    def _load_file(self, slug: str | None, path: Path) -> None:
        place = organisation_by_slug(slug) if slug else None
        if place is None:
            raise CommandError("Name an existing organisation with --organisation.")
        try:
            profile = load_profile(path)
        except ProfileError as error:
            raise CommandError("\n".join(str(one) for one in (error, *error.others))) from error
        except OSError as error:
            raise CommandError(f"{path} cannot be read.") from error
        try:
            with organisation(place.id):
                load_first(profile=profile, source=path.name, at=clock.now())
        except Conflict as error:
            raise CommandError(error.sentence) from error
        self.stdout.write(f"{place.slug}: 1 new")
