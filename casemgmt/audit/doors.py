"""What every door to content shares: one durable transaction, and a row that stays when it ends in a no.

A refusal undoes whatever the act had begun, its event included. That somebody
was refused is itself a fact of the trail, so it is written after the undoing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.errors import NotThere, Refusal


@dataclass
class Doorway:
    """How far somebody came: the dossier they stand in, once that is known, and on which ground."""

    dossier_id: UUID | None = None
    ground: str = ""

    def enter(self, dossier_id: UUID, ground: str) -> None:
        """From here on a no is one about this dossier."""
        self.dossier_id, self.ground = dossier_id, ground


@contextmanager
def doorway(action: Action, data: str) -> Iterator[Doorway]:
    """One durable transaction; a refusal out of it undoes everything and leaves a row of its own, then goes on."""
    came = Doorway()
    try:
        with transaction.atomic(durable=True):
            yield came
    except NotThere:
        _write(action, Outcome.UNKNOWN, came.dossier_id, data, came.ground or NotThere.word)
        raise
    except Refusal as no:
        _write(action, Outcome.DENIED, came.dossier_id, data, no.word)
        raise


def _write(action: Action, outcome: Outcome, dossier_id: UUID | None, data: str, ground: str) -> None:
    with transaction.atomic(durable=True):
        events.record(action, outcome=outcome, dossier_id=dossier_id, data=data, ground=ground)
