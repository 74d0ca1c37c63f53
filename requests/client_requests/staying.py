"""Until when somebody must stay a client for the requests about them: until each was finished or taken back."""

from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from casemgmt.organisations.actors import Actor
from casemgmt.web.dates import date_plain
from client_requests.models import ClientRequest
from client_requests.queries import label_of, way
from client_requests.vocabulary import RUNNING
from dossiers.access import can
from dossiers.models import Dossier
from dossiers.people.staying import NOT_FOR_THEM
from dossiers.verbs import Verb


def keeps_a_client(dossier: Dossier, person_id: UUID, role: str, by: Actor) -> str | None:
    """What still runs about somebody and what to do first; told to whom its page opens."""
    rows = ClientRequest.objects.filter(dossier=dossier, about_id=person_id, state__in=RUNNING)
    asked = [
        _("%(kind)s (asked on %(day)s)") % {"kind": label_of(row), "day": date_plain(row.received_on)}
        for row in rows.order_by("received_on", "id")
    ]
    if not asked:
        return None
    handles = by.may(Verb.HANDLE_REQUEST) or by.may(Verb.DECIDE_REQUEST)
    if not (handles and can(by, way(by), dossier)):
        return NOT_FOR_THEM
    said = ngettext(
        "A request about this person still runs: %(requests)s. First finish it, or let the asker take it back.",
        "%(num)s requests about this person still run: %(requests)s."
        " First finish each of them, or let the asker take it back.",
        len(asked),
    )
    return said % {"num": len(asked), "requests": ", ".join(asked)}
