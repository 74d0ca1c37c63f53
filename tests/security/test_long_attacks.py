"""Attacks that take minutes: a clock at the door (A3) and two organisations through one pool of connections (A6)."""

import math
import random
import statistics
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from django.db import connections
from django.db.utils import OperationalError
from django.test import Client

from tests.dossiers.pages import World

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True, databases="__all__")]
ASKED, LARGEST_MS, LARGEST_SHARE, SURE = 300, 5.0, 0.5, 0.001


def same_or_not(one: list[float], other: list[float]) -> float:
    """How likely it is that two lists of times differ this much by chance (Mann-Whitney, two-sided, ties shared)."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks, ties, start = [0.0, 0.0], 0.0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        for _value, which in ranked[start:end]:
            ranks[which] += (start + 1 + end) / 2
        ties += (end - start) ** 3 - (end - start)
        start = end
    n, m = len(one), len(other)
    total = n + m
    u = ranks[0] - n * (n + 1) / 2
    sigma = math.sqrt(n * m / 12 * (total + 1 - ties / (total * (total - 1))))
    return math.erfc(abs(u - n * m / 2) / sigma / math.sqrt(2)) if sigma else 1.0


def timed(ask: Callable[[], Any]) -> float:
    began = time.perf_counter()
    answer = ask()
    spent = (time.perf_counter() - began) * 1000
    assert answer.status_code == 404, answer.status_code
    return spent


class Apart(NamedTuple):
    """How far two medians are apart in milliseconds, by what chance, and the second of them."""

    ms: float
    chance: float
    usual: float

    def __str__(self) -> str:
        return f"{self.ms:.2f} of {self.usual:.2f} ms, p={self.chance:.3f}"


def apart(first: Callable[[], Any], second: Callable[[], Any]) -> Apart:
    """The difference of the medians and its chance, asked in turn and in random order."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(20):
        timed(first), timed(second)
    for _ in range(ASKED):
        for which in random.sample((0, 1), 2):
            times[which].append(timed((first, second)[which]))
    usual = statistics.median(times[1])
    return Apart(statistics.median(times[0]) - usual, same_or_not(*times), usual)


def test_the_judge_of_times_sees_a_difference_and_none() -> None:
    steady = random.Random(7)
    plain = [steady.gauss(10, 2) for _ in range(ASKED)]
    assert same_or_not(plain, [steady.gauss(10, 2) for _ in range(ASKED)]) > SURE
    assert same_or_not(plain, [steady.gauss(12, 2) for _ in range(ASKED)]) < SURE


@pytest.mark.parametrize("path", ["", "personen/", "wie-keek/"])
def test_no_clock_tells_anothers_dossier_from_one_that_never_was(worlds: tuple[World, World], path: str) -> None:
    """The brief's bar: a median more than 5 ms apart, or a chance under a thousandth twice, would be a leak."""
    mine, theirs = worlds
    foreign = mine.here(f"dossiers/{theirs.family.dossier_id}/{path}")

    def never() -> Any:
        return mine.worker.get(mine.here(f"dossiers/{uuid4()}/{path}"))

    found = [apart(lambda: mine.worker.get(foreign), never) for _ in range(2)]
    print(path or "timeline", *map(str, found))
    assert not all(abs(one.ms) > LARGEST_MS for one in found), found
    assert not all(one.chance < SURE for one in found), found


def test_no_clock_tells_a_place_that_is_there_from_one_that_is_not(worlds: tuple[World, World]) -> None:
    """That a place is there is public, and one question finds out that somebody has none there: no more is done.

    In shares of the answer, for on a quick machine much is done in five milliseconds.
    """
    mine, theirs = worlds
    found = [
        apart(
            lambda: mine.worker.get(theirs.here("dossiers/")),
            lambda: mine.worker.get(f"/o/{uuid4().hex[:14]}/dossiers/"),
        )
        for _ in range(2)
    ]
    print("place", *map(str, found))
    assert not all(abs(one.ms) > LARGEST_MS for one in found), found
    assert not all(abs(one.ms) > LARGEST_SHARE * one.usual for one in found), found


class GoneAway(BaseException):
    """The visitor, or the process, is gone in the middle of it."""


def breaking(chance: float, dice: random.Random) -> Callable[..., Any]:
    """A connection on which now and then a statement is the last of its request."""

    def wrapper(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if dice.random() < chance:
            raise dice.choice([GoneAway, OperationalError, RuntimeError])("in the middle of it")
        return execute(sql, params, many, context)

    return wrapper


def crossing(worlds: tuple[World, World], rounds: int, seed: int, faults: list[str], done: list[int]) -> None:
    """One thread with one connection to each database: now this organisation, now that, some broken off midway."""
    dice, seen = random.Random(seed), 0
    browsers = [_copy(world.worker) for world in worlds]
    try:
        for _ in range(rounds):
            which = dice.randrange(2)
            world, other = worlds[which], worlds[1 - which]
            path = dice.choice([world.here("dossiers/"), world.at(), world.at("personen/"), world.here("zoeken/")])
            try:
                with connections["default"].execute_wrapper(breaking(0.01, dice)):
                    answer = browsers[which].get(path)
                    body = answer.content
            except (GoneAway, OperationalError, RuntimeError):
                body = b""
            seen += answer.status_code == 200 if body else 0
            if str(other.family.dossier_id).encode() in body or other.place.slug.encode() in body:
                faults.append(f"{path} showed something of {other.place.slug}")
            if left := _left_behind():
                faults.append(f"after {path}: {left}")
    except BaseException as problem:
        faults.append(f"{type(problem).__name__}: {problem}")
    finally:
        done.append(seen)
        connections.close_all()


def _copy(client: Client) -> Client:
    """The same signed-in browser for a thread of its own."""
    copy = Client(raise_request_exception=False)
    copy.cookies = client.cookies
    return copy


def _left_behind() -> str:
    """What a connection that goes back to the pool still carries: a stamp, or an open transaction."""
    for alias in ("default", "vault"):
        raw = connections[alias].connection
        if raw is None or raw.closed:
            continue
        if connections[alias].in_atomic_block:
            return f"{alias} is still in a transaction"
        stamp = raw.execute("select current_setting('app.organisation', true)").fetchone()
        if stamp and stamp[0]:
            return f"{alias} still says {stamp[0]}"
    return ""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_ten_thousand_requests_of_two_organisations_cross_nowhere(worlds: tuple[World, World]) -> None:
    faults: list[str] = []
    done: list[int] = []
    threads = [threading.Thread(target=crossing, args=(worlds, 2500, seed, faults, done)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"{sum(done)} of 10000 answered with a page, the others were broken off or refused")
    assert not faults, faults[:10]
    assert sum(done) > 5000, done
