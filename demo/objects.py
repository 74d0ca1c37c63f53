"""What stands in the demo: the ids of everything a tester may want to ask for, without a bound."""

from typing import Any
from uuid import UUID

from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.vault.keys import load_keys
from client_requests.models import ClientRequest
from consent.models import Consent
from disclosures.models import Disclosure
from dossiers.models import Dossier, Entry, Person, PortalAccess, WorkingNote
from retention.models import Removal

KINDS: dict[str, Any] = {
    "persons": Person,
    "entries": Entry,
    "notes": WorkingNote,
    "consents": Consent,
    "disclosures": Disclosure,
    "requests": ClientRequest,
    "letters": Letter,
    "removals": Removal,
    "portal_accesses": PortalAccess,
}
Ids = dict[str, list[dict[str, str]]]


def dossiers_of(organisation_id: UUID) -> dict[str, UUID]:
    """Every dossier of an organisation by its name, in the order of opening."""
    with organisation(organisation_id), transaction.atomic():
        rows = list(Dossier.objects.order_by("opened_at", "number"))
        load_keys(row.id for row in rows)
        return {row.name: row.id for row in rows}


def objects_of(organisation_id: UUID) -> Ids:
    """The ids of what stands in the dossiers, by kind; each with its dossier's."""
    with organisation(organisation_id), transaction.atomic():
        return {kind: _ids(model) for kind, model in KINDS.items()}


def _ids(model: Any) -> list[dict[str, str]]:
    rows = model.objects.order_by("dossier_id", "id").values_list("id", "dossier_id")
    return [{"id": str(row_id), "dossier_id": str(dossier_id)} for row_id, dossier_id in rows]
