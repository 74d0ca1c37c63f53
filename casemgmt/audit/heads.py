"""The heads that were published outside the database: how a line of them is written, and of whom each one tells.

An organisation is known by its id: a slug can be changed by whoever changes the trail. Lines of earlier releases have
a slug alone and are still read. What follows from a head is decided in ``casemgmt.audit.chain``.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from casemgmt.audit.chain import Head
from casemgmt.organisations.asked import CANNOT
from casemgmt.organisations.places import OrganisationValue

HEAD_FIELDS = ("organisation", "id", "seq", "hash")
# What a sentence calls the chain of no organisation; in JSON its organisation is null.
PLATFORM = "platform"


@dataclass(frozen=True, slots=True)
class Line:
    """One published head: of which organisation (neither id nor slug: the platform's), and when."""

    organisation_id: UUID | None
    slug: str | None
    head: Head
    at: str

    @property
    def whose(self) -> UUID | str | None:
        """The same of all lines of one chain."""
        return self.organisation_id or self.slug

    def is_of_the_same(self, other: "Line") -> bool:
        """Whether both tell of one chain; a line of an earlier release has a slug alone."""
        if self.organisation_id and other.organisation_id:
            return self.organisation_id == other.organisation_id
        return self.slug == other.slug

    def is_of(self, place: OrganisationValue) -> bool:
        """Whether it tells of this organisation, under whatever slug."""
        return self.whose in (place.id, place.slug)


@dataclass(frozen=True, slots=True)
class Published:
    """All heads of a file, or of a manifest."""

    lines: tuple[Line, ...]

    @property
    def of_platform(self) -> list[Head]:
        """Those of the platform."""
        return [line.head for line in self.lines if line.whose is None]

    def of(self, place: OrganisationValue) -> list[Head]:
        """Those of this organisation."""
        return [line.head for line in self.lines if line.is_of(place)]

    def of_nobody(self, places: Iterable[OrganisationValue]) -> list[Line]:
        """For each organisation that is not among these, its longest head."""
        present, longest = list(places), dict[UUID | str, Line]()
        for line in sorted(self.lines, key=lambda one: one.head.seq):
            if line.whose is not None and not any(line.is_of(place) for place in present):
                longest[line.whose] = line
        return list(longest.values())

    def only_after(self, one: Line, moment: datetime) -> bool:
        """Whether every head of the same organisation was published after this moment."""
        return all(_moment(line.at) > moment for line in self.lines if line.whose == one.whose)


NOTHING = Published(())


def as_row(place: OrganisationValue | None, head: Head) -> dict[str, Any]:
    """A head as it is published; None is the platform's."""
    whose = (place.slug, str(place.id)) if place else (None, None)
    return dict(zip(HEAD_FIELDS, (*whose, head.seq, head.hash), strict=True))


def published_in(rows: Iterable[Mapping[str, Any]]) -> Published:
    """Heads out of rows as they are published; raises ValueError, KeyError or TypeError for what is none."""
    lines = [_line(row) for row in rows]
    # A line with a slug alone tells of the organisation that had it when an id was first given with it.
    known = {line.slug: line.organisation_id for line in reversed(lines) if line.organisation_id}
    return Published(
        tuple(replace(line, organisation_id=line.organisation_id or known.get(line.slug)) for line in lines)
    )


def read_heads(path: str) -> Published:
    """The published heads of a file; raises CommandError when it cannot be read or a line is none."""
    try:
        lines = filter(str.strip, Path(path).read_text(encoding="utf-8").splitlines())
        return published_in(json.loads(line) for line in lines)
    except OSError as problem:
        raise CommandError(f"The heads in {path} cannot be read: {problem.strerror}.", returncode=CANNOT) from problem
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise CommandError("That file does not hold heads as audit_head prints them.", returncode=CANNOT) from problem


def _line(row: Mapping[str, Any]) -> Line:
    slug, given = row["organisation"], row.get("id")
    if slug is None and given is not None:
        raise ValueError("a head with an id and no organisation")
    head = Head(int(row["seq"]), str(row["hash"]))
    return Line(UUID(given) if given else None, None if slug is None else str(slug), head, str(row.get("at", "")))


def _moment(at: str) -> datetime:
    """When it was published; the earliest there is for a line that does not say it."""
    try:
        found = datetime.fromisoformat(at)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
