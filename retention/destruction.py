"""Destruction as a state machine: interrupted anywhere, it goes on where it stopped, and does nothing twice.

frozen → shredding → shredded (the key is gone: the point of no return) →
erased → verified → destroyed. Every step is one transaction guarded by the
state it expects; what lies outside the database (key, files, accounts) is
removed idempotently before the step is marked.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from casemgmt.accounts.acts import erase_portal_account
from casemgmt.accounts.models import User
from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock, jobs
from casemgmt.base.failpoints import failpoint
from casemgmt.organisations.actors import actor_for
from casemgmt.organisations.models import SignInPlace
from casemgmt.vault import files, keys
from dossiers.models import Dossier, PortalAccess
from dossiers.verbs import Verb
from retention import certificates, ledger, manifest
from retention.calling import call_about_stopped
from retention.models import ErasureLedger, Removal
from retention.oppositions import opposing
from retention.vocabulary import RemovalState

Step = Callable[[Removal, datetime], None]

# Seconds that a step waits for the rows of who else is at work on the same removal, before it leaves it to them.
ROW_PATIENCE = 5
# Seconds after which the database gives the rows free of a step that hangs, in the ledger or as a stopped process.
HANGS = 60


def destroy(removal_id: UUID) -> None:
    """The job: take an approved removal as far as it can go; safe to run twice, or in two workers at once."""
    while True:
        with transaction.atomic():
            removal = Removal.objects.filter(id=removal_id).first()
        step = _STEPS.get(removal.state) if removal else None
        if removal is None or step is None:
            return
        now = clock.now()
        if removal.state == RemovalState.APPROVED and removal.cooling_until and removal.cooling_until > now:
            jobs.enqueue("retention.destroy", removal_id, due=removal.cooling_until)
            return
        step(removal, now)


def _freeze(removal: Removal, at: datetime) -> None:
    """Read all facts once more; when nothing opposes, note what there is and close the dossier to everybody."""
    with transaction.atomic():
        # The dossier first, as the door locks them: who cancels at this moment and we would else wait for each other.
        dossier = Dossier.objects.select_for_update().filter(id=removal.dossier_id).first()
        row = _locked(removal, RemovalState.APPROVED)
        if row is None or dossier is None:
            return
        sentences = _against(row, dossier, at)
        if sentences:
            _stop(row, sentences, at)
            return
        row.manifest = manifest.make(dossier.id).to_json()
        dossier.state = Dossier.State.FROZEN
        dossier.save(update_fields=["state"])
        _mark(row, RemovalState.FROZEN, "manifest")
    failpoint("destruction.frozen")


def _against(removal: Removal, dossier: Dossier, at: datetime) -> list[str]:
    """Everything that opposes at this moment, read afresh."""
    keys.load_keys([dossier.id])
    return [*opposing(dossier, at=at), *_no_longer_approved(removal, at)]


def _no_longer_approved(removal: Removal, at: datetime) -> list[str]:
    """An approval is worth no more than the right behind it, on the day itself too."""
    on = clock.local_date(at)
    user = User.objects.filter(id=removal.approved_by_id).first() if removal.approved_by_id else None
    if user is not None and actor_for(user, on).may(Verb.APPROVE_REMOVAL):
        return []
    return [_("Whoever approved this no longer has that right. Somebody else must look at it again.")]


def _stop(row: Removal, sentences: list[str], at: datetime) -> None:
    """Something opposes at the last moment: nothing is destroyed, and somebody hears why."""
    row.words, row.ended_at = " ".join(sentences), at
    _mark(row, RemovalState.STOPPED, "words", "ended_at")
    call_about_stopped(row, at=at)


def _announce_shredding(removal: Removal, at: datetime) -> None:
    """Write into the ledger, outside the database too, that this dossier is being erased, before its key goes.

    What stood frozen for days, because the ledger or the vault was away, is looked at once more. Once the ledger
    names it there is no way back: a backup that is put back would erase it. So the row is kept from the look until
    the line is there, or another worker could give the dossier back in between, and a restore would destroy a living
    one. The ledger is kept too: it holds where the database took the row from a worker that hung.
    """
    with transaction.atomic():
        _keep_rows_briefly()
        row = _locked(removal, RemovalState.FROZEN)
        if row is None:
            return
        with ledger.held() as erased:
            if not erased.names(row.dossier_id) and _thawed(row, at):
                return
            erased.write_down(row, at=at)
        failpoint("destruction.written-down")
        ErasureLedger.objects.get_or_create(dossier_id=row.dossier_id, defaults={"erased_at": at})
        _mark(row, RemovalState.SHREDDING)
    failpoint("destruction.shredding")


def _keep_rows_briefly() -> None:
    """Neither wait long for rows in this transaction nor keep them long; the database itself sees to it."""
    waits = {"lock_timeout": ROW_PATIENCE, "idle_in_transaction_session_timeout": HANGS}
    with connection.cursor() as cursor:
        for name, seconds in waits.items():
            cursor.execute("select set_config(%s, %s, true)", [name, f"{seconds}s"])


def _thawed(row: Removal, at: datetime) -> bool:
    """Give a frozen dossier back when something opposes by now; whether it did. The removal's row is locked."""
    dossier = Dossier.objects.filter(id=row.dossier_id).first()
    sentences = _against(row, dossier, at) if dossier is not None else []
    if dossier is None or not sentences:
        return False
    dossier.state = Dossier.State.CLOSED
    dossier.save(update_fields=["state"])
    _stop(row, sentences, at)
    return True


