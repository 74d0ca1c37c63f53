"""What staff did with an inspection since its decision, as it is kept with the request.

Pieces that somebody read were released, or stay closed with a sentence; all of it may be closed; and an address was
secret for the asker at some moment since. Plain values from the stored details and back: nothing is asked of the
database here, and nothing saved. What they mean for what opens stands in ``inspection``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from client_requests.models import ClientRequest
from client_requests.vocabulary import Executed, RequestState


@dataclass(frozen=True, slots=True)
class Release:
    """A given piece that somebody read in one wording, and the addresses that were secret at that moment."""

    number: int
    secret: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Handled:
    """What staff did with an inspection after its decision: released some pieces, kept some closed, or closed it all.

    ``why`` is with pieces what the asker reads of those that stay closed, and else why all of it closed.
    """

    at: datetime
    by_id: UUID
    pieces: int = 0
    why: str = ""


def was_guarded(row: ClientRequest) -> bool:
    """Whether an address was secret for the asker at any moment since the decision, also when none is any more.

    Then a given piece that nobody read waits on: that a secret ended is no reading.
    """
    return bool((row.details or {}).get("guarded"))


def released_pieces(row: ClientRequest) -> dict[UUID, Release]:
    """What somebody read after the decision, by entry.

    Of a release from before the addresses were marked nobody can tell which they were: it was read with none in mind.
    """
    stored = (row.details or {}).get("released", {})
    return {UUID(id_): Release(one["number"], _marks(one["secret"])) for id_, one in stored.items()}


def kept_pieces(row: ClientRequest) -> dict[UUID, tuple[int, str]]:
    """What stays closed, by entry: the number of the wording that was read, and what the asker reads of it."""
    stored = (row.details or {}).get("kept", {})
    return {UUID(id_): (one["number"], one["said"]) for id_, one in stored.items()}


def _marks(stored: Any) -> dict[UUID, str]:
    return {UUID(person): mark for person, mark in stored.items()} if isinstance(stored, dict) else {}


def stored_release(pieces: Mapping[UUID, int], secret: Mapping[UUID, str]) -> dict[str, Any]:
    """Pieces that were read just now, as they are kept with the request."""
    people = {str(person): mark for person, mark in secret.items()}
    return {str(id_): {"number": number, "secret": people} for id_, number in pieces.items()}


def closed_on(row: ClientRequest) -> date | None:
    """The day on which staff closed what was open in the portal; None when they did not."""
    day = (row.details or {}).get("closed_on")
    return date.fromisoformat(day) if day else None


def handled(row: ClientRequest) -> tuple[Handled, ...]:
    """The releases and the closing of an inspection, in the order in which they were done.

    What was done before this was kept is only in the trail.
    """
    stored = (row.details or {}).get("handled", ())
    return tuple(
        Handled(datetime.fromisoformat(one["at"]), UUID(one["by"]), one["pieces"], one["why"]) for one in stored
    )


def with_handled(row: ClientRequest, done: Handled) -> dict[str, Any]:
    """The details of a request with one thing more that was done."""
    one = {"at": done.at.isoformat(), "by": str(done.by_id), "pieces": done.pieces, "why": done.why}
    return {**row.details, "handled": [*row.details.get("handled", ()), one]}


def is_open(row: ClientRequest) -> bool:
    """Whether what was given stands open in the portal."""
    carried_out = row.state in (RequestState.EXECUTING, RequestState.COMPLETED)
    return carried_out and row.executed_how == Executed.PORTAL and closed_on(row) is None
