"""What the tests of rotation share: an organisation with many keys, and what stands in the vault."""

import json
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

from django.core.management import call_command
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.vault import keys
from casemgmt.vault.keystore.models import DossierKey, OrganisationKey


def many_keys(place: UUID, many: int) -> dict[UUID, bytes]:
    """New keys of dossiers, and what each of them is."""
    with organisation(place):
        made = [uuid4() for _ in range(many)]
        for dossier_id in made:
            keys.create_dossier_key(dossier_id)
    return opened(place, made)


def opened(place: UUID, dossiers: list[UUID]) -> dict[UUID, bytes]:
    """The keys as a page opens them."""
    with organisation(place):
        assert keys.load_keys(dossiers) == set(dossiers)
        return {dossier_id: keys.dossier_key(dossier_id) for dossier_id in dossiers}


def versions(place: UUID) -> tuple[list[int], set[int]]:
    """The versions of the organisation's key, and those that its dossiers' keys name."""
    with organisation(place), transaction.atomic(using="vault"):
        own = list(OrganisationKey.objects.order_by("version").values_list("version", flat=True))
        return own, set(DossierKey.objects.values_list("key_version", flat=True))


def told(*words: str) -> tuple[int, list[dict[str, Any]]]:
    """How the command ends, and its lines."""
    out, code = StringIO(), 0
    try:
        call_command("rotate_keys", *words, "--json", stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]
