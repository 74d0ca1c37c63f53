"""Loads the demo: four organisations with people who can sign in. Running it twice changes nothing."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from casemgmt.organisations.asked import CANNOT
from demo.build import Built, OtherSeed, build, slugs
from demo.markers import markers_of
from demo.objects import objects_of
from demo.portal import portal_people

_OTHER = (
    "{slug} stands already and was not made with seed {seed} (or its making was interrupted): "
    "ask with the seed it was made with, or begin again with ./run --reset."
)


class Command(BaseCommand):
    """manage.py demo [--seed N] [--json]"""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The seed decides passwords and second factors."""
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="print people, second factors and object ids")

    def handle(self, *args: Any, seed: int, json: bool, **options: Any) -> None:
        """Build what is not there yet and say who can sign in."""
        if settings.CASEMGMT_ENV == "production":
            raise CommandError("The demo is never loaded in production.", returncode=CANNOT)
        try:
            built = [build(slug, seed=seed) for slug in slugs()]
        except OtherSeed as found:
            raise CommandError(_OTHER.format(slug=found, seed=seed), returncode=CANNOT) from found
        if json:
            self.stdout.write(_document(built, seed))
        else:
            for one in built:
                self.stdout.write(f"{one.slug}: {len(one.people)} people, {len(one.dossiers)} dossiers")


def _document(built: list[Built], seed: int) -> str:
    people = [asdict(person) for one in built for person in one.people]
    return json.dumps(
        {
            "seed": seed,
            "people": people + [asdict(person) for one in built for person in portal_people(one.slug, seed)],
            "dossiers": {one.slug: {name: str(i) for name, i in one.dossiers.items()} for one in built},
            "objects": {one.slug: objects_of(one.organisation_id) for one in built},
            "markers": {one.slug: markers_of(one.slug) for one in built},
        },
        ensure_ascii=False,
        indent=1,
    )
