"""The report of a run: every figure beside its bar, met or not, the plots, and what the figures cannot say."""

from benchmarks.bars import Outcome, outcomes
from benchmarks.dossier import LONG, SHORT
from benchmarks.plots import Bar, Chart, draw
from benchmarks.recipe import KINDS
from benchmarks.results import Results
from benchmarks.worklist import FLOOR

PICTURE = "report.svg"
DISTURBED = 0.5  # load for each processor before the run, above which its figures are not to be relied on
LIMITS = """\
- Client, server and both database clusters share the processors, so a busy client makes the bare view look slower
  than it is; what the client took stands in the table. Only ratios of one run are compared.
- The data are in memory; nothing here measures a cold cache. Users, teams and assignments are the same at all sizes.
- The comparison (`benchmarks/peer`) is what a team would build first: guardian's generic grants and a filter on the
  organisation, names as plain text, one database, no row security, one row in its trail for a list. The product
  shows the same dossiers with names that are sealed under keys in another cluster, and says of each client that
  they stood in the list. It does more, and these figures include what that costs.
"""


def files(results: Results) -> dict[str, str]:
    """The files of a report by their names."""
    return {"report.md": _text(results), PICTURE: draw(charts(results))}


def table(results: Results) -> str:
    """Every bar that was measured with its figure and its verdict, as Markdown."""
    lines = ["| bar | what | of | limit | measured | |", "|---|---|---|---|---|---|"]
    for one in outcomes(results):
        if one.measured is not None:
            sign = "≥" if one.at_least else "≤"
            words = f"**{one.words}**" if one.met is False else one.words
            lines.append(
                f"| {one.bar} | {one.says} | {one.of} | {sign} {one.limit:g}{one.unit} | {_figure(one)} | {words} |"
            )
    return "\n".join(lines)


def _figure(one: Outcome) -> str:
    return f"{one.measured:.2f}{one.unit}" if one.unit == "x" else f"{one.measured:.0f}{one.unit}"


def _text(results: Results) -> str:
    said = ", ".join(f"{name} {value}" for name, value in results.machine.items())
    equal = "\n".join(f"- {line}" for line in results.equal)
    missing = sorted({one.bar for one in outcomes(results) if one.measured is None})
    unmeasured = f"\nNot measured in this run: bar {', '.join(missing)}.\n" if missing else ""
    return (
        "# Benchmarks\n\n"
        f"`{results.command}`; {results.rounds} interleaved rounds after one to warm up, medians of the rounds.\n"
        f"The machine: {said}.\n\n{_disturbed(results)}"
        f"Equal before anything was timed:\n\n{equal}\n\n"
        f"## Bars\n\n{table(results)}\n{unmeasured}\n"
        f"![The same as bars]({PICTURE})\n\n"
        f"## Figures\n\n{_readings(results)}\n\n"
        f"## What these figures cannot say\n\n{LIMITS}"
    )


def _disturbed(results: Results) -> str:
    """A warning where the machine had other work: then even ratios only tell the direction."""
    load, processors = results.machine.get("load before", "0").split()[0], results.machine["processors"]
    if float(load) <= DISTURBED * int(processors):
        return ""
    return (
        f"**The machine had other work** (a load of {load} on {processors} processors): only the direction counts.\n\n"
    )


def _readings(results: Results) -> str:
    lines = ["| what | of whom | dossiers | median | p95 (ms) |", "|---|---|---|---|---|"]
    for one in sorted(results.readings, key=lambda row: (row.what, row.who, row.dossiers)):
        p95 = f"{one.p95:.1f}" if one.p95 else ""
        lines.append(f"| {one.what} | {one.who} | {one.dossiers:,} | {one.value:.2f} {one.unit} | {p95} |")
    return "\n".join(lines)


def charts(results: Results) -> list[Chart]:
    """The pictures: ratios with their limits, the queries by size, requests a second."""
    made = [_outcomes(results, "1", "Worklist page in terms of the bare view (in process)")]
    made += [
        _readings_of(results, "query", (*KINDS, FLOOR), "Worklist query (ms)"),
        _outcomes(results, "2", "Growth of the worklist query"),
        _readings_of(results, "dossier", ("bare", SHORT, LONG), "Dossier page (ms, in process)"),
        _outcomes(results, "11", "Dossier page with 505 entries in terms of the bare view"),
        _saturated(results),
        _outcomes(results, "4", "Worklist page in terms of a tenant-filtered guardian view (requests a second)"),
    ]
    return [chart for chart in made if chart.bars]


def _outcomes(results: Results, bar: str, title: str) -> Chart:
    found = [one for one in outcomes(results) if one.bar == bar and one.measured is not None]
    bars = tuple(Bar(one.of, one.measured or 0.0, _figure(one), one.words) for one in found)
    limit = found[0].limit if found else None
    sign = "at least" if found and found[0].at_least else "at most"
    return Chart(title, bars, limit, f"{sign} {limit:g}" if limit is not None else "")


def _readings_of(results: Results, what: str, whose: tuple[str, ...], title: str) -> Chart:
    bars = [
        Bar(f"{who}, {size:,}", value, f"{value:.2f} ms")
        for who in whose
        for size in sorted(results.sizes)
        if (value := results.of(what, who, size)) is not None
    ]
    return Chart(title, tuple(bars))


def _saturated(results: Results) -> Chart:
    found = [one for one in results.readings if one.what.startswith("saturated ")]
    bars = tuple(
        Bar(f"{one.what.removeprefix('saturated ')}, {one.who}", one.value, f"{one.value:.0f} a second")
        for one in found
    )
    return Chart("Requests a second, two processes, four connections", bars)
