"""Recompute the trail's chain and say whether it holds."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casemgmt.audit.chain import Head, Verification, verify
from casemgmt.organisations.asked import CANNOT, asked_places
from casemgmt.organisations.places import OrganisationValue


class Command(BaseCommand):
    """Ends with 0 when every chain holds, with 1 when one does not (its first bad row is named), with 2 when unable."""

    help = "Recompute the trail's hashes; name the first row that was changed, removed or cut off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which organisations, against which published heads, and how to answer."""
        parser.add_argument("--organisation", metavar="SLUG", help="only this one")
        parser.add_argument("--head", metavar="FILE", help="heads that were published earlier by audit_head")
        parser.add_argument("--json", action="store_true", help="one line of JSON per organisation")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify one by one, say each, and end."""
        published = read_heads(options["head"]) if options["head"] else {}
        good = True
        for place in asked_places(options["organisation"]):
            found = verify(place.id, head=published.get(place.slug, []))
            good = good and found.ok
            self.stdout.write(json.dumps(_line(place, found)) if options["json"] else _sentence(place, found))
        if not good:
            sys.exit(1)


def read_heads(path: str) -> dict[str, list[Head]]:
    """The published heads of a file, by organisation; raises CommandError when a line is none."""
    heads: dict[str, list[Head]] = {}
    try:
        for line in filter(str.strip, Path(path).read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            heads.setdefault(row["organisation"], []).append(Head(int(row["seq"]), str(row["hash"])))
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise CommandError("That file does not hold heads as audit_head prints them.", returncode=CANNOT) from problem
    return heads


def _line(place: OrganisationValue, found: Verification) -> dict[str, Any]:
    line: dict[str, Any] = {
        "organisation": place.slug,
        "ok": found.ok,
        "checked": found.checked,
        "seq": found.head.seq,
        "hash": found.head.hash,
    }
    if found.problem:
        line["problem"] = {
            "wrong": found.problem.wrong,
            "kind": found.problem.kind,
            "row_id": str(found.problem.row_id) if found.problem.row_id else None,
            "seq": found.problem.seq,
            "sentence": found.problem.sentence,
        }
    return line


def _sentence(place: OrganisationValue, found: Verification) -> str:
    if found.problem is None:
        return f"{place.slug}: {found.checked} links hold, head {found.head.seq} {found.head.hash[:16]}."
    problem = found.problem
    where = f"{problem.kind} {problem.row_id or ''}".strip()
    return f"{place.slug}: WRONG at {where}, number {problem.seq}. {problem.sentence}"
