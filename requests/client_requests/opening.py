"""What is done with an inspection after its decision: pieces that were read are released or stay closed; it closes.

Each act runs inside a door, as those in ``acts``.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict
from casemgmt.organisations.actors import Actor
from casemgmt.policy.schema.vocabulary import RequestKind
from client_requests import judging
from client_requests.acts import locked, who
from client_requests.inspection import (
    closed_pieces,
    inspection_of,
    other_than_seen,
    secret_addresses,
    shown_mark,
)
from client_requests.models import ClientRequest
from client_requests.since_decision import Handled, is_open, stored_release, was_guarded, with_handled
from client_requests.vocabulary import AFTER_DECISION
from dossiers.models import Dossier


@act
def release_pieces(
    dossier: Dossier,
    request_id: UUID,
    pieces: Mapping[UUID, int],
    *,
    by: Actor,
    at: datetime,
    seen: str | None = None,
) -> ClientRequest:
    """Open given pieces that were closed until somebody read them, in the wording that was read.

    ``seen``: the mark of the page on which they were read (``shown_mark``); None where nobody saw a page. Raises
    Conflict for another by now, and for anything else than the present wording of a given piece that is closed.
    """
    row = _read_now(dossier, request_id, pieces, at, seen)
    released = stored_release(pieces, secret_addresses(dossier, row))
    row.details = with_handled(row, Handled(at, who(by), pieces=len(pieces)))
    _put(row, "released", released, instead_of="kept")
    events.record(Action.GRANT, dossier_id=dossier.id, object_id=row.id, data="inspection-released")
    return row


@act
def keep_closed(
    dossier: Dossier,
    request_id: UUID,
    pieces: Mapping[UUID, int],
    *,
    said: str,
    by: Actor,
    at: datetime,
    seen: str | None = None,
) -> ClientRequest:
    """Close given pieces that were read, or leave them closed, as they are worded now, with ``said`` for the asker.

    Also one that is open: what was released in haste closes at once and by itself. They wait for nobody any more;
    reworded once more they do again. Raises Conflict as ``release_pieces`` does, and without a sentence.
    """
    row = _read_now(dossier, request_id, pieces, at, seen, also_open=True)
    if not said.strip():
        raise Conflict(_("Write down what the asker reads about it."), field="said")
    kept = {str(id_): {"number": number, "said": said} for id_, number in pieces.items()}
    row.details = with_handled(row, Handled(at, who(by), pieces=len(pieces), why=said))
    _put(row, "kept", kept, instead_of="released")
    events.record(Action.GRANT, dossier_id=dossier.id, object_id=row.id, data="inspection-kept-closed", words=said)
    return row


@act
def close_inspection(dossier: Dossier, request_id: UUID, *, why: str, by: Actor, at: datetime) -> ClientRequest:
    """Close what was opened in the portal, for a reason; the asker reads only that it is closed.

    The reason is kept with the request, where colleagues read it, and in the trail.
    """
    row = locked(dossier, request_id)
    if not is_open(row):
        raise Conflict(_("This inspection is not open in the portal, or was closed just now."))
    if not why.strip():
        raise Conflict(_("Write down why it closes."), field="why")
    row.details = with_handled(row, Handled(at, who(by), why=why))
    row.details = {**row.details, "closed_on": clock.local_date(at).isoformat()}
    row.save(update_fields=["details"])
    events.record(Action.GRANT, dossier_id=dossier.id, object_id=row.id, data="inspection-closed", words=why)
    return row


def keep_guarded(dossier: Dossier, row: ClientRequest) -> None:
    """Keep with a decided request that an address is secret for the asker; the dossier locked, its key loaded."""
    if not was_guarded(row) and secret_addresses(dossier, row):
        row.details = {**row.details, "guarded": True}
        row.save(update_fields=["details"])


def _read_now(
    dossier: Dossier,
    request_id: UUID,
    pieces: Mapping[UUID, int],
    at: datetime,
    seen: str | None,
    *,
    also_open: bool = False,
) -> ClientRequest:
    """The request, locked, of which these given pieces are closed in these wordings; raises Conflict for any other.

    ``also_open``: those that are open are as good.
    """
    row = locked(dossier, request_id)
    if row.kind != RequestKind.INSPECTION or row.state not in AFTER_DECISION or not judging.is_yes(row.outcome):
        raise Conflict(_("Of this request nothing was given to read."))
    if seen is not None and seen != shown_mark(dossier, row, {}):
        raise Conflict(other_than_seen())
    on = clock.local_date(at)
    closed, opened = closed_pieces(dossier, row, on), inspection_of(dossier, row, on).entries if also_open else ()
    now = {one.id: one.number for one in (*closed.waiting, *closed.kept, *opened)}
    if not pieces or not pieces.items() <= now.items():
        raise Conflict(_("What you chose was changed just now, or cannot be given. Read it again and choose."))
    return row


def _put(row: ClientRequest, name: str, pieces: Mapping[str, Any], *, instead_of: str) -> None:
    """Keep what was done with pieces; the last word about a piece holds."""
    before, other = row.details.get(name, {}), row.details.get(instead_of, {})
    left = {id_: one for id_, one in other.items() if id_ not in pieces}
    row.details = {**row.details, name: {**before, **pieces}, instead_of: left}
    row.save(update_fields=["details"])
