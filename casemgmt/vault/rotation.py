"""Rotation: another key for an organisation, and another lock on it, while everybody goes on reading.

An organisation's key has versions. A rotation makes the next one, locks the dossiers' keys with it a step at a time,
and retires the version before it when the database finds no key that still names it. Every step is one transaction
that may be the last one before a kill: the next run sees two versions and goes on. Dossiers are not touched.
"""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction

from casemgmt.base.failpoints import failpoint
from casemgmt.base.organisation import current_scope
from casemgmt.vault import keys, sealing
from casemgmt.vault.keystore.models import DossierKey, OrganisationKey

STEP = 500
# New dossiers of a process that knows only the version before may come in between; more rounds than this is no chance.
ROUNDS = 100
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an organisation's key stands: its newest version, the older ones, and how many keys they still lock."""

    version: int
    older: tuple[int, ...]
    left: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step through the dossiers' keys; ``last`` is where the next begins, None after the end."""

    last: UUID | None
    rewrapped: int
    shut: int


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a run of a rotation did; ``shut`` keys open with no version and keep the older ones in the vault."""

    version: int
    resumed: bool
    rewrapped: int
    retired: int
    shut: int


def standing() -> Standing:
    """How the current organisation's key stands; raises NoKey."""
    with transaction.atomic(using="vault"):
        versions = list(OrganisationKey.objects.order_by("version").values_list("version", flat=True))
        if not versions:
            raise keys.NoKey("This organisation has no key.")
        left = DossierKey.objects.filter(key_version__lt=versions[-1]).count()
    return Standing(versions[-1], tuple(versions[:-1]), left)


def rotate() -> Rotated:
    """Rotate the current organisation's key, or go on with a rotation that was stopped; returns what was done.

    Raises NoKey, CannotOpen when the master key opens nothing, and Django's database errors; after any of them
    everything can still be read, and another run goes on.
    """
    version, resumed = begin()
    failpoint("keys.begun")
    rewrapped = 0
    for _round in range(ROUNDS):
        done, shut = _rewrap_all(version)
        rewrapped += done
        if shut:
            return Rotated(version, resumed, rewrapped, 0, shut)
        retired = retire(version)
        if retired is not None:
            failpoint("keys.retired")
            return Rotated(version, resumed, rewrapped, retired, 0)
    return Rotated(version, resumed, rewrapped, 0, standing().left)


def begin() -> tuple[int, bool]:
    """Make the next version, unless an older one is still there; returns the newest and whether that is so."""
    with transaction.atomic(using="vault"):
        # Whoever begins at the same moment waits here, and then finds two versions.
        list(OrganisationKey.objects.select_for_update())
        versions = set(OrganisationKey.objects.values_list("version", flat=True))
        if len(versions) > 1:
            return max(versions), True
        forget()
        known = keys.organisation_keys()
        key, version = sealing.new_key(), known.newest + 1
        OrganisationKey.objects.create(
            version=version,
            wrapped=sealing.seal(sealing.master_key(), key, keys.organisation_place(version)),
            search=sealing.seal(key, known.search, keys.search_place(version)),
        )
    forget()
    return version, False


def rewrap(version: int, after: UUID) -> Step:
    """Lock the next dossiers' keys with ``version``: one transaction, in which a destruction of one of them waits."""
    known, rows, shut = keys.organisation_keys(), [], 0
    with transaction.atomic(using="vault"):
        behind = DossierKey.objects.select_for_update().filter(key_version__lt=version, dossier_id__gt=after)
        found = list(behind.order_by("dossier_id")[:STEP])
        for row in found:
            where = keys.dossier_place(row.dossier_id)
            try:
                key = sealing.unseal(known.versions[row.key_version], bytes(row.wrapped), where)
            except sealing.CannotOpen:
                shut += 1
                continue
            row.wrapped, row.key_version = sealing.seal(known.versions[version], key, where), version
            rows.append(row)
        DossierKey.objects.bulk_update(rows, ["wrapped", "key_version"])
    return Step(found[-1].dossier_id if found else None, len(rows), shut)


def retire(version: int) -> int | None:
    """Remove the versions before ``version``; None when the database still finds a key that names one."""
    try:
        with transaction.atomic(using="vault"):
            gone, _rows = OrganisationKey.objects.filter(version__lt=version).delete()
    except IntegrityError:
        return None
    forget()
    return gone


def relock() -> int:
    """Lock the current organisation's key with the present master key; returns how many versions were not yet.

    Raises CannotOpen when neither the present nor the previous master key opens one.
    """
    present, done = sealing.master_key(), 0
    with transaction.atomic(using="vault"):
        for row in OrganisationKey.objects.select_for_update():
            where = keys.organisation_place(row.version)
            if _opens(present, bytes(row.wrapped), where):
                continue
            key = sealing.unseal_with_one_of(sealing.master_keys(), bytes(row.wrapped), where)
            row.wrapped = sealing.seal(present, key, where)
            row.save(update_fields=["wrapped"])
            done += 1
    return done


def versions_left() -> int:
    """How many versions of the current organisation's key the present master key does not open."""
    present = sealing.master_key()
    with transaction.atomic(using="vault"):
        rows = list(OrganisationKey.objects.values_list("version", "wrapped"))
    return sum(not _opens(present, bytes(wrapped), keys.organisation_place(version)) for version, wrapped in rows)


def forget() -> None:
    """Forget the opened keys of the current organisation: the vault is asked again."""
    current_scope().store.clear()


def _rewrap_all(version: int) -> tuple[int, int]:
    done = shut = 0
    last: UUID | None = _FIRST
    while last is not None:
        step = rewrap(version, last)
        last, done, shut = step.last, done + step.rewrapped, shut + step.shut
        failpoint("keys.rewrapped")
    return done, shut


def _opens(key: bytes, wrapped: bytes, where: bytes) -> bool:
    try:
        sealing.unseal(key, wrapped, where)
    except sealing.CannotOpen:
        return False
    return True
