"""The list of disclosures across dossiers: a panel for each thing that must still be done, and what is over.

Each panel asks for its own rows, so that none of what runs is lost behind what ended since. What must still be done
stands in order of age, the oldest on top; what is over the other way round. Each goes on by its key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.db import reads
from casemgmt.base.keyset import Part, part
from casemgmt.organisations.actors import Actor
from casemgmt.vault.keys import load_keys
from disclosures.acts import called
from disclosures.letters import ToldLine, letters_by_which, still_by_hand
from disclosures.models import Disclosure
from disclosures.vocabulary import PREPARING, RUNNING, UNTOLD, State
from dossiers.access import reachable
from dossiers.names import unreadable
from dossiers.verbs import Verb

AT_ONCE = 50
OLDEST, ASKED, LEFT_FIRST = ("proposed_at", "id"), ("asked_at", "id"), ("handed_over_at", "id")
NEWEST = ("-proposed_at", "-id")


@dataclass(frozen=True, slots=True)
class ListLine:
    """One disclosure in the list across dossiers; ``approve``: its link goes to the page of who decides."""

    id: UUID
    dossier_id: UUID
    dossier: str
    number: str
    about: str
    called: str
    state: str
    state_label: str
    at: datetime
    deferred_until: date | None
    approve: bool
    by_hand: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a panel asks for, and whether its reader decides on it (None: where they do not prepare it)."""

    rows: QuerySet[Disclosure]
    order: tuple[str, ...]
    approve: bool | None = False


@reads
def lists(actor: Actor, name: str = "", after: str = "") -> dict[str, Part[ListLine]]:
    """The disclosures of the dossiers this person works with or approves for, by panel; one read in the trail.

    With the name of a panel only that one, from the key ``after`` on.
    """
    asked = _panels(actor)
    chosen, after = ([name], after) if name in asked else (list(asked), "")
    parts = {one: part(asked[one].rows, asked[one].order, after, AT_ONCE) for one in chosen}
    rows = [row for found in parts.values() for row in found.rows]
    shown = [row.dossier_id for row in rows]
    opened = load_keys(shown)
    events.record(Action.READ, outcome=Outcome.SHOWN, data="disclosures", subjects=shown)
    written = letters_by_which(row for row in rows if row.state not in RUNNING and row.dossier_id in opened)
    prepared = set(reachable(actor, Verb.PREPARE_DISCLOSURE).filter(id__in=set(shown)).values_list("id", flat=True))

    def lines(found: Part[Disclosure], approve: bool | None) -> Part[ListLine]:
        def decides(row: Disclosure) -> bool:
            return row.dossier_id not in prepared if approve is None else approve

        return found.each(lambda row: _line(row, opened, written.get(row.id, ()), approve=decides(row)))

    return {one: lines(found, asked[one].approve) for one, found in parts.items()}


def _panels(actor: Actor) -> dict[str, _Asked]:
    """Every disclosure somebody may see stands in one panel, in the order of what is most urgent."""
    prepares, approves = reachable(actor, Verb.PREPARE_DISCLOSURE), reachable(actor, Verb.APPROVE_DISCLOSURE)
    found = Disclosure.objects.select_related("dossier", "about")
    mine, theirs = found.filter(dossier__in=prepares), found.filter(dossier__in=approves)
    asks = Q(proposed_by_id=actor.user_id) | Q(asked_by_id=actor.user_id)
    waits = Q(state=State.AWAITING_APPROVAL)
    return {
        "waiting": _Asked(theirs.filter(waits).exclude(asks), ASKED, approve=True),
        "asked": _Asked(mine.filter(waits).filter(asks | ~Q(dossier__in=approves)), ASKED),
        "preparing": _Asked(mine.filter(state__in=sorted(PREPARING | {State.APPROVED})), OLDEST),
        # Whoever also prepares finds these among what is prepared, with more to do there.
        "leaving": _Asked(theirs.filter(state=State.APPROVED).exclude(dossier__in=prepares), OLDEST, approve=True),
        "untold": _Asked(
            found.filter(Q(dossier__in=prepares) | Q(dossier__in=approves), state__in=sorted(UNTOLD)),
            LEFT_FIRST,
            approve=None,
        ),
        "left": _Asked(mine.exclude(state__in=sorted(RUNNING | UNTOLD)), NEWEST),
    }


def _line(row: Disclosure, opened: frozenset[UUID], letters: Iterable[ToldLine], *, approve: bool) -> ListLine:
    shut = unreadable() if row.dossier_id not in opened else ""
    return ListLine(
        id=row.id,
        dossier_id=row.dossier_id,
        dossier=shut or row.dossier.name,
        number=row.dossier.number,
        about=shut or row.about.name,
        called=shut or called(row),
        state=row.state,
        state_label=str(State(row.state).label),
        at=row.handed_over_at or row.ended_at or row.asked_at or row.proposed_at,
        deferred_until=row.deferred_until if row.state == State.INFORMING_DEFERRED else None,
        approve=approve,
        by_hand=still_by_hand(letters),
    )
