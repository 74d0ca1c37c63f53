"""What a database that was put back must not do by itself: destroy on an approval that may be gone since.

An approval can be withdrawn, or a hold placed, after the backup was made, and the
database of that day does not know. So a person decides again. Nothing here
destroys; what the ledger of erasures names was destroyed, and goes again by ``replay``.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import jobs
from casemgmt.base.db import act
from casemgmt.work.acts import cancel_tasks_for
from dossiers.models import Dossier
from retention.calling import call_to_decide_again
from retention.models import Removal
from retention.removing import DESTROY
from retention.vocabulary import STUCK_TASK, RemovalState


@act
def undo_approvals(named: Collection[UUID], *, at: datetime) -> int:
    """Put every approved or frozen removal of the current organisation before a person again; returns how many.

    ``named`` are the dossiers in the ledger of erasures: those go on.
    """
    waiting = Removal.objects.filter(state__in=(RemovalState.APPROVED, RemovalState.FROZEN))
    rows = [row for row in waiting.select_for_update().order_by("id") if row.dossier_id not in named]
    for row in rows:
        _undo(row, at)
    return len(rows)


def _undo(row: Removal, at: datetime) -> None:
    for dossier in Dossier.objects.filter(id=row.dossier_id, state=Dossier.State.FROZEN):
        dossier.state = Dossier.State.CLOSED
        dossier.save(update_fields=["state"])
    row.state = RemovalState.AGREED
    row.approved_by_id = row.approved_at = row.cooling_until = row.manifest = None
    row.save(update_fields=["state", "approved_by_id", "approved_at", "cooling_until", "manifest"])
    events.record(Action.REMOVE, dossier_id=row.dossier_id, data="approval-undone", object_id=row.id)
    jobs.drop(DESTROY, row.id)
    cancel_tasks_for(row.id, at=at, kind=STUCK_TASK)
    call_to_decide_again(row, at=at)
