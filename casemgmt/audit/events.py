"""Writing the trail: one function where an organisation is current, one where none is."""

import json
from collections.abc import Iterable
from uuid import UUID, uuid4

from casemgmt.audit import context
from casemgmt.audit.models import AccessEvent, PlatformEvent
from casemgmt.audit.subjects import listed_for, write_subjects
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.organisation import current
from casemgmt.vault.keys import dossier_key
from casemgmt.vault.sealing import place, seal


def record(
    action: Action,
    *,
    outcome: Outcome = Outcome.DONE,
    dossier_id: UUID | None = None,
    data: str = "",
    object_id: UUID | None = None,
    ground: str = "",
    words: str | None = None,
    subjects: Iterable[UUID] | None = None,
) -> AccessEvent:
    """Write one event in the open transaction, so it commits with what it tells of, or not at all.

    ``data`` and ``ground`` are words of the code, never content. ``words`` (a
    reason somebody typed) is sealed under the dossier's key, which must be loaded.
    ``subjects`` are the dossiers whose names or numbers a list shows, instead of
    the one ``dossier_id``: each of them can tell afterwards that it stood there (NEN 7513).
    """
    now, at = context.current(), clock.now()
    row_id = uuid4()
    sealed = _seal_words(words, dossier_id, row_id) if words and dossier_id else None
    listed = listed_for(subjects, user_id=now.user_id, on=clock.local_date(at)) if subjects is not None else None
    event = AccessEvent.objects.create(
        id=row_id,
        at=at,
        action=action,
        outcome=outcome,
        user_id=now.user_id,
        role=now.role,
        on_behalf_of_id=now.on_behalf_of_id,
        dossier_id=dossier_id,
        data=data,
        object_id=object_id,
        ground=ground,
        sealed=sealed,
        source=now.source,
        ip=now.ip,
        request_id=now.request_id,
        list_id=listed.list_id if listed else None,
        subject_count=len(listed.dossiers) if listed else None,
        subjects_digest=listed.digest if listed else None,
    )
    if listed:
        write_subjects(listed)
    return event


def record_platform(action: Action, *, outcome: Outcome, data: str = "") -> PlatformEvent:
    """Write one event where no organisation is current, such as an unknown address."""
    now = context.current()
    return PlatformEvent.objects.create(
        action=action,
        outcome=outcome,
        user_id=now.user_id,
        data=data[:60],
        ip=now.ip,
        request_id=now.request_id,
    )


def _seal_words(words: str, dossier_id: UUID, row_id: UUID) -> bytes:
    where = place(current(), dossier_id, "event.words", row_id)
    return seal(dossier_key(dossier_id), json.dumps(words).encode(), where)
