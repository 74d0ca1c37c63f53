"""The key ring: keys of the dossiers at hand, fetched in one query, gone with the organisation block.

A key is made, and committed in the vault, before its dossier exists; a sweep
removes keys whose dossier never came. Destroying a key is idempotent and is the
point of no return of a destruction.

While an organisation's key is rotated (``rotation``) it has two versions, and each
dossier's key says which of them locks it: one statement brings them together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from django.db import IntegrityError, OperationalError, connections, transaction
from django.utils.translation import gettext as _

from casemgmt.base.db.base import DatabaseWrapper
from casemgmt.base.errors import Refusal, Unavailable
from casemgmt.base.organisation import current, current_scope, organisation
from casemgmt.organisations.places import all_organisations
from casemgmt.vault import sealing
from casemgmt.vault.keystore.models import DossierKey, OrganisationKey

_RING = "vault.ring"
_ORGANISATION = "vault.organisation"


_SEARCH = "search-tokens/1"


@dataclass(frozen=True, slots=True)
class OrganisationKeys:
    """The opened versions of an organisation's key; new keys are locked with the newest."""

    versions: dict[int, bytes]
    search: bytes

    @property
    def newest(self) -> int:
        """The version that locks what is new."""
        return max(self.versions)


class NoKey(RuntimeError):
    """The current organisation has no key of its own."""


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
        row.wrapped = sealing.seal(sealing.master_key(), sealing.new_key(), organisation_place(row.version))
        row.save()


def create_dossier_key(dossier_id: UUID) -> None:
    """Make and commit a dossier's key; call it before the dossier's own transaction."""
    key = sealing.new_key()
    try:
        _keep(dossier_id, key)
    except IntegrityError:
        # The version we knew was retired meanwhile, or this dossier has a key: the vault is asked again, once.
        current_scope().store.pop(_ORGANISATION)
        _keep(dossier_id, key)
    _ring()[dossier_id] = key


def _keep(dossier_id: UUID, key: bytes) -> None:
    known = organisation_keys()
    wrapped = sealing.seal(known.versions[known.newest], key, dossier_place(dossier_id))
    with transaction.atomic(using="vault"):
        DossierKey.objects.create(dossier_id=dossier_id, wrapped=wrapped, key_version=known.newest)


def load_keys(dossier_ids: Iterable[UUID]) -> frozenset[UUID]:
    """Fetch the keys of these dossiers in one query; returns which of them can be opened.

    A page with rows of several dossiers opens only those, so that one lost key costs one row.
    """
    ring, asked = _ring(), frozenset(dossier_ids)
    missing = asked - ring.keys()
    if missing:
        for dossier_id, wrapped, version in _wrapped_keys(set(missing)):
            ring[dossier_id] = sealing.unseal(organisation_keys().versions[version], wrapped, dossier_place(dossier_id))
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


def organisation_keys() -> OrganisationKeys:
    """The current organisation's own keys; raises Unavailable when the vault cannot be asked."""
    store = current_scope().store
    if _ORGANISATION not in store:
        _wrapped_keys(set())
    keys: OrganisationKeys = store[_ORGANISATION]
    return keys


def organisation_key() -> bytes:
    """The newest version of the current organisation's own key; raises Unavailable when the vault cannot be asked."""
    known = organisation_keys()
    return known.versions[known.newest]


def search_key() -> bytes:
    """The key of the current organisation's search tokens; raises Unavailable when the vault cannot be asked."""
    return organisation_keys().search


def master_key_opens() -> bool:
    """Whether every organisation's key opens with a master key that we have, telling nothing of any.

    A house without keys has nothing to open. Raises Unavailable when the vault cannot be asked.
    """
    with transaction.atomic():
        places = all_organisations()
    for place in places:
        with organisation(place.id):
            try:
                organisation_keys()
            except NoKey:
                continue  # an organisation that is being made
            except sealing.CannotOpen:
                return False
    return True


# The organisation's own keys come along in the same trip: a page costs the vault one query. One statement sees one
# moment, so no dossier's key names a version that did not come with it.
_KEYS = """
select null::uuid, wrapped, version, search from keystore_organisationkey
union all
select dossier_id, wrapped, key_version, null from keystore_dossierkey where dossier_id = any(%s)
"""


def _wrapped_keys(dossier_ids: set[UUID]) -> list[tuple[UUID, bytes, int]]:
    """The wrapped keys of these dossiers, each with the version that locks it; opens the organisation's on the way."""
    try:
        rows = _vault().ask_in_one_trip(_KEYS, [list(dossier_ids)])
    except OperationalError as error:
        raise Unavailable("vault") from error
    own = {version: (wrapped, search) for dossier_id, wrapped, version, search in rows if dossier_id is None}
    if not own:
        raise NoKey("This organisation has no key.")
    current_scope().store[_ORGANISATION] = _opened(own)
    return [(dossier_id, bytes(wrapped), version) for dossier_id, wrapped, version, _search in rows if dossier_id]


def _opened(own: dict[int, tuple[bytes, bytes | None]]) -> OrganisationKeys:
    masters = sealing.master_keys()
    versions = {
        version: sealing.unseal_with_one_of(masters, bytes(wrapped), organisation_place(version))
        for version, (wrapped, _search) in own.items()
    }
    newest = max(versions)
    search = own[newest][1]
    if search is None:
        return OrganisationKeys(versions, sealing.derive(versions[newest], _SEARCH))
    return OrganisationKeys(versions, sealing.unseal(versions[newest], bytes(search), search_place(newest)))


def _vault() -> DatabaseWrapper:
    return cast("DatabaseWrapper", connections["vault"])


def _ring() -> dict[UUID, bytes | None]:
    ring: dict[UUID, bytes | None] = current_scope().store.setdefault(_RING, {})
    return ring


def organisation_place(version: int) -> bytes:
    """Where a version of the current organisation's key belongs; the first was sealed before there were versions."""
    return b"organisation-key|" + current().bytes + (b"|%d" % version if version > 1 else b"")


def search_place(version: int) -> bytes:
    """Where the key of the search tokens belongs, beside a version of the current organisation's key."""
    return b"search-key|" + current().bytes + b"|%d" % version


def dossier_place(dossier_id: UUID) -> bytes:
    """Where a dossier's key belongs."""
    return b"dossier-key|" + current().bytes + b"|" + dossier_id.bytes
