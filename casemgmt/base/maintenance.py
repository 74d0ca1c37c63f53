"""Maintenance: a file that every process sees, so that it works with both databases and the broker away.

While it is there no page is answered but one that says so, and no work in the background is begun; what had begun
is finished. Who switches it on may say how long it will take.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

SHORTEST, LONGEST, UNKNOWN = 30, 3600, 300


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Since when, and until when whoever switched it on expects it; None where that is not known."""

    since: datetime | None
    until: datetime | None

    def seconds_left(self, at: datetime) -> int:
        """When to ask again: what is left of the time that was said, within reason; five minutes when nothing was."""
        if self.until is None:
            return UNKNOWN
        return min(LONGEST, max(SHORTEST, int((self.until - at).total_seconds())))


def is_on() -> bool:
    """Whether maintenance is on; asked at every request, so nothing is read."""
    return os.path.exists(settings.MAINTENANCE_FILE)


def standing() -> Maintenance | None:
    """How maintenance stands, or None when it is off; a file that cannot be read says only that it is on."""
    if not is_on():
        return None
    try:
        told = json.loads(Path(settings.MAINTENANCE_FILE).read_text(encoding="utf-8"))
        until = datetime.fromisoformat(told["until"]) if told["until"] else None
        return Maintenance(datetime.fromisoformat(told["since"]), until)
    except (OSError, ValueError, KeyError, TypeError):
        return Maintenance(None, None)


def switch_on(at: datetime, until: datetime | None) -> None:
    """Switch it on, or say anew how long it takes; raises OSError when the file cannot be written."""
    before = standing()
    since = (before.since if before else None) or at
    path = Path(settings.MAINTENANCE_FILE)
    whole = path.with_suffix(".new")
    text = json.dumps({"since": since.isoformat(), "until": until.isoformat() if until else None})
    whole.write_text(text, encoding="utf-8")
    # Every process may read it, whoever it runs as; nobody sees half of it.
    whole.chmod(0o644)
    whole.replace(path)


def switch_off() -> bool:
    """Switch it off; returns whether it was on. Raises OSError when the file cannot be removed."""
    there = is_on()
    Path(settings.MAINTENANCE_FILE).unlink(missing_ok=True)
    return there
