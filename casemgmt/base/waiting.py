"""How a migration waits for a lock: shortly, then it steps back, so that nobody's page queues behind it.

PostgreSQL serves locks in order. A migration that waits for one reading transaction makes everybody wait who comes
after it, on every page that asks that table. What is done with the lock is not decided here.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, OperationalError, connections
from psycopg import errors

# Two statements that each wait for the other are a wait that ended as well.
_HELD = (errors.LockNotAvailable, errors.DeadlockDetected)


class StillHeld(Exception):
    """Somebody held a lock through every try."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one try waits for a lock, how long everybody else gets after it, and how often that is done."""

    seconds: float = 2.0
    pause: float = 4.0
    tries: int = 20

    @property
    def longest(self) -> float:
        """The seconds after which it is given up."""
        return self.tries * self.seconds + (self.tries - 1) * self.pause


def work_between(database: str, work: Callable[[], object], patience: Patience, say: Callable[[str], object]) -> None:
    """Do work on a database whose statements wait no longer for a lock than one try; raises StillHeld.

    ``work`` is done again from its beginning, so it goes on where it was: what it finished it must not do twice.
    ``say`` hears a sentence for each try that ended without the lock.
    """
    for number in range(1, patience.tries + 1):
        _wait_at_most(database, patience.seconds)
        try:
            work()
            return
        except OperationalError as error:
            if not isinstance(error.__cause__, _HELD):
                raise
        finally:
            with contextlib.suppress(DatabaseError):  # of a connection that is gone nobody need take leave
                _wait_at_most(database, 0)
        if number < patience.tries:
            say(f"Somebody holds what this migration needs; try {number} of {patience.tries} ended, the next follows.")
            time.sleep(patience.pause)
    raise StillHeld


def _wait_at_most(database: str, seconds: float) -> None:
    """For this connection and nobody else's; 0 is for ever, as PostgreSQL has it of itself."""
    with connections[database].cursor() as cursor:
        cursor.execute("select set_config('lock_timeout', %s, false)", [f"{round(seconds * 1000)}ms"])


def without_limit(connection: Any) -> None:
    """What follows on this connection waits for whoever it must: only for statements behind which nobody queues."""
    connection.cursor().execute("set lock_timeout = 0")
