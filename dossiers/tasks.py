"""What the night finds: keys without a dossier and dossiers without a key, for a person; stray files and old drafts."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils.translation import gettext_noop

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock, jobs
from casemgmt.base.db import act
from casemgmt.base.nightly import sweep
from casemgmt.base.organisation import current
from casemgmt.policy.rules.house import drafts_given_up
from casemgmt.policy.versions import profile_in_force
from casemgmt.vault import files
from casemgmt.vault.keys import destroy_dossier_key, keys_made_before
from casemgmt.work.acts import cancel_tasks_for, create_task
from casemgmt.work.kinds import Group, task_kind
from casemgmt.work.models import Task
from dossiers.models import Dossier, Draft
from dossiers.verbs import Verb

# Opening a dossier takes less than a second; an hour leaves room for any clock and any pause.
YOUNGEST_ORPHAN = timedelta(hours=1)
LOOK_AT_KEYS = task_kind(
    "dossiers.orphan_keys", gettext_noop("There are keys without a dossier: let the operator look"), Group.KEEP
).name

LOOK_AT_DOSSIERS = task_kind(
    "dossiers.lost_keys", gettext_noop("There are dossiers without a key: let the operator look"), Group.KEEP
).name

# Nothing writes a file for a day on end; more of them at once than a bad day leaves is something else.
YOUNGEST_STRAY = timedelta(days=1)
MOST_STRAY = 20
LOOK_AT_FILES = task_kind(
    "dossiers.stray_files", gettext_noop("There are files that belong to nothing: let the operator look"), Group.KEEP
).name


@jobs.handles("dossiers.orphan_keys")
def report_orphan_keys(organisation_id: UUID) -> None:
    """Put keys without a dossier before a person; the night destroys none of them.

    Such a key may be of an opening that crashed, and just as well of a real dossier
    that a restored, older database does not hold yet. The machine cannot tell.
    """
    orphans = orphan_keys(clock.now())
    if orphans:
        _report_orphans(len(orphans), clock.now())


@jobs.handles("dossiers.lost_keys")
def report_lost_keys(organisation_id: UUID) -> None:
    """Put dossiers whose key is not in the vault before a person, until the night finds none.

    A vault that was put back to an older day has none of the keys made since; a newer copy has them.
    """
    lost = lost_keys(clock.now())
    if lost:
        _report_lost(len(lost), clock.now())
    else:
        _settle(LOOK_AT_DOSSIERS, clock.now())


def lost_keys(at: datetime) -> set[UUID]:
    """The dossiers in use whose key is not in the vault at ``at``."""
    missing = _in_use() - keys_made_before(at)
    # A destruction that began meanwhile froze its dossier before it took the key.
    return missing & _in_use() if missing else missing


def orphan_keys(at: datetime) -> set[UUID]:
    """The dossiers that have a key older than an hour and are not in the database."""
    return _without_dossier(keys_made_before(at - YOUNGEST_ORPHAN))


def destroy_orphan_keys(at: datetime) -> int:
    """Destroy them, after a person made sure that the database is today's; returns how many."""
    orphans = orphan_keys(at)
    for dossier_id in orphans:
        destroy_dossier_key(dossier_id)
        _tell(dossier_id)
    _settle(LOOK_AT_KEYS, at)
    return len(orphans)


sweep("dossiers.orphan_keys")
sweep("dossiers.lost_keys")
jobs.called("dossiers.lost_keys", gettext_noop("Looking for dossiers without a key"))
jobs.called("dossiers.orphan_keys", gettext_noop("Looking for keys without a dossier"))


@act
def _without_dossier(ids: set[UUID]) -> set[UUID]:
    known = set(Dossier.objects.filter(id__in=ids).values_list("id", flat=True))
    return ids - known


@act
def _in_use() -> set[UUID]:
    return set(Dossier.objects.exclude(state=Dossier.State.FROZEN).values_list("id", flat=True))


@act
def _report_orphans(many: int, at: datetime) -> None:
    events.record(Action.JOB, data="orphan-keys", ground=f"{many} waiting")
    _call(LOOK_AT_KEYS, at)


@act
def _report_lost(many: int, at: datetime) -> None:
    events.record(Action.JOB, data="lost-keys", ground=f"{many} waiting")
    _call(LOOK_AT_DOSSIERS, at)


def _call(kind: str, at: datetime) -> None:
    if not Task.objects.filter(kind=kind, object_id=current(), state=Task.State.OPEN).exists():
        create_task(
            kind=kind,
            due_on=clock.local_date(at),
            at=at,
            object_id=current(),
            capability=Verb.REVIEW_REMOVAL,
        )


@act
def _settle(kind: str, at: datetime) -> None:
    cancel_tasks_for(current(), at=at, kind=kind)


@act
def _tell(dossier_id: UUID) -> None:
    events.record(Action.JOB, data="orphan-key", object_id=dossier_id)


@jobs.handles("dossiers.stray_files")
def remove_stray_files(organisation_id: UUID) -> None:
    """Remove sealed files that no row knows: a print or an upload whose transaction was undone left them.

    More than a few, or keys without a dossier, are the mark of a database put back to an older day. Then such files
    may be of real dossiers, so none is touched and a person hears of it.
    """
    stray = stray_files()
    if len(stray) > MOST_STRAY or (stray and orphan_keys(clock.now())):
        _report_stray(len(stray), clock.now())
    else:
        destroy_stray_files(clock.now())


def stray_files() -> set[str]:
    """The stored names of the organisation's files that no row knows and that are older than a day."""
    return files.without_row(YOUNGEST_STRAY)


def destroy_stray_files(at: datetime) -> int:
    """Remove them; by hand only after a person made sure that the database is today's. Returns how many."""
    stray = stray_files()
    for stored_as in stray:
        files.remove_stored(stored_as)
    _settle(LOOK_AT_FILES, at)
    if stray:
        _tell_removed(len(stray))
    return len(stray)


sweep("dossiers.stray_files")
jobs.called("dossiers.stray_files", gettext_noop("Removing sealed files that belong to nothing"))


@act
def _report_stray(many: int, at: datetime) -> None:
    events.record(Action.JOB, outcome=Outcome.DENIED, data="stray-files", ground=f"{many} waiting")
    _call(LOOK_AT_FILES, at)


@act
def _tell_removed(many: int) -> None:
    events.record(Action.JOB, data="stray-files", ground=f"{many} removed")


@jobs.handles("dossiers.old_drafts")
def remove_old_drafts(organisation_id: UUID) -> None:
    """Remove what somebody began to type and did not come back for within the house's term."""
    today = clock.today()
    before: date | None = drafts_given_up(profile_in_force(today), today).outcome["before"]
    if before is not None:
        _remove_drafts(datetime.combine(before, time(), clock.AMSTERDAM))


sweep("dossiers.old_drafts")
jobs.called("dossiers.old_drafts", gettext_noop("Throwing away drafts that nobody came back for"))


@act
def _remove_drafts(before: datetime) -> None:
    Draft.objects.filter(saved_at__lt=before).delete()
