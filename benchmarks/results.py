"""What a run measured, as plain values that can be kept and drawn again."""

import os
import platform
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

Milliseconds = list[float]


def quantile(times: Milliseconds, part: float) -> float:
    """The value below which ``part`` of the times lie; 0 without times."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


@dataclass(frozen=True)
class Reading:
    """One measured thing: of whom, at which size, the middle of its rounds, and each round, in ``unit``."""

    what: str
    who: str
    dossiers: int
    value: float
    unit: str = "ms"
    p95: float = 0.0
    rounds: list[float] = field(default_factory=list)


@dataclass
class Results:
    """All readings of a run, how it was done, and what was proven equal before anything was timed."""

    command: str
    rounds: int
    sizes: list[int]
    machine: dict[str, str]
    equal: list[str] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    trail: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, who: str, dossiers: int, rounds: list[Milliseconds]) -> None:
        """Keep the median over the rounds of each round's own median, and the 95th of all."""
        every = [one for times in rounds for one in times]
        middles = [median(times) for times in rounds]
        kept = [round(one, 3) for one in middles]
        self.readings.append(Reading(what, who, dossiers, median(middles), "ms", quantile(every, 0.95), kept))

    def of(self, what: str, who: str, dossiers: int) -> float | None:
        """A value, when it was measured."""
        found = self._found(what, who, dossiers)
        return found.value if found else None

    def ratio(self, above: tuple[str, str], below: tuple[str, str], dossiers: int) -> float | None:
        """One reading in terms of another of the same size."""
        return compared(self._found(*above, dossiers), self._found(*below, dossiers))

    def growth(self, what: str, who: str) -> float | None:
        """How many times the smallest size the largest takes; None when there is one size."""
        if len(self.sizes) < 2:
            return None
        return compared(self._found(what, who, max(self.sizes)), self._found(what, who, min(self.sizes)))

    def _found(self, what: str, who: str, dossiers: int) -> Reading | None:
        found = [one for one in self.readings if (one.what, one.who, one.dossiers) == (what, who, dossiers)]
        return found[-1] if found else None

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def compared(above: Reading | None, below: Reading | None) -> float | None:
    """One reading in terms of another: the middle of what each round says, since a round measures both side by side.

    A machine that is slower for a minute slows both sides of that minute's rounds, and not one side of the whole.
    """
    if above is None or below is None or not below.value:
        return None
    if above.rounds and len(above.rounds) == len(below.rounds) and all(below.rounds):
        return median(one / other for one, other in zip(above.rounds, below.rounds, strict=True))
    return above.value / below.value


def read(kept: dict[str, Any]) -> Results:
    """The results that ``as_dict`` gave."""
    readings = [Reading(**one) for one in kept.pop("readings")]
    return Results(**kept, readings=readings)


def machine(postgres: str) -> dict[str, str]:
    """What the figures depend on, and nothing that names the machine."""
    return {
        "processors": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "load before": " ".join(f"{one:.1f}" for one in os.getloadavg()),
        "Python": platform.python_version(),
        "PostgreSQL": postgres,
    }
