"""What packages to our right ask of disclosures."""

from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base.db import reads
from disclosures.models import Disclosure
from disclosures.vocabulary import RUNNING, State

# What still needs the dossier: it is being prepared, or it left and the client does not know yet.
UNFINISHED = RUNNING | {State.HANDED_OVER, State.INFORMING_DEFERRED}


@reads
def unfinished(dossier_id: UUID) -> str | None:
    """A sentence when a disclosure of this dossier still runs, or its client was not told yet; None otherwise."""
    states = set(
        Disclosure.objects.filter(dossier_id=dossier_id, state__in=sorted(UNFINISHED)).values_list("state", flat=True)
    )
    if not states:
        return None
    if states & RUNNING:
        return _("A disclosure from this dossier still runs.")
    return _("The client was not yet told of a disclosure from this dossier.")
