"""When reading becomes unusual: many different dossiers within a short time, told from the moments they were opened."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

Opened = tuple[datetime, UUID]
# One burst, and one alarm, is at most so long: whoever reads on is counted anew, or one call would hush a whole day.
LONGEST = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Burst:
    """A time in which somebody opened this many different dossiers, without a pause as long as the window."""

    began_at: datetime
    last_at: datetime
    dossiers: int


def burst(opened: Sequence[Opened], most: int, window: timedelta) -> Burst | None:
    """The first burst among ``opened`` (in order of time): ``most`` different dossiers or more within ``window``.

    It goes on as long as no pause is longer than the window, and at most as long as ``LONGEST``.
    """
    inside: Counter[UUID] = Counter()
    first = 0
    for place, (at, dossier_id) in enumerate(opened):
        inside[dossier_id] += 1
        while at - opened[first][0] > window:
            inside -= Counter((opened[first][1],))
            first += 1
        if len(inside) >= most:
            last = last_of(opened, place, opened[first][0], window)
            together = {one for _at, one in opened[first : last + 1]}
            return Burst(opened[first][0], opened[last][0], len(together))
    return None


def last_of(opened: Sequence[Opened], place: int, began_at: datetime, window: timedelta) -> int:
    """How far a burst that began then goes on after ``place``: the place of the last that belongs to it."""
    while place + 1 < len(opened) and _belongs(opened[place + 1][0], opened[place][0], began_at, window):
        place += 1
    return place


def _belongs(at: datetime, before: datetime, began_at: datetime, window: timedelta) -> bool:
    return at - before <= window and at - began_at <= LONGEST
