"""What time removes at night: keys whose dossier never came, and drafts nobody came back for."""

from datetime import datetime, timedelta
from uuid import UUID

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock, jobs
from casemgmt.base.db import act
from casemgmt.base.nightly import sweep
from casemgmt.vault.keys import destroy_dossier_key, keys_made_before
from dossiers.models import Dossier, Draft

# Opening a dossier takes less than a second; an hour leaves room for any clock and any pause.
YOUNGEST_ORPHAN = timedelta(hours=1)
# More at once is no crash but a database of another day beside today's vault: a person must look first.
MOST_ORPHANS = 50
OLDEST_DRAFT = timedelta(days=30)


@jobs.handles("dossiers.orphan_keys")
def remove_orphan_keys(organisation_id: UUID) -> None:
    """Destroy keys older than an hour whose dossier was never opened (a crash came in between)."""
    old = keys_made_before(clock.now() - YOUNGEST_ORPHAN)
    orphans = _without_dossier(old)
    if len(orphans) > MOST_ORPHANS:
        raise RuntimeError(f"{len(orphans)} keys have no dossier: is the database a restored one?")
    for dossier_id in orphans:
        destroy_dossier_key(dossier_id)
        _tell(dossier_id)


sweep("dossiers.orphan_keys")


@act
def _without_dossier(ids: set[UUID]) -> set[UUID]:
    known = set(Dossier.objects.filter(id__in=ids).values_list("id", flat=True))
    return ids - known


@act
def _tell(dossier_id: UUID) -> None:
    events.record(Action.JOB, data="orphan-key", object_id=dossier_id)


@jobs.handles("dossiers.old_drafts")
def remove_old_drafts(organisation_id: UUID) -> None:
    """Remove what somebody began to type and did not come back for in a month."""
    _remove_drafts_before(clock.now() - OLDEST_DRAFT)


sweep("dossiers.old_drafts")


@act
def _remove_drafts_before(moment: datetime) -> None:
    Draft.objects.filter(saved_at__lt=moment).delete()
