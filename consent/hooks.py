"""How packages to our right hear that an answer was given or withdrawn."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from casemgmt.base.registries import Registry

# Called inside the act's transaction with the dossier, about whom, and the moment.
Listener = Callable[[UUID, UUID, datetime], None]

changed: Registry[Listener] = Registry("listener to consent")


def tell(dossier_id: UUID, about_id: UUID, at: datetime) -> None:
    """Tell every listener that an answer about somebody's data changed."""
    for _name, listener in changed:
        listener(dossier_id, about_id, at)
