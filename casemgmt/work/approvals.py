"""The inbox of whoever decides on others' work; each package tells what of its own waits there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.db import reads
from casemgmt.base.registries import Registry
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision


@dataclass(frozen=True, slots=True)
class Approval:
    """One thing that waits for this person's decision; opened by the page ``name`` with ``arguments``.

    ``title`` says what is decided, ``sub`` about what or whom, ``asked_by`` who asks.
    ``dossier_id`` is the dossier whose name or number the line shows.
    """

    title: str
    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict, hash=False)
    sub: str = ""
    asked_by: str = ""
    asked_at: datetime | None = None
    due_on: date | None = None
    decision: Decision | None = None
    dossier_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a source found: as much as the inbox shows, the most urgent first, and how many more there are."""

    items: Sequence[Approval] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class ApprovalGroup:
    """What waits of one sort; ``label`` is translated. ``more`` do not fit; the page ``all_on`` has them."""

    name: str
    label: str
    items: tuple[Approval, ...]
    more: int
    all_on: str


@dataclass(frozen=True, slots=True)
class ApprovalSource:
    """A sort of approval: its name as an English msgid, and the function that finds what waits for an actor.

    The function runs inside a transaction of the actor's organisation, checks the
    actor's capability itself and loads the keys of what it opens. ``all_on`` is the
    name of the page on which all of it can be reached, where it may be more than fits.
    """

    label: str
    find: Callable[[Actor], Waiting]
    all_on: str = ""


# Packages add in ready(): approvals.add("disclosures", ApprovalSource(gettext_noop("Disclosures"), find, page)).
approvals: Registry[ApprovalSource] = Registry("approvals")


@reads
def waiting_for(actor: Actor) -> tuple[ApprovalGroup, ...]:
    """Everything that waits for this actor's decision, by sort; one read in the trail."""
    groups = []
    for name, source in approvals:
        found = source.find(actor)
        if found.items:
            label, items = gettext(source.label), tuple(found.items)
            groups.append(ApprovalGroup(name, label, items, found.more, source.all_on))
    named = [item.dossier_id for group in groups for item in group.items if item.dossier_id]
    events.record(Action.READ, outcome=Outcome.SHOWN, data="approvals", subjects=named)
    return tuple(groups)
