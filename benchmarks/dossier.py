"""A dossier's page: one with five entries, one with 505, and all 505 read page by page, against the bare view."""

import re
from html import unescape

from benchmarks.places import Size, use
from benchmarks.recipe import LONG_ENTRIES, is_long, organisation_of, uid
from benchmarks.results import Milliseconds, Results
from benchmarks.sealer import entry_text
from benchmarks.visitors import Visitor, median_ms
from benchmarks.worklist import ORGANISATION

READER = ("50 teams", 0)
LONG, SHORT = "505 entries", "5 entries"
OLDER = re.compile(r'href="([^"]*\?after=[^"]*)"')
DOSSIERS = 6


def of_length(size: Size, *, long: bool) -> list[int]:
    """Some dossiers of the first organisation with many entries, or with few."""
    fitting = (n for n in range(size.dossiers) if is_long(n) == long and organisation_of(n) == 0)
    return [number for number, _ in zip(fitting, range(DOSSIERS), strict=False)]


def path_of(number: int) -> str:
    """The address of a dossier's page."""
    return f"/o/{ORGANISATION}/dossiers/{uid('dossier', number)}/"


def run(results: Results, sizes: list[Size], rounds: int, times: int) -> None:
    """Measure in process, sizes interleaved; first every entry must stand on the pages, once and in order."""
    for size in sizes:
        use(size)
        for number in of_length(size, long=True)[:2]:
            check_equal(number)
    results.equal.append(f"the pages of a dossier with {LONG_ENTRIES} entries and the sentences that were sealed")
    taken: dict[tuple[str, str, int], list[Milliseconds]] = {}
    for turn in range(rounds + 1):
        for size in sizes:
            use(size)
            reader = Visitor(uid("user", *READER))
            for what, found in _round(size, reader, times, backwards=bool(turn % 2)).items():
                if turn:
                    taken.setdefault((*what, size.dossiers), []).append(found)
    for (page, whose, dossiers), found_in in taken.items():
        results.add(page, whose, dossiers, found_in)


def _round(size: Size, reader: Visitor, times: int, *, backwards: bool) -> dict[tuple[str, str], Milliseconds]:
    found: dict[tuple[str, str], Milliseconds] = {}
    many, few = of_length(size, long=True), of_length(size, long=False)
    for one, other in zip(many, few, strict=False):
        paths = [("bare", f"/o/{ORGANISATION}/kaal/"), (SHORT, path_of(other)), (LONG, path_of(one))]
        for name, path in reversed(paths) if backwards else paths:
            each = median_ms(lambda p=path: reader.get(p), max(1, times // DOSSIERS))  # type: ignore[misc]
            found.setdefault(("dossier", name), []).extend(each)
    return found


def check_equal(number: int) -> None:
    """Walking from page to page shows each sentence that was sealed, once; else nothing is measured."""
    reader, path, shown = Visitor(uid("user", *READER)), path_of(number), ""
    pages = 0
    while path and pages < 100:
        body = reader.get(path).decode()
        shown, pages = shown + body, pages + 1
        older = OLDER.search(body)
        path = unescape(older[1]) if older else ""
    missing = [i for i in range(LONG_ENTRIES) if shown.count(entry_text(number, i)) != 1]
    if missing:
        raise SystemExit(f"Dossier {number}: {len(missing)} of {LONG_ENTRIES} entries do not stand on its pages once.")
