"""What pages and packages to our right ask of disclosures."""

from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base.db import reads
from casemgmt.base.errors import NotThere
from casemgmt.vault.models import SealedFile
from disclosures.models import Disclosure
from disclosures.vocabulary import LEFT, RUNNING, UNTOLD
from dossiers.models import Dossier

# What still needs the dossier: it is being prepared, or it left and the client does not know yet.
UNFINISHED = RUNNING | UNTOLD


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


def running_in(dossier: Dossier) -> list[Disclosure]:
    """What of this dossier is being prepared, the newest first; its key must be loaded."""
    return list(Disclosure.objects.filter(dossier=dossier, state__in=sorted(RUNNING)).order_by("-proposed_at"))


def package_that_left(dossier: Dossier, disclosure_id: UUID) -> SealedFile:
    """The sealed paper of a disclosure that left this dossier; raises NotThere for any other."""
    left = Disclosure.objects.select_related("package").filter(dossier=dossier, state__in=sorted(LEFT))
    row = left.filter(id=disclosure_id).first()
    if row is None or row.package is None:
        raise NotThere
    found: SealedFile = row.package
    return found
