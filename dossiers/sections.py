"""What a dossier's page is put together from: other packages add to its side menu, identity bar and timeline.

Each registers in its AppConfig's ``ready()``. Functions registered here run inside
the door, in the transaction that writes the event, with the dossier's key loaded;
they return plain values. ``label`` is an English msgid (``gettext_noop``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from casemgmt.base.registries import Registry
from casemgmt.organisations.actors import Actor
from dossiers.models import Dossier

Count = Callable[[Dossier, Actor], int | str]


@dataclass(frozen=True, slots=True)
class Section:
    """One item of the side menu, for whoever has ``capability``; ``group`` 0, 1, 2 are parted by a line."""

    name: str
    label: str
    url_name: str
    order: int
    capability: str
    count: Count | None = None
    group: int = 0
    word: str = ""


sections: Registry[Section] = Registry("section of a dossier")


def section(
    name: str,
    label: str,
    url_name: str,
    order: int,
    capability: str,
    count: Count | None = None,
    group: int = 0,
    word: str = "",
) -> Section:
    """Add an item to the side menu; its page takes ``dossier_id`` and marks itself by ``name``.

    ``count`` is shown beside it when not zero: one cheap query. ``word`` names a
    noun of the profile (``words.…``) that replaces the label, such as "disclosures".
    """
    return sections.add(name, Section(name, label, url_name, order, capability, count, group, word))


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """Something that happened in the dossier: one quiet line among the entries."""

    at: datetime
    text: str
    icon: str = "circle"
    url_name: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict, hash=False)
    link: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """The part of a timeline that a page shows: from the newest moment down to the oldest, both None when open."""

    newest: datetime | None
    oldest: datetime | None


# Given the dossier, the reader and the span of a page, at most 50 events of it.
timeline_events: Registry[Callable[[Dossier, Actor, Span], Sequence[TimelineEvent]]] = Registry("timeline events")


@dataclass(frozen=True, slots=True)
class DossierAction:
    """A button in the identity bar, such as "Disclose" or "Take a request"."""

    label: str
    url_name: str
    capability: str
    order: int
    icon: str = ""


actions: Registry[DossierAction] = Registry("action on a dossier")


@dataclass(frozen=True, slots=True)
class Flag:
    """One line of the identity bar that must not be missed; danger only for danger."""

    text: str
    icon: str = "info-circle"
    danger: bool = False


flags: Registry[Callable[[Dossier, Actor, date], Sequence[Flag]]] = Registry("flags of a dossier")


@dataclass(frozen=True, slots=True)
class Aside:
    """A panel beside the timeline: a template of its package and the values it gets as ``aside``."""

    template: str
    values: Any


# In the order of their names; None leaves the panel out.
asides: Registry[Callable[[Dossier, Actor, date], Aside | None]] = Registry("panel beside the timeline")

# Told inside the transaction after somebody was added or an entry was made: (dossier, id, actor, moment).
person_added: Registry[Callable[[Dossier, UUID, Actor, datetime], None]] = Registry("listener to added people")
entry_added: Registry[Callable[[Dossier, UUID, Actor, datetime], None]] = Registry("listener to added entries")

# Told inside the transaction after what is known of somebody, or the words of an entry, were put right.
put_right: Registry[Callable[[Dossier, datetime], None]] = Registry("listener to what is put right")
