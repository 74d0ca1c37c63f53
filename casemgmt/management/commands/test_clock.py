"""`manage.py test_clock [+9d | reset | 2026-12-01T09:00] [--json]`: move the clock of every process, or read it."""

import json
import math
import re
from argparse import ArgumentParser
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from casemgmt.base import clock
from casemgmt.organisations.asked import CANNOT

_AHEAD = re.compile(r"\+(\d{1,6})([dhms])")
# What every page can still count with: terms run for decades, and a year has four digits.
_FIRST, _AFTER_LAST = datetime(1890, 1, 1, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


class Command(BaseCommand):
    """The real clock plus a shift; every process of this checkout reads the same file."""

    help = "Move the test clock that all processes share, or say what it shows. Refused in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to; nothing only reads."""
        parser.add_argument(
            "to",
            nargs="?",
            help="+9d, +3h, +5m, +7s: so much ahead of the real clock; reset; or a moment, as 2026-12-01T09:00",
        )
        parser.add_argument("--json", action="store_true", help="one JSON document")

    def handle(self, *args: Any, **options: Any) -> None:
        """Move it where that was asked, and say what it shows."""
        try:
            if options["to"] is not None:
                clock.set_test_clock(shift_to(options["to"], datetime.now(UTC)))
        except (RuntimeError, ValueError, OverflowError) as problem:
            raise CommandError(str(problem), returncode=CANNOT) from problem
        now = clock.now()
        shift = round((now - datetime.now(UTC)).total_seconds())
        if options["json"]:
            self.stdout.write(json.dumps({"now": now.isoformat(timespec="seconds"), "shift_seconds": shift}))
        else:
            local = now.astimezone(clock.AMSTERDAM).isoformat(sep=" ", timespec="seconds")
            self.stdout.write(f"It is {local}, {shift} seconds from the real clock.")


def shift_to(words: str, real: datetime) -> timedelta:
    """How far the clock must run ahead of ``real`` (aware); a moment without offset is one in Amsterdam.

    Raises ValueError with a sentence for words that are none of the three, and for a moment outside 1890 to 2200.
    """
    shift = _asked(words, real)
    if not _FIRST - real <= shift < _AFTER_LAST - real:
        raise ValueError(f"{words!r} is not a moment from 1890 up to and including 2200.")
    return shift


def _asked(words: str, real: datetime) -> timedelta:
    if words == "reset":
        return timedelta()
    if found := _AHEAD.fullmatch(words):
        return timedelta(**{_UNITS[found[2]]: int(found[1])})
    try:
        moment = datetime.fromisoformat(words)
    except ValueError as problem:
        raise ValueError(f"{words!r} is not +9d (or h, m, s), reset, or a moment as 2026-12-01T09:00.") from problem
    ahead = (moment if moment.tzinfo else moment.replace(tzinfo=clock.AMSTERDAM)) - real
    return timedelta(seconds=math.ceil(ahead.total_seconds()))  # whole seconds, and never before the moment asked
