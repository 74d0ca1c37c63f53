"""Whether an inspection stands open in the portal for its asker today: one answer for every page that says so."""

from datetime import date

from casemgmt.base.errors import NotThere, Refused
from casemgmt.policy.schema.vocabulary import RequestKind
from client_requests.acts import still_entitled
from client_requests.inspection import Kept, kept_words, standing
from client_requests.models import ClientRequest
from client_requests.since_decision import closed_on, is_open
from client_requests.vocabulary import AFTER_DECISION, Stand
from dossiers.models import Dossier
from dossiers.people import reaching


def stand_of(dossier: Dossier, row: ClientRequest, on: date) -> Stand:
    """Whether what was given stands open today; a right, or a way into the portal, that ended since counts."""
    if closed_on(row) is not None:
        return Stand.CLOSED
    if not is_open(row):
        return Stand.NEVER
    try:
        still_entitled(dossier, row, on)
    except (Refused, NotThere):
        return Stand.OVER
    if not reaching.can_open_portal(row.asker, on):
        return Stand.UNREACHABLE
    return Stand.OPEN if standing(dossier, row)[0] else Stand.EMPTY


def kept_today(dossier: Dossier, row: ClientRequest, on: date) -> tuple[Kept, ...]:
    """What the asker reads today of pieces that stay closed, also where the others are read by appointment.

    Nothing before a decision, of what staff closed as a whole, or when the right ended since.
    """
    if row.kind != RequestKind.INSPECTION or row.state not in AFTER_DECISION or closed_on(row) is not None:
        return ()
    try:
        still_entitled(dossier, row, on)
    except (Refused, NotThere):
        return ()
    return kept_words(dossier, row)
