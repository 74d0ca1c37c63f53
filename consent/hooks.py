"""How packages to our right hear that an answer was given or withdrawn, and say of which exchange it is."""

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

from casemgmt.base.registries import Registry
from casemgmt.policy.decision import Decision

# Called inside the act's transaction with the dossier, about whom, and the moment.
Listener = Callable[[UUID, UUID, datetime], None]

changed: Registry[Listener] = Registry("listener to consent")

# Asked for an exchange, on a day: from which day on an answer can be one to it (``rules.days.answers_count_from``);
# None for an exchange that is not there.
Beginning = Callable[[UUID, date], Decision | None]

exchanges: Registry[Beginning] = Registry("kind of exchange")


def answers_count_from(exchange_id: UUID, on: date) -> Decision | None:
    """From which day on an answer can be one to this exchange, by the regulation of the day ``on``."""
    found = (asked(exchange_id, on) for _name, asked in exchanges)
    return next((decision for decision in found if decision is not None), None)


def tell(dossier_id: UUID, about_id: UUID, at: datetime) -> None:
    """Tell every listener that an answer about somebody's data changed."""
    for _name, listener in changed:
        listener(dossier_id, about_id, at)
