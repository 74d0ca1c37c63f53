"""The one command of the benchmarks."""

import argparse
import os
import sys
import time

from benchmarks.places import Size, begin


def main() -> int:
    """Fill what is missing, compare results, measure, and print the ratios as a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("what", choices=["worklist"])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--page", default="plak/", help="the page to hold against the bare view")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--times", type=int, default=20, help="requests of each kind in a round")
    arguments = parser.parse_args()
    services = begin()
    import django
    from django.conf import settings

    django.setup()
    settings.ROOT_URLCONF = "benchmarks.urls"
    from benchmarks import seed, worklist

    for size in map(Size, arguments.sizes):
        began = time.perf_counter()
        seed.ensure(services, size)
        print(f"{size.dossiers:>9} dossiers ready in {time.perf_counter() - began:.1f} s", flush=True)
    print(worklist.run([Size(n) for n in arguments.sizes], arguments.page, arguments.rounds, arguments.times))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
