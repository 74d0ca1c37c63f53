"""The trail of what `organisations` does: units, memberships, invitations. It stands to our left, so it asks us."""

from dataclasses import replace
from uuid import UUID

from django.db import transaction

from casemgmt.audit import context, events
from casemgmt.audit.vocabulary import Action, Outcome


def write(action: str, *, data: str, ground: str, object_id: UUID | None, denied: bool, by: UUID | None) -> None:
    """One event, in the open transaction or in one of its own; ``by`` is who it was where nobody is signed in."""
    now = context.current()
    with context.circumstances(replace(now, user_id=by or now.user_id)), transaction.atomic():
        outcome = Outcome.DENIED if denied else Outcome.DONE
        events.record(Action(action), outcome=outcome, data=data, object_id=object_id, ground=ground)
