"""Destroying again what was destroyed before: a database out of a backup holds dossiers that are no longer there.

The ledger of erasures tells which, and on what each removal rested. A removal
that the restored database does not know (it was proposed after the backup) gets
its row again; then the ordinary machine goes on from the point of no return, so
that key, files, rows and accounts go, absence is verified and a certificate stands.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.organisation import current, organisation
from casemgmt.organisations.places import all_organisations
from casemgmt.vault import files, keys
from retention import destruction, manifest
from retention.ledger import Erasure
from retention.models import Certificate, ErasureLedger, Removal
from retention.vocabulary import RUNNING, RemovalState

_MOMENTS = ("reviewed_at", "approved_at", "cooling_until")
_AGAIN = """
insert into retention_removal (id, organisation_id, dossier_id, state, due_on, articles, version, decision,
  proposed_at, reviewed_by_id, reviewed_at, approved_by_id, approved_at, cooling_until)
values (%s, %s, %s, 'approved', %s, %s, %s, ''::bytea, %s, %s, %s, %s, %s, %s)
"""


class NotErased(Exception):
    """A dossier of the ledger could not be destroyed again; the doors stay shut."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many erasures were looked at, how many keys had come back, how many dossiers were destroyed again."""

    erasures: int
    keys: int
    dossiers: int


def replay(erasures: Iterable[Erasure]) -> Replayed:
    """Destroy every dossier of the ledger again, key first; safe to run twice. Raises NotErased."""
    known = {place.id for place in all_organisations()}
    asked = came_back = destroyed = 0
    for one in erasures:
        asked += 1
        with organisation(one.organisation_id):
            key = keys.destroy_dossier_key(one.dossier_id)
            came_back += key
            if one.organisation_id in known:
                destroyed += _again(one, key)
    return Replayed(asked, came_back, destroyed)


def _again(one: Erasure, key: bool) -> bool:
    """Whether the dossier had to be destroyed again; ``key`` had come back, and went just now."""
    with transaction.atomic():
        left = any(manifest.counts(one.dossier_id).values())
        certified = Certificate.objects.filter(dossier_id=one.dossier_id).exists()
        if not left and (certified or one.removal is None):
            ErasureLedger.objects.get_or_create(dossier_id=one.dossier_id, defaults={"erased_at": one.erased_at})
            return False
        found = manifest.make(one.dossier_id)
        ErasureLedger.objects.get_or_create(dossier_id=one.dossier_id, defaults={"erased_at": one.erased_at})
        removal = _past_return(one, found, key) if one.removal is not None else None
    if removal is None:
        _erase_plainly(one.dossier_id, found)
        return True
    destruction.destroy(removal)
    with transaction.atomic():
        if not Removal.objects.filter(id=removal, state=RemovalState.DESTROYED).exists():
            raise NotErased(f"Dossier {one.dossier_id} of organisation {one.organisation_id} was not destroyed again.")
    return True


def _past_return(one: Erasure, found: manifest.Manifest, key: bool) -> UUID:
    """The removal of this dossier, with what the ledger tells of it, at the point of no return.

    What it noted itself is kept: of a destruction that was under way the rows are gone, and the certificate tells them.
    """
    facts: dict[str, Any] = one.removal or {}
    removal_id = UUID(facts["id"])
    for other in Removal.objects.filter(dossier_id=one.dossier_id, state__in=RUNNING).exclude(id=removal_id):
        other.state, other.ended_at = RemovalState.CANCELLED, clock.now()
        other.save(update_fields=["state", "ended_at"])
    if not Removal.objects.filter(id=removal_id).exists():
        _insert(one, removal_id, facts)
    row = Removal.objects.select_for_update().get(id=removal_id)
    row.reviewed_by_id, row.approved_by_id = UUID(facts["reviewed_by_id"]), UUID(facts["approved_by_id"])
    for name in _MOMENTS:
        setattr(row, name, datetime.fromisoformat(facts[name]))
    row.state, row.ended_at = RemovalState.SHREDDING, None
    row.manifest = manifest.Manifest.of(row).with_also(found).to_json()
    if key:
        row.key_destroyed_at = None
    row.save(
        update_fields=[
            *("reviewed_by_id", "approved_by_id", *_MOMENTS, "state", "ended_at", "manifest", "key_destroyed_at"),
        ],
    )
    events.record(Action.DESTROY, dossier_id=one.dossier_id, data="replay", object_id=removal_id)
    return removal_id


def _insert(one: Erasure, removal_id: UUID, facts: dict[str, Any]) -> None:
    """The row itself; its sealed decision went with the dossier's key and nobody can make it again."""
    values = [
        *(removal_id, current(), one.dossier_id, date.fromisoformat(facts["due_on"]), json.dumps(facts["articles"])),
        *(facts["version"], facts["proposed_at"], facts["reviewed_by_id"], facts["reviewed_at"]),
        *(facts["approved_by_id"], facts["approved_at"], facts["cooling_until"]),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_AGAIN, values)


def _erase_plainly(dossier_id: UUID, found: manifest.Manifest) -> None:
    """Erase a dossier of whose removal nothing is known any more: rows, files and accounts; its key is gone."""
    for name in found.files:
        files.remove_stored(name)
    with transaction.atomic():
        for account in map(UUID, found.accounts):
            destruction.erase_account(account, dossier_id)
        manifest.erase_rows(dossier_id)
        events.record(Action.DESTROY, dossier_id=dossier_id, data="replay")
