"""The worklist page against the bare view, for every kind of user, at every size."""

from statistics import median

from django.db import transaction

from benchmarks.places import Size, use
from benchmarks.seed import KINDS, PEOPLE_EACH, uid
from benchmarks.visitors import Visitor, median_ms
from casemgmt.base.organisation import organisation

ORGANISATION = "bench-0"
Times = dict[tuple[str, int, str], list[float]]


def run(sizes: list[Size], page: str, rounds: int, times: int) -> str:
    """Measure, sizes and kinds of user interleaved, and return the report as Markdown."""
    taken: Times = {}
    for number in range(rounds + 1):
        for size in sizes:
            use(size)
            _capabilities()
            if number == 0:
                check_equal(size)
            _round(size, page, times, taken if number else {})
    return report(sizes, page, rounds, times, taken)


def _capabilities() -> None:
    """The bench's organisations have no published profile: a caseworker reads, and that is all."""
    from casemgmt.organisations.actors import provide_capabilities

    provide_capabilities(lambda on: {"caseworker": frozenset({"dossier.read", "search.use"})})


def check_equal(size: Size) -> None:
    """The first page of every kind of user equals what ``visible`` says, newest first; else nothing is measured."""
    from casemgmt.accounts.models import User
    from casemgmt.base import clock
    from casemgmt.organisations.actors import actor_for
    from dossiers.access import visible
    from dossiers.worklist import worklist

    with organisation(uid("organisation", 0)):
        for kind in KINDS:
            actor = actor_for(User.objects.get(pk=uid("user", kind, 0)), clock.today())
            found = [row.id for row in worklist(actor).rows]
            with transaction.atomic():
                expected = list(visible(actor).order_by("-opened_at", "-id").values_list("id", flat=True)[:25])
            if found != expected or not found:
                raise SystemExit(f"{kind} at {size.dossiers}: the worklist differs from what is visible.")


def _round(size: Size, page: str, times: int, taken: Times) -> None:
    for kind in KINDS:
        for number in range(PEOPLE_EACH):
            visitor = Visitor(uid("user", kind, number))
            each = max(1, times // PEOPLE_EACH)
            for name, path in (("bare", "kaal/"), ("page", page)):
                calls = median_ms(lambda v=visitor, p=path: v.get(f"/o/{ORGANISATION}/{p}"), each)  # type: ignore[misc]
                taken.setdefault((kind, size.dossiers, name), []).extend(calls)


def report(sizes: list[Size], page: str, rounds: int, times: int, taken: Times) -> str:
    """A table of medians and ratios, the bare view of the same rounds as the unit."""
    lines = [
        f"Page `{page}` against the bare view, {rounds} rounds of {times} requests a kind, sizes interleaved.",
        "Medians in milliseconds (in process, one client); ratio = page / bare of the same kind and size.",
        "",
        "| user | " + " | ".join(f"{s.dossiers:,}: bare / page (ratio)" for s in sizes) + " | growth of the page |",
        "|---|" + "---|" * (len(sizes) + 1),
    ]
    for kind in KINDS:
        cells, extra = [], []
        for size in sizes:
            bare, full = (median(taken[kind, size.dossiers, name]) for name in ("bare", "page"))
            cells.append(f"{bare:.2f} / {full:.2f} ({full / bare:.2f})")
            extra.append(full)
        lines.append(f"| {kind} | " + " | ".join(cells) + f" | {extra[-1] / extra[0]:.2f} |")
    return "\n".join(lines)
