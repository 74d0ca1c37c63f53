"""Who prepares a disclosure hears it when what was asked cannot be approved any more: a task, with the reason.

The sentence says what kind of thing changed and no more: not what an address is, nor whose, nor what stands in a
piece. The page of the disclosure says the rest to who may read it.
"""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from casemgmt.base import clock
from casemgmt.work.acts import create_task
from casemgmt.work.models import Task
from disclosures.models import Disclosure
from disclosures.vocabulary import ASK_AGAIN

_CONTENT = gettext_noop(
    "What would go is not what approval was asked for any more, or must be looked at once more."
    " Open it, do what it says, and ask for approval anew."
)
_RULES = gettext_noop(
    "By the rules, or by what was answered since, it may not go as it was asked. Open it and see what is needed."
)


def to_ask_again(row: Disclosure, ground: str, recipient: str, at: datetime) -> None:
    """Lay it before who proposed it; ``ground``: what changed, as the trail calls it. One task, however often asked."""
    if Task.objects.filter(object_id=row.id, kind=ASK_AGAIN, state=Task.State.OPEN).exists():
        return
    why = _CONTENT if ground == "content" else _RULES
    create_task(
        kind=ASK_AGAIN,
        due_on=clock.local_date(at),
        at=at,
        dossier_id=row.dossier_id,
        unit_id=row.dossier.unit_id,
        assignee_id=row.proposed_by_id,
        title=_("Approval must be asked anew: %(recipient)s") % {"recipient": recipient},
        detail=_(why),
        link="disclosures:page",
        object_id=row.id,
    )
