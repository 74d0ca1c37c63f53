"""`manage.py organisation found --slug … --name … --kind …`: an organisation begins, with its key and regulation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from casemgmt.base import clock
from casemgmt.management.operating import one_sentence, said, valid
from casemgmt.organisations.asked import CANNOT
from casemgmt.organisations.forms import FoundForm
from casemgmt.policy.founding import NewOrganisation, abbreviation_of, found_by_kind, found_by_profile
from casemgmt.policy.loader import ProfileError, load_profile

FIRST_UNIT = "Beheer"


class Command(BaseCommand):
    """manage.py organisation found --slug SLUG --name NAME (--kind KIND | --file REGULATION) [--unit NAME] [--json]"""

    help = "Found an organisation: its row, its key, its regulation and a first team. Then: manage.py staff invite."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What it is called and which regulation it follows."""
        found = parser.add_subparsers(dest="what", required=True).add_parser("found", help="found an organisation")
        found.add_argument("--slug", required=True, help="its name in addresses: small letters, digits, dashes")
        found.add_argument("--name", required=True)
        which = found.add_mutually_exclusive_group(required=True)
        which.add_argument("--kind", help="the regulation that comes with the product, such as sterk-huis")
        which.add_argument("--file", type=Path, help="a regulation of its own, as TOML")
        found.add_argument("--abbreviation", help="at most four letters (default: of the name)")
        found.add_argument("--unit", default=FIRST_UNIT, help=f"the first team (default: {FIRST_UNIT})")
        found.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Found it and say so."""
        given = {name: options[name] for name in ("slug", "name", "unit")}
        given["abbreviation"] = options["abbreviation"] or abbreviation_of(options["name"])
        with one_sentence():
            data = valid(FoundForm(given))
            new = NewOrganisation(data["slug"], data["name"], data["abbreviation"], (data["unit"],))
            founded = _found(new, options["kind"], options["file"])
        told = {"organisation": new.slug, "id": str(founded), "unit": data["unit"]}
        sentence = (
            f"{new.name} was founded. Invite its first administrator: manage.py staff invite --organisation {new.slug}"
        )
        self.stdout.write(said(told, sentence, as_json=options["json"]))


def _found(new: NewOrganisation, kind: str | None, path: Path | None) -> UUID:
    if path is None:
        return found_by_kind(new=new, kind=kind or "", at=clock.now())
    try:
        profile = load_profile(path)
    except ProfileError as error:
        raise CommandError(str(error), returncode=CANNOT) from error
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read.", returncode=CANNOT) from error
    return found_by_profile(new=new, profile=profile, source=path.name, at=clock.now())
