"""The one clock.

Moments are UTC; dates of law are calendar dates in Europe/Amsterdam. Outside
production a test clock (a file with the shift in whole seconds) may move all
processes at once, so that a journey can live through a cooling-off period.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
_pretended: ContextVar[datetime | None] = ContextVar("pretended_moment", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC; shifted by the test clock where one is allowed."""
    return _pretended.get() or datetime.now(UTC) + _shift()


def today() -> date:
    """The calendar date in the Netherlands at this moment."""
    return local_date(now())


def local_date(moment: datetime) -> date:
    """The calendar date in the Netherlands of an aware moment."""
    return moment.astimezone(AMSTERDAM).date()


def set_test_clock(shift: timedelta) -> None:
    """Let the clock of every process run ``shift`` (whole seconds) ahead of the real one, from now on.

    Raises RuntimeError, with a sentence for an operator, in production and where no clock file is in use.
    """
    path = _clock_file()
    if settings.CASEMGMT_ENV == "production":
        raise RuntimeError("The clock cannot be moved in production.")
    if path is None:
        raise RuntimeError("The clock cannot be moved here: CASEMGMT_CLOCK_FILE names no file.")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".new")
    temporary.write_text(str(int(shift.total_seconds())), encoding="ascii")
    os.replace(temporary, path)


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Let this be the present for the length of the block: how the demo's history is made; refused in production."""
    if settings.CASEMGMT_ENV == "production":
        raise RuntimeError("The clock cannot be set in production.")
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)


def _clock_file() -> Path | None:
    return Path(settings.CLOCK_FILE) if settings.CLOCK_FILE else None


def _shift() -> timedelta:
    path = _clock_file()
    if path is None:
        return timedelta()
    try:
        return timedelta(seconds=int(path.read_text(encoding="ascii") or 0))
    except FileNotFoundError:
        return timedelta()
