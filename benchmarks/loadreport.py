"""What a load run says: each phase in a line, each sort of page with its median and 95th, what broke first."""

from collections import Counter
from collections.abc import Sequence
from statistics import mean
from typing import Any

from benchmarks.browser import Seen
from benchmarks.plots import Bar, Chart, draw
from benchmarks.results import quantile

TOO_SLOW = 2000.0
AT_WORK, SIGNING_IN, SAVED = "at work", "signing in", "entry: save"


def broke(seen: Sequence[Seen], too_slow: float = TOO_SLOW) -> bool:
    """Whether anything went wrong, or the 95th of all pages is slower than people bear."""
    return not seen or any(one.fault for one in seen) or quantile([one.took for one in seen], 0.95) > too_slow


def line(name: str, pause: float, seen: Sequence[Seen], seconds: float) -> str:
    """A phase in a line."""
    times, faults = [one.took for one in seen], sum(1 for one in seen if one.fault)
    return (
        f"{name}: a page every {pause:.2f} s each, {len(seen) / seconds:.1f} a second, {faults} faults,"
        f" median {quantile(times, 0.5):.0f} ms, 95th {quantile(times, 0.95):.0f} ms"
    )


def summary(told: dict[str, Any]) -> dict[str, Any]:
    """The run without its single answers: phases, pages, faults, and what broke first."""
    seen = [Seen(**one) for one in told["seen"]]
    phases = [_phase(phase, seen, told["samples"]) for phase in told["phases"]]
    kept = {name: told[name] for name in ("people", "inside", "dossiers", "minutes", "machine", "kept")}
    kept["saved"] = sum(1 for one in seen if one.page == SAVED and not one.fault)
    return {**kept, "phases": phases, "first": _first(phases)}


def _phase(phase: dict[str, Any], seen: Sequence[Seen], samples: Sequence[dict[str, Any]]) -> dict[str, Any]:
    here = [one for one in seen if phase["began"] <= one.at < phase["ended"]]
    during = [one for one in samples if phase["began"] <= one["at"] < phase["ended"]]
    seconds = phase["ended"] - phase["began"]
    names = sorted({one.page for one in here})
    times = [one.took for one in here]
    return {
        "name": phase["name"],
        "pause": phase["pause"],
        "seconds": round(seconds, 1),
        "a_second": round(len(here) / seconds, 1) if seconds else 0.0,
        "answers": len(here),
        "faults": sum(1 for one in here if one.fault),
        "p50": round(quantile(times, 0.5), 1),
        "p95": round(quantile(times, 0.95), 1),
        "busy": round(mean(one["busy"] for one in during), 2) if during else None,
        "connections": max((one["connections"] for one in during), default=0),
        "pages": {name: _page([one for one in here if one.page == name]) for name in names},
    }


def _page(seen: Sequence[Seen]) -> dict[str, Any]:
    times = [one.took for one in seen]
    return {
        "answers": len(seen),
        "p50": round(quantile(times, 0.5), 1),
        "p95": round(quantile(times, 0.95), 1),
        "slowest": round(max(times), 1),
        "faults": dict(Counter(one.fault for one in seen if one.fault)),
    }


def _first(phases: Sequence[dict[str, Any]]) -> str:
    """What broke first, in a sentence."""
    for phase in phases:
        faults = Counter({(page, f): n for page, one in phase["pages"].items() for f, n in one["faults"].items()})
        if faults:
            (page, fault), many = faults.most_common(1)[0]
            return (
                f"In the phase “{phase['name']}” {phase['faults']} answers were wrong, most: {page}, {fault} ({many})."
            )
        if phase["answers"] and phase["p95"] > TOO_SLOW:
            slowest = max(phase["pages"], key=lambda name: phase["pages"][name]["p95"])
            busy = f"{phase['busy']:.0%}" if phase["busy"] is not None else "an unknown part"
            return (
                f"In the phase “{phase['name']}” waiting: at {phase['a_second']} pages a second the 95th of all is"
                f" {phase['p95']:.0f} ms, slowest of all {slowest}; the processors were {busy} busy,"
                f" nothing was refused and no answer was wrong."
            )
    return "Nothing broke."


def held(told: dict[str, Any]) -> bool:
    """Whether everybody came in, nothing went wrong while they worked, and all that was saved is there once."""
    faults = sum(one["faults"] for one in told["phases"] if one["name"] in (SIGNING_IN, AT_WORK))
    return not faults and told["inside"] == told["people"] and told["saved"] == told["kept"]


def files(told: dict[str, Any]) -> dict[str, str]:
    """The report and its picture, by their names."""
    return {"load.md": _text(told), "load.svg": draw(_charts(told))}


def _text(told: dict[str, Any]) -> str:
    said = ", ".join(f"{name} {value}" for name, value in told["machine"].items() if value)
    return (
        f"# {told['people']} people at work\n\n"
        f"{told['dossiers']:,} dossiers; {told['inside']} of {told['people']} people came in;"
        f" {told['minutes']:g} minutes at work, then ever faster. The machine: {said}; it also runs the people."
        " Passwords are hashed cheaply, as in the demo: in production a sign-in costs more."
        f" {told['saved']} entries were saved and {told['kept']} stand in the database.\n\n"
        f"**What broke first.** {told['first']}\n\n"
        f"## Phases\n\n{_phases(told)}\n\n## Pages while at work\n\n{_pages(told, AT_WORK)}\n\n"
        f"## Signing in\n\n{_pages(told, SIGNING_IN)}\n\n![The same as bars](load.svg)\n"
    )


def _phases(told: dict[str, Any]) -> str:
    lines = [
        "| phase | pause (s) | pages a second | answers | faults | p50 (ms) | p95 (ms) | processors | connections |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in told["phases"]:
        busy = f"{one['busy']:.0%}" if one["busy"] is not None else ""
        cells = (one["name"], f"{one['pause']:.2f}", one["a_second"], one["answers"], one["faults"], one["p50"])
        lines.append(f"| {' | '.join(map(str, (*cells, one['p95'], busy, one['connections'])))} |")
    return "\n".join(lines)


def _pages(told: dict[str, Any], phase: str) -> str:
    lines = ["| page | answers | p50 (ms) | p95 (ms) | slowest (ms) | faults |", "|---|---|---|---|---|---|"]
    for found in (one for one in told["phases"] if one["name"] == phase):
        for name, one in found["pages"].items():
            faults = ", ".join(f"{fault} ({many})" for fault, many in one["faults"].items()) or "0"
            lines.append(f"| {name} | {one['answers']} | {one['p50']} | {one['p95']} | {one['slowest']} | {faults} |")
    return "\n".join(lines)


def _charts(told: dict[str, Any]) -> list[Chart]:
    work = next((one for one in told["phases"] if one["name"] == AT_WORK), None)
    pages = work["pages"].items() if work else ()
    slow = tuple(Bar(name, one["p95"], f"{one['p95']:.0f} ms") for name, one in pages)
    pace = tuple(
        Bar(f"{one['name']} ({one['a_second']} a second)", one["p95"], f"{one['p95']:.0f} ms, {one['faults']} faults")
        for one in told["phases"]
    )
    return [Chart("95th of each page while at work (ms)", slow), Chart("95th of all pages, ever faster (ms)", pace)]
