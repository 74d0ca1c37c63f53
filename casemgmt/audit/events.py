"""Writing the trail: one function where an organisation is current, one where none is."""

import json
from uuid import UUID, uuid4

from casemgmt.audit import context
from casemgmt.audit.models import AccessEvent, PlatformEvent
from casemgmt.audit.vocabulary import Action, Outcome
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
) -> AccessEvent:
    """Write one event in the open transaction, so it commits with what it tells of, or not at all.

    ``data`` and ``ground`` are words of the code, never content. ``words`` (a
    reason somebody typed) is sealed under the dossier's key, which must be loaded.
    """
    now = context.current()
    row_id = uuid4()
    sealed = _seal_words(words, dossier_id, row_id) if words and dossier_id else None
    return AccessEvent.objects.create(
        id=row_id,
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
    )


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
