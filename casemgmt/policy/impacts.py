"""What a change of the rules moves elsewhere: each package to our right says so for its own rows.

A package registers one `Impact`; a simulation asks it what would move, and when a published version
begins to hold it is told, so that it can queue its own work.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from casemgmt.base.registries import Registry
from casemgmt.policy.schema import Profile

EXAMPLES = 10

Report = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ImpactResult:
    """How many of `total` things move, how many are due at once, and ten of them.

    An example is data that JSON holds, dates as ISO text; `Impact.example` words it for whoever reads it. Never a
    name or a number of a dossier: it is kept when the dossier goes.
    """

    moved: int
    due_at_once: int
    total: int
    examples: tuple[Mapping[str, Any], ...] = ()


class Impact(Protocol):
    """One kind of thing that the rules move, such as the end dates of dossiers."""

    @property
    def title(self) -> str:
        """What moves, in the reader's language: "End dates of dossiers"."""

    def affected(self, old: Profile, new: Profile, on: date, report: Report) -> ImpactResult:
        """Work out what `new` would move on the day `on`; changes nothing.

        Call `report(done, total)` between batches, outside a transaction, so that progress is seen.
        """

    def example(self, found: Mapping[str, Any]) -> str:
        """One example of a result in words, in the reader's language."""

    def republish(self, version_id: UUID) -> None:
        """A version begins to hold: queue what must be worked out again; may be told twice."""


impacts: Registry[Impact] = Registry("impact of the rules")
