"""The key ring: keys of the dossiers at hand, fetched in one query, gone with the organisation block.

A key is made, and committed in the vault, before its dossier exists; a sweep
removes keys whose dossier never came. Destroying a key is idempotent and is the
point of no return of a destruction.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import OperationalError, connections, transaction
from django.utils.translation import gettext as _

from casemgmt.base.db.base import DatabaseWrapper
from casemgmt.base.errors import Refusal, Unavailable
from casemgmt.base.organisation import current, current_scope, organisation
from casemgmt.organisations.places import all_organisations
from casemgmt.vault import sealing
from casemgmt.vault.keystore.models import DossierKey, OrganisationKey

_RING = "vault.ring"
_ORGANISATION = "vault.organisation"


class KeyNotLoaded(RuntimeError):
    """A sealed field was opened before its dossier's key was loaded: load keys for the whole page at once."""


class KeyDestroyed(Refusal):
    """The dossier's key does not exist (any more): nothing of it can be read.

    Every door answers it in words and leaves a row: with a vault put back to an older day it
    is met in dossiers that are in use.
    """

    status = 423
    word = "no-key"

    def __init__(self) -> None:
        super().__init__(_("The key of this dossier is not in the vault. Without it nobody can read what is in it."))


def create_organisation_key() -> None:
    """Make the current organisation's key, once; later calls change nothing."""
    with transaction.atomic(using="vault"):
        if OrganisationKey.objects.exists():
            return
        row = OrganisationKey(wrapped=b"")
        row.wrapped = sealing.seal(sealing.master_key(), sealing.new_key(), _organisation_place(current()))
        row.save()


def create_dossier_key(dossier_id: UUID) -> None:
    """Make and commit a dossier's key; call it before the dossier's own transaction."""
    key = sealing.new_key()
    wrapped = sealing.seal(organisation_key(), key, _dossier_place(dossier_id))
    with transaction.atomic(using="vault"):
        DossierKey.objects.create(dossier_id=dossier_id, wrapped=wrapped)
    _ring()[dossier_id] = key


def load_keys(dossier_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Fetch the keys of these dossiers in one query; returns which of them can be opened.

    A page with rows of several dossiers opens only those, so that one lost key costs one row.
    """
    ring, asked = _ring(), frozenset(dossier_ids)
    missing = asked - ring.keys()
    if missing:
        for dossier_id, wrapped in _wrapped_keys(set(missing)):
            ring[dossier_id] = sealing.unseal(organisation_key(), wrapped, _dossier_place(dossier_id))
        for dossier_id in missing - ring.keys():
            ring[dossier_id] = None
    return frozenset(dossier_id for dossier_id in asked if ring[dossier_id] is not None)


def dossier_key(dossier_id: UUID) -> bytes:
    """The loaded key of a dossier; raises KeyNotLoaded or KeyDestroyed."""
    try:
        key = _ring()[dossier_id]
    except KeyError:
        raise KeyNotLoaded(str(dossier_id)) from None
    if key is None:
        raise KeyDestroyed
    return key


def destroy_dossier_key(dossier_id: UUID) -> bool:
    """Destroy a dossier's key, for good; returns whether there still was one."""
    with transaction.atomic(using="vault"):
        gone, _ = DossierKey.objects.filter(dossier_id=dossier_id).delete()
    _ring()[dossier_id] = None
    return gone > 0


def key_exists(dossier_id: UUID) -> bool:
    """Whether the vault still holds a key for this dossier (asked of the database, not the ring)."""
    with transaction.atomic(using="vault"):
        return DossierKey.objects.filter(dossier_id=dossier_id).exists()


def keys_made_before(moment: datetime) -> set[UUID]:
    """The dossiers whose keys are older than ``moment``; for the sweep of keys without a dossier."""
    with transaction.atomic(using="vault"):
        rows = DossierKey.objects.filter(created_at__lt=moment).values_list("dossier_id", flat=True)
        return set(rows)


def organisation_key() -> bytes:
    """The current organisation's own key; raises Unavailable when the vault cannot be asked."""
    store = current_scope().store
    if _ORGANISATION not in store:
        _wrapped_keys(set())
    key: bytes = store[_ORGANISATION]
    return key


def master_key_opens() -> bool:
    """Whether the master key is the one that locked the vault, asked of one organisation's key and telling nothing.

    A house without keys has nothing to open. Raises Unavailable when the vault cannot be asked.
    """
    with transaction.atomic():
        places = all_organisations()
    for place in places:
        with organisation(place.id):
            try:
                organisation_key()
            except KeyDestroyed:
                continue  # an organisation that is being made
            except sealing.CannotOpen:
                return False
            return True
    return True


# The organisation's own key comes along in the same trip: a page costs the vault one query.
_KEYS = """
select null::uuid, wrapped from keystore_organisationkey
union all
select dossier_id, wrapped from keystore_dossierkey where dossier_id = any(%s)
"""


def _wrapped_keys(dossier_ids: set[UUID]) -> list[tuple[UUID, bytes]]:
    """The wrapped keys of these dossiers; opens the organisation's own key on the way."""
    try:
        rows = _vault().ask_in_one_trip(_KEYS, [list(dossier_ids)])
    except OperationalError as error:
        raise Unavailable("vault") from error
    own = next((bytes(wrapped) for dossier_id, wrapped in rows if dossier_id is None), None)
    if own is None:
        raise RuntimeError("This organisation has no key.")
    current_scope().store[_ORGANISATION] = sealing.unseal(sealing.master_key(), own, _organisation_place(current()))
    return [(dossier_id, bytes(wrapped)) for dossier_id, wrapped in rows if dossier_id is not None]


def _vault() -> DatabaseWrapper:
    return cast("DatabaseWrapper", connections["vault"])


def _ring() -> dict[UUID, bytes | None]:
    ring: dict[UUID, bytes | None] = current_scope().store.setdefault(_RING, {})
    return ring


def _organisation_place(organisation_id: UUID) -> bytes:
    return b"organisation-key|" + organisation_id.bytes


def _dossier_place(dossier_id: UUID) -> bytes:
    return b"dossier-key|" + current().bytes + b"|" + dossier_id.bytes
