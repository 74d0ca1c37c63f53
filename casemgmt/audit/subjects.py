"""Whose names a list showed: the rows that let each of these clients see it (NEN 7513).

A list is known by who saw it, on which Dutch day, and which dossiers stood in
it. Its rows are written once: the same worklist opened thirty times a day is
thirty events and one set of rows, and PostgreSQL's own key keeps out the
second writing. The event carries the list and a digest of its dossiers, so
the chain vouches for the rows as well (``casemgmt.audit.chain``).
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from django.db import connection, transaction

from casemgmt.base.organisation import current

# The digests are made again in SQL when the chain is verified: migration 0004 and ``chain``.
_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Listed:
    """The dossiers of one list, sorted, with the list's own id and the digest of them."""

    list_id: UUID
    day: date
    dossiers: tuple[UUID, ...]
    digest: bytes


def listed_for(dossier_ids: Iterable[UUID], *, user_id: UUID | None, on: date) -> Listed:
    """The list that ``user_id`` is shown on that Dutch day; the same dossiers in any order are the same list."""
    dossiers = tuple(sorted(set(dossier_ids)))
    digest = digest_of(dossiers)
    seen_by = current().bytes + (user_id or _NOBODY).bytes + on.isoformat().encode()
    return Listed(_short(b"list/1" + seen_by + digest), on, dossiers, digest)


def digest_of(dossiers: Iterable[UUID]) -> bytes:
    """What an event keeps of the dossiers it listed."""
    return sha256(b"subjects/1" + b"".join(one.bytes for one in sorted(dossiers))).digest()


# Lists whose rows this process saw committed: a worklist that is opened thirty times a day asks nothing more for them.
_STANDING: OrderedDict[UUID, None] = OrderedDict()
_REMEMBERED = 10_000


def write_subjects(listed: Listed) -> None:
    """Write the rows of a list in one statement, or none where it stands already; after its event."""
    if not listed.dossiers or listed.list_id in _STANDING:
        return
    # In the order of their keys, so that two writings of the same list wait for each other and never both.
    rows = sorted((_key(listed.list_id, one), one) for one in listed.dossiers)
    ids, dossiers = zip(*rows, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into audit_eventsubject (id, organisation_id, list_id, dossier_id, day)"
            " select row.id, %s, %s, row.dossier_id, %s from unnest(%s::uuid[], %s::uuid[]) as row (id, dossier_id)"
            " on conflict do nothing",
            [current(), listed.list_id, listed.day, list(ids), list(dossiers)],
        )
    # Only what is committed stands; rows of the trail are never changed nor removed by the application.
    transaction.on_commit(lambda: _remember(listed.list_id))


def _remember(list_id: UUID) -> None:
    _STANDING[list_id] = None
    if len(_STANDING) > _REMEMBERED:
        _STANDING.popitem(last=False)


def _key(list_id: UUID, dossier_id: UUID) -> UUID:
    """The key of a row follows from its list and dossier; it begins with its list, so a list is in one place."""
    own = sha256(b"subject/1" + list_id.bytes + dossier_id.bytes).digest()
    return UUID(bytes=list_id.bytes[:8] + own[:8])


def _short(content: bytes) -> UUID:
    return UUID(bytes=sha256(content).digest()[:16])
