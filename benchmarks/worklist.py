"""The worklist for every kind of user at every size: its query, and its page against the bare view."""

import time
from collections.abc import Callable
from uuid import UUID

from django.db import connection, transaction

from benchmarks.places import Size, use
from benchmarks.recipe import KINDS, PEOPLE_EACH, teams_of, uid
from benchmarks.results import Milliseconds, Results
from benchmarks.visitors import Visitor, median_ms
from casemgmt.base.organisation import organisation

ORGANISATION = "bench-0"
FLOOR = "one team"
_FLOOR = (
    "select id, number, name, state, opened_at, opened_on, closed_on from dossiers_dossier"
    " where unit_id = %s and state <> 'frozen' order by opened_at desc, id desc limit 25"
)
Taken = dict[tuple[str, str, int], list[Milliseconds]]


def run(results: Results, sizes: list[Size], page: str, rounds: int, times: int) -> None:
    """Measure in process, sizes and kinds of user interleaved; the first round only warms up."""
    taken: Taken = {}
    for size in sizes:
        use(size)
        check_equal(size)
    results.equal.append("the worklist's first two pages and `visible()`, newest first, every kind of user and size")
    for number in range(rounds + 1):
        for size in sizes:
            use(size)
            kept = taken if number else {}
            _pages(size, page, times, kept, bare_first=bool(number % 2))
            _queries(size, times, kept)
    for (what, who, dossiers), found in taken.items():
        results.add(what, who, dossiers, found)


def check_equal(size: Size) -> None:
    """The first pages of every user equal what ``visible`` says, newest first; else nothing is measured."""
    from casemgmt.accounts.models import User
    from casemgmt.base import clock
    from casemgmt.organisations.actors import actor_for
    from dossiers.access import visible
    from dossiers.worklist import worklist

    with organisation(uid("organisation", 0)):
        for kind in KINDS:
            for number in range(PEOPLE_EACH):
                actor = actor_for(User.objects.get(pk=uid("user", kind, number)), clock.today())
                first = worklist(actor)
                found = [row.id for row in (*first.rows, *(worklist(actor, first.next).rows if first.next else ()))]
                with transaction.atomic():
                    expected = list(visible(actor).order_by("-opened_at", "-id").values_list("id", flat=True)[:50])
                if found != expected or not found:
                    raise SystemExit(f"{kind} at {size.dossiers}: the worklist differs from what is visible.")


def _pages(size: Size, page: str, times: int, taken: Taken, *, bare_first: bool) -> None:
    """Each page in turn with the bare view, in an order that changes with the round."""
    paths = [("bare", "kaal/"), ("page", page)]
    for kind in KINDS:
        here: dict[str, Milliseconds] = {}
        for number in range(PEOPLE_EACH):
            visitor = Visitor(uid("user", kind, number))
            for name, path in paths if bare_first else reversed(paths):
                ask = _asking(visitor, f"/o/{ORGANISATION}/{path}")
                here.setdefault(name, []).extend(median_ms(ask, max(1, times // PEOPLE_EACH)))
        for name, found in here.items():
            taken.setdefault((name, kind, size.dossiers), []).append(found)


def _asking(visitor: Visitor, path: str) -> Callable[[], object]:
    return lambda: visitor.get(path)


def _queries(size: Size, times: int, taken: Taken) -> None:
    """The statement alone, under row security, and its floor: 25 rows of one team."""
    from casemgmt.accounts.models import User
    from casemgmt.base import clock
    from casemgmt.organisations.actors import actor_for
    from dossiers import worklist

    with organisation(uid("organisation", 0)):
        for kind in KINDS:
            here: Milliseconds = []
            for number in range(PEOPLE_EACH):
                actor = actor_for(User.objects.get(pk=uid("user", kind, number)), clock.today())
                here += _timed(lambda a=actor: worklist._rows(a, "", 25), times)  # type: ignore[misc]
            taken.setdefault(("query", kind, size.dossiers), []).append(here)
        floor: Milliseconds = []
        for number in range(PEOPLE_EACH):
            team = uid("team", 0, teams_of("2 teams", number)[0])
            floor += _timed(lambda t=team: _floor(t), times)  # type: ignore[misc]
        taken.setdefault(("query", FLOOR, size.dossiers), []).append(floor)


def _timed(ask: Callable[[], object], times: int) -> Milliseconds:
    with transaction.atomic():
        ask()
        taken = []
        for _ in range(max(3, times // PEOPLE_EACH)):
            began = time.perf_counter()
            ask()
            taken.append((time.perf_counter() - began) * 1000)
    return taken


def _floor(team: UUID) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(_FLOOR, [team])
        return list(cursor.fetchall())
