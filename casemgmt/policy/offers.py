"""Who hears that a version of the rules waits for a second person, and that it waits no longer.

The rules themselves call nobody: a package to our right registers what it does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from casemgmt.base.registries import Registry
from casemgmt.organisations.actors import Actor


class Settled(Protocol):
    """Hears how the waiting ended, in the transaction of the act that ended it."""

    def __call__(self, version_id: UUID, *, published: bool, by: Actor, at: datetime) -> None:
        """``published`` is false where the version was taken back or sent back."""


@dataclass(frozen=True, slots=True)
class OfferHearer:
    """What one package does: ``offered`` when a version was submitted (its id and the moment), ``settled`` after."""

    offered: Callable[[UUID, datetime], None]
    settled: Settled


hearers: Registry[OfferHearer] = Registry("hearer of offered rules")


def tell_offered(version_id: UUID, at: datetime) -> None:
    """A version was submitted at ``at`` and waits for somebody who had no hand in it."""
    for _name, hearer in hearers:
        hearer.offered(version_id, at)


def tell_settled(version_id: UUID, *, published: bool, by: Actor, at: datetime) -> None:
    """A version was published, or went back to who made it."""
    for _name, hearer in hearers:
        hearer.settled(version_id, published=published, by=by, at=at)
