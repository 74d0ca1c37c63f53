"""The one command of the benchmarks."""

import argparse
import json
import logging
import os
import sys
import time
from pathlib import Path

from benchmarks.places import Size, begin, superuser
from benchmarks.results import Results, machine, read
from scripts.services import Services

PARTS = ("worklist", "dossier", "saturated")
SIZES = [10_000, 100_000, 1_000_000]


def main() -> int:
    """Fill what is missing, compare results, measure, and write the report."""
    options = _options()
    if options.what == "report":
        _write(read(json.loads((options.out / "results.json").read_text(encoding="utf-8"))), options.out)
        return 0
    services = begin()
    import django
    from django.conf import settings

    django.setup()
    # Served processes write their line for each request as in production; here thousands would drown the table.
    logging.getLogger("casemgmt.requests").setLevel(logging.WARNING)
    settings.ROOT_URLCONF = "benchmarks.urls"
    from benchmarks import seed

    sizes = [Size(number) for number in sorted(options.sizes)]
    for size in sizes:
        began = time.perf_counter()
        seed.ensure(services, size)
        print(f"{size.dossiers:>9} dossiers ready in {time.perf_counter() - began:.1f} s", flush=True)
    if options.what == "fill":
        return 0
    if options.what == "load":
        from benchmarks import load

        return load.main(services, sizes[-1], options)
    results = Results(_command(), options.rounds, options.sizes, machine(_postgres(services)))
    for part in PARTS if options.what == "all" else (options.what,):
        began = time.perf_counter()
        _measure(part, results, services, sizes, options)
        print(f"{part} measured in {time.perf_counter() - began:.0f} s", flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    _write(results, options.out)
    return 0


def _measure(part: str, results: Results, services: Services, sizes: list[Size], options: argparse.Namespace) -> None:
    from benchmarks import dossier, saturated, worklist

    if part == "worklist":
        worklist.run(results, sizes, options.page, options.rounds, options.times)
    elif part == "dossier":
        dossier.run(results, sizes, options.rounds, options.times)
    else:
        saturated.run(results, services, sizes[-1], options.rounds, options.seconds)


def _write(results: Results, out: Path) -> None:
    from benchmarks import report

    (out / "results.json").write_text(json.dumps(results.as_dict(), indent=1) + "\n", encoding="utf-8")
    for name, text in report.files(results).items():
        (out / name).write_text(text, encoding="utf-8")
    print(report.table(results))
    print(f"\nThe report stands in {out / 'report.md'}.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", nargs="?", default="all", choices=["all", *PARTS, "fill", "report", "load"])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="numbers of dossiers")
    parser.add_argument("--page", default="dossiers/", help="the page to hold against the bare view")
    parser.add_argument("--rounds", type=int, default=11, help="interleaved rounds, after one to warm up")
    parser.add_argument("--times", type=int, default=24, help="requests of each sort in a round")
    parser.add_argument("--seconds", type=float, default=4, help="how long each lane is saturated in a round")
    parser.add_argument("--out", type=Path, default=Path("benchmark-report"), help="the folder of the report")
    parser.add_argument("--people", type=int, default=200, help="load: how many are at work")
    parser.add_argument("--minutes", type=float, default=10, help="load: how long")
    parser.add_argument("--pause", type=float, default=15, help="load: seconds between two pages of one person")
    parser.add_argument(
        "--until-it-breaks", action=argparse.BooleanOptionalAction, default=True, help="load: then faster"
    )
    return parser.parse_args()


def _command() -> str:
    """The command as anybody can give it again; where its report went is nobody's business."""
    words = list(sys.argv[1:])
    if "--out" in words:
        at = words.index("--out")
        del words[at : at + 2]
    return " ".join(["python -m benchmarks", *words])


def _postgres(services: Services) -> str:
    with superuser(services, "main", "postgres") as connection:
        row = connection.execute("show server_version").fetchone()
    return str(row[0]) if row else ""


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
