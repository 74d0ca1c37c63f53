"""The bars, and whether a run met them: what is asked, what was measured, yes or no."""

from dataclasses import dataclass

from benchmarks.dossier import LONG
from benchmarks.recipe import KINDS
from benchmarks.results import Results
from benchmarks.saturated import ADMIN, BARE, EVENT_ONLY, MEASURED, NO_TRAIL, PEER, PRODUCT
from benchmarks.worklist import FLOOR

TIMES, SHARE, COUNT = "x", "%", ""


@dataclass(frozen=True)
class Outcome:
    """One figure beside its bar; ``measured`` None: this run did not measure it."""

    bar: str
    says: str
    of: str
    limit: float
    measured: float | None
    unit: str = TIMES
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the bar holds; None when it was not measured."""
        if self.measured is None:
            return None
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    @property
    def words(self) -> str:
        """The verdict in a word."""
        return {True: "met", False: "NOT MET", None: "not measured"}[self.met]


def outcomes(results: Results) -> list[Outcome]:
    """Every bar with its figure, at the largest size unless it is about growth."""
    return [*_pages(results), *_queries(results), *_comparison(results), *_trail(results), *_dossier(results)]


def _pages(results: Results) -> list[Outcome]:
    found = []
    for size in results.sizes:
        for kind in KINDS:
            ratio = results.ratio(("page", kind), ("bare", kind), size)
            found.append(Outcome("1", "worklist page / bare view, in process", f"{kind}, {size:,}", 2.0, ratio))
            says = "the same, with the limit of record 1 (names and texts sealed)"
            found.append(Outcome("1b", says, f"{kind}, {size:,}", 2.5, ratio))
    large = max(results.sizes)
    says = "bare view / worklist page, requests a second"
    for kind in MEASURED:
        ratio = results.ratio((f"saturated {BARE}", "2 teams"), (f"saturated {PRODUCT}", kind), large)
        found.append(Outcome("1, second half", says, f"{kind}, {large:,}", 3.5, ratio))
    return found


def _queries(results: Results) -> list[Outcome]:
    small, large = min(results.sizes), max(results.sizes)
    where = f"{small:,} to {large:,}"
    found = [
        Outcome("2", "worklist query, growth", f"{kind}, {where}", 1.2, results.growth("query", kind)) for kind in KINDS
    ]
    found += [
        Outcome("2, page", "worklist page, growth", f"{kind}, {where}", 1.2, results.growth("page", kind))
        for kind in KINDS
    ]
    worst = [value for kind in KINDS if (value := results.ratio(("query", kind), ("query", FLOOR), large))]
    says = "slowest kind of user / 25 rows of one team"
    return [*found, Outcome("3", says, f"{large:,}", 15, max(worst, default=None))]


def _comparison(results: Results) -> list[Outcome]:
    large = max(results.sizes)
    found = []
    for kind in MEASURED:
        ratio = results.ratio((f"saturated {PRODUCT}", kind), (f"saturated {PEER}", kind), large)
        says = "worklist page / tenant-filtered guardian view, requests a second"
        found.append(Outcome("4", says, f"{kind}, {large:,}", 4, ratio, at_least=True))
    ratio = results.ratio((f"saturated {PRODUCT}", "2 teams"), (f"saturated {ADMIN}", "2 teams"), large)
    says = "worklist page / guardian's admin, requests a second"
    return [*found, Outcome("4, second half", says, f"2 teams, {large:,}", 10, ratio, at_least=True)]


def _trail(results: Results) -> list[Outcome]:
    large = max(results.sizes)
    without = results.of(f"saturated {NO_TRAIL}", "2 teams", large)

    def loss(what: str) -> float | None:
        found = results.of(f"saturated {what}", "2 teams", large)
        return 100 * (1 - found / without) if found is not None and without else None

    missing = abs(results.trail["looks"] - results.trail["events"]) if results.trail else None
    return [
        Outcome("5", "requests a second lost to the event", f"{large:,}", 25, loss(EVENT_ONLY), SHARE),
        Outcome("5, list", "… to the event and the rows of its list", f"{large:,}", 25, loss(PRODUCT), SHARE),
        Outcome("5, rows", "looks without exactly one event", f"{large:,}", 0, missing, COUNT),
    ]


def _dossier(results: Results) -> list[Outcome]:
    found = []
    for size in results.sizes:
        ratio = results.ratio(("dossier", LONG), ("dossier", "bare"), size)
        found.append(Outcome("11", "dossier page with 505 entries / bare view", f"{size:,}", 6, ratio))
    return found
