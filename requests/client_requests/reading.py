"""Given pieces that wait until somebody read them: what is told of those that stay closed, and whose task it is.

Who asked reads in the portal that we read a piece again first. That promise is a task of the team, from the change
that closed the piece until each such piece was released or stays closed with a sentence.
"""

from datetime import datetime

from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.organisations.actors import Actor
from casemgmt.policy.schema.vocabulary import RequestKind
from casemgmt.work.acts import create_task, finish_tasks_for
from casemgmt.work.models import Task
from client_requests.inspection import waiting_pieces
from client_requests.models import ClientRequest
from client_requests.open_today import stand_of
from client_requests.opening import keep_guarded
from client_requests.vocabulary import AFTER_DECISION, READ_AGAIN, Executed, Outcome, Stand
from dossiers.frame import first_name
from dossiers.models import Dossier
from dossiers.people import reaching
from dossiers.verbs import Verb


def see_to_reading(dossier: Dossier, by: Actor, at: datetime) -> None:
    """Told after every change of a dossier: make and end the tasks to read again what is open in the portal.

    It also keeps with each decided inspection that an address is secret, before a later change can end that.
    """
    if dossier.state == Dossier.State.FROZEN:
        return
    rows = ClientRequest.objects.filter(dossier=dossier, kind=RequestKind.INSPECTION, state__in=AFTER_DECISION)
    for row in rows.exclude(outcome=Outcome.REFUSED).select_related("asker"):
        keep_guarded(dossier, row)
        if row.executed_how == Executed.PORTAL:
            _see_to(dossier, row, by, at)


def waits_today(dossier: Dossier, row: ClientRequest, at: datetime) -> int:
    """How many given pieces wait for somebody to read them, of an inspection that stands open.

    Also while the asker's portal is frozen: it opens by itself, with the promise in it and nobody told.
    """
    stand = stand_of(dossier, row, clock.local_date(at))
    opens_by_itself = stand == Stand.UNREACHABLE and reaching.has_portal(row.asker)
    if stand not in (Stand.OPEN, Stand.EMPTY) and not opens_by_itself:
        return 0
    return len(waiting_pieces(dossier, row))


def _see_to(dossier: Dossier, row: ClientRequest, by: Actor, at: datetime) -> None:
    waits = bool(waits_today(dossier, row, at))
    asked = Task.objects.filter(kind=READ_AGAIN, object_id=row.id, state=Task.State.OPEN).exists()
    if asked and not waits:
        finish_tasks_for(row.id, by=by, at=at, kind=READ_AGAIN)
    if waits and not asked:
        create_task(
            kind=READ_AGAIN,
            # It was promised to the asker already, so it is for today.
            due_on=clock.local_date(at),
            at=at,
            dossier_id=dossier.id,
            unit_id=dossier.unit_id,
            capability=Verb.HANDLE_REQUEST,
            title=_("Read again what closed in an inspection: %(name)s") % {"name": first_name(row.asker.name)},
            link="client_requests:page",
            object_id=row.id,
        )
