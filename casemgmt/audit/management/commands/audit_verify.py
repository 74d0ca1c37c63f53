"""Recompute the trail's chain and say whether it holds."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from casemgmt.audit.chain import Problem, Verification, Wrong, verify, verify_platform
from casemgmt.audit.heads import NOTHING, PLATFORM, Line, Published, read_heads
from casemgmt.organisations.asked import asked_places
from casemgmt.organisations.places import all_organisations

_ABSENT = "{slug}: WRONG. {sentence} It was published at {at}, number {seq}."


class Command(BaseCommand):
    """Ends with 0 when every chain holds, with 1 when one does not (its first bad row is named), with 2 when unable."""

    help = "Recompute the trail's hashes; name the first row that was changed, removed or cut off."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which organisations, against which published heads, and how to answer."""
        parser.add_argument("--organisation", metavar="SLUG", help="only this one")
        parser.add_argument("--head", metavar="FILE", help="heads that were published earlier by audit_head")
        parser.add_argument("--json", action="store_true", help="one line of JSON per chain")

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify one by one, say each, and end."""
        published = read_heads(options["head"]) if options["head"] else NOTHING
        good = True
        for slug, found in _judged(options["organisation"], published):
            good = good and found.ok
            self.stdout.write(json.dumps(_line(slug, found)) if options["json"] else _sentence(slug, found))
        for lost in _absent(options["organisation"], published):
            good = False
            self.stdout.write(json.dumps(_absent_line(lost)) if options["json"] else _absent_sentence(lost))
        if not good:
            sys.exit(1)


def _judged(asked: str | None, published: Published) -> Iterator[tuple[str | None, Verification]]:
    """Each organisation by its slug; and the platform, without one, when nobody asked for one organisation."""
    for place in asked_places(asked):
        yield place.slug, verify(place.id, head=published.of(place))
    if asked is None:
        yield None, verify_platform(head=published.of_platform)


def _absent(asked: str | None, published: Published) -> list[Line]:
    """The heads of organisations that are not there: no chain is left to hold them."""
    return [line for line in published.of_nobody(all_organisations()) if asked in (None, line.slug)]


def _absent_line(lost: Line) -> dict[str, Any]:
    found = Problem(Wrong.NOBODYS, "head", lost.organisation_id, lost.head.seq)
    return _line(lost.slug, Verification(lost.organisation_id, 0, lost.head, found))


def _absent_sentence(lost: Line) -> str:
    problem = Problem(Wrong.NOBODYS, "head", None, None)
    return _ABSENT.format(slug=lost.slug, sentence=problem.sentence, at=lost.at, seq=lost.head.seq)


def _line(slug: str | None, found: Verification) -> dict[str, Any]:
    line: dict[str, Any] = {
        "organisation": slug,
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
            "name": found.problem.name,
            "sentence": found.problem.sentence,
        }
    return line


def _sentence(slug: str | None, found: Verification) -> str:
    whose = slug or PLATFORM
    if found.problem is None:
        return f"{whose}: {found.checked} links hold, head {found.head.seq} {found.head.hash[:16]}."
    problem = found.problem
    where = f"{problem.kind} {problem.row_id or problem.name}".strip()
    number = "" if problem.name else f", number {problem.seq}"
    return f"{whose}: WRONG at {where}{number}. {problem.sentence}"