def _shred(removal: Removal, at: datetime) -> None:
    """Destroy the key: the point of no return, and no harm when it is done twice."""
    was_there = keys.destroy_dossier_key(removal.dossier_id)
    failpoint("destruction.key-gone")
    with transaction.atomic():
        row = _locked(removal, RemovalState.SHREDDING)
        if row is not None:
            # After a replay it may have been gone since an earlier day.
            if was_there or row.key_destroyed_at is None:
                row.key_destroyed_at = at
            _mark(row, RemovalState.SHREDDED, "key_destroyed_at")
    failpoint("destruction.shredded")


def _erase(removal: Removal, at: datetime) -> None:
    """Remove files and portal accounts named in the manifest, and what came after that was made, then every row."""
    found = manifest.Manifest.of(removal)
    for name in found.files:
        files.remove_stored(name)
    failpoint("destruction.files-gone")
    with transaction.atomic():
        row = _locked(removal, RemovalState.SHREDDED)
        if row is None:
            return
        Dossier.objects.select_for_update().filter(id=row.dossier_id).first()  # nobody writes a file meanwhile
        whole = found.with_also(manifest.make(row.dossier_id))
        for name in set(whole.files) - set(found.files):
            files.remove_stored(name)
        for account in map(UUID, whole.accounts):
            erase_account(account, row.dossier_id)
        manifest.erase_rows(row.dossier_id)
        row.manifest = whole.to_json()
        _mark(row, RemovalState.ERASED, "manifest")
    failpoint("destruction.erased")


def erase_account(user_id: UUID, dossier_id: UUID) -> None:
    """End a portal account, unless it also serves another dossier of this organisation."""
    if not PortalAccess.objects.filter(user_id=user_id).exclude(dossier_id=dossier_id).exists():
        erase_portal_account(user_id)
        SignInPlace.objects.filter(user_id=user_id).delete()


def _verify(removal: Removal, at: datetime) -> None:
    """Look in every store, and record that nothing was found; anything found stops here, in view."""
    with transaction.atomic():
        row = _locked(removal, RemovalState.ERASED)
        if row is None:
            return
        left = manifest.counts(row.dossier_id)
        left["vault key"] = int(keys.key_exists(row.dossier_id))
        left["files"] = sum(map(files.is_stored, manifest.Manifest.of(row).files))
        if any(left.values()):
            raise RuntimeError(
                "Something of a destroyed dossier is still there: " + ", ".join(k for k in left if left[k])
            )
        row.absence = {"looked_in": sorted(left), "at": at.isoformat()}
        _mark(row, RemovalState.VERIFIED, "absence")
    failpoint("destruction.verified")


def _certify(removal: Removal, at: datetime) -> None:
    """Certificate and final state in one transaction: never one without the other, never two."""
    with transaction.atomic():
        row = _locked(removal, RemovalState.VERIFIED)
        if row is None:
            return
        certificates.make(row, at=at)
        row.ended_at = at
        _mark(row, RemovalState.DESTROYED, "ended_at")
    failpoint("destruction.certified")


_STEPS: dict[str, Step] = {
    RemovalState.APPROVED: _freeze,
    RemovalState.FROZEN: _announce_shredding,
    RemovalState.SHREDDING: _shred,
    RemovalState.SHREDDED: _erase,
    RemovalState.ERASED: _verify,
    RemovalState.VERIFIED: _certify,
}


def _locked(removal: Removal, state: RemovalState) -> Removal | None:
    """The removal's row, locked, if it is still in the state this step expects."""
    return Removal.objects.select_for_update().filter(id=removal.id, state=state).first()


def _mark(row: Removal, state: RemovalState, *also: str) -> None:
    row.state = state
    row.save(update_fields=["state", *also])
    events.record(Action.DESTROY, outcome=Outcome.DONE, dossier_id=row.dossier_id, data=str(state), object_id=row.id)
