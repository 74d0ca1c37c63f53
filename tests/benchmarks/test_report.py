"""The report of the benchmarks: every figure beside its bar, and a bar that is missed is said to be missed."""

import json
import socket
import threading
from xml.etree import ElementTree

import pytest

from benchmarks import bars, report
from benchmarks.client import Asked, saturate
from benchmarks.recipe import KINDS
from benchmarks.results import Reading, Results, quantile, read


def results(page_ms: float = 19.0, query_ms: float = 1.0, looks: int = 100) -> Results:
    made = Results("python -m benchmarks", 5, [10_000, 1_000_000], {"processors": "2"}, ["both lists"])
    for size in made.sizes:
        for kind in KINDS:
            made.add("bare", kind, size, [[8.0, 9.0, 8.0]])
            made.add("page", kind, size, [[page_ms]] * 5)
            made.add("query", kind, size, [[query_ms if size > 10_000 else 1.0]] * 5)
        made.add("query", "one team", size, [[0.5]])
    for what, value in (("worklist", 80.0), ("guardian view", 40.0), ("worklist without trail", 100.0)):
        made.readings.append(Reading(f"saturated {what}", "2 teams", 1_000_000, value, "req/s", 9.0))
    made.trail = {"looks": looks, "events": 100}
    return made


def verdict(found: Results, bar: str, of: str) -> bars.Outcome:
    return next(one for one in bars.outcomes(found) if one.bar == bar and one.of == of)


def test_a_page_over_its_bar_is_said_not_to_meet_it() -> None:
    assert verdict(results(16.0), "1", "2 teams, 10,000").met is True
    assert verdict(results(16.1), "1", "2 teams, 10,000").met is False
    assert verdict(results(19.0), "1b", "2 teams, 10,000").met is True
    assert "| **NOT MET** |" in report.table(results(16.1))


def test_growth_compares_the_largest_size_with_the_smallest() -> None:
    assert verdict(results(query_ms=1.2), "2", "2 teams, 10,000 to 1,000,000").met is True
    assert verdict(results(query_ms=1.3), "2", "2 teams, 10,000 to 1,000,000").met is False
    assert verdict(results(query_ms=8.0), "3", "1,000,000").measured == 16


def test_a_comparison_must_be_at_least_so_many_times_as_fast() -> None:
    ours = verdict(results(), "4", "2 teams, 1,000,000")
    assert (ours.measured, ours.met, ours.words) == (2.0, False, "NOT MET")


def test_what_the_trail_costs_is_a_share_of_what_was_possible_without() -> None:
    assert verdict(results(), "5, list", "1,000,000").measured == pytest.approx(20)


def test_one_look_without_its_event_fails_the_bar() -> None:
    assert verdict(results(), "5, rows", "1,000,000").met is True
    assert verdict(results(looks=101), "5, rows", "1,000,000").met is False


def test_what_was_not_measured_is_said_and_not_counted_as_met() -> None:
    outcome = verdict(results(), "11", "10,000")
    assert (outcome.measured, outcome.met) == (None, None)
    text = report.files(results())["report.md"]
    assert "Not measured in this run: bar" in text and "11" in text.partition("Not measured")[2].partition("\n")[0]


def test_the_median_is_that_of_the_rounds_so_that_one_disturbed_round_does_not_count() -> None:
    made = results()
    made.add("page", "2 teams", 10_000, [[10.0], [11.0], [500.0, 600.0, 700.0]])
    assert made.of("page", "2 teams", 10_000) == 11.0
    assert quantile([float(one) for one in range(100)], 0.95) == 95.0


def test_a_ratio_is_that_of_each_round_so_that_a_slow_minute_slows_both_sides_of_it() -> None:
    made = results()
    made.add("bare", "2 teams", 10_000, [[8.0], [8.0], [20.0], [20.0], [8.0]])
    made.add("page", "2 teams", 10_000, [[16.0], [16.0], [40.0], [40.0], [40.0]])
    assert made.ratio(("page", "2 teams"), ("bare", "2 teams"), 10_000) == 2.0
    made.add("page", "2 teams", 1_000_000, [[16.0], [16.0], [40.0], [44.0], [48.0]])
    assert made.growth("page", "2 teams") == 1.0


def test_a_run_on_a_machine_with_other_work_says_so() -> None:
    made = results()
    assert "had other work" not in report.files(made)["report.md"]
    made.machine["load before"] = "1.1 0.2 0.1"
    assert "**The machine had other work** (a load of 1.1 on 2" in report.files(made)["report.md"]
    made.machine["load before"] = "1.0 9.9 9.9"
    assert "had other work" not in report.files(made)["report.md"]


def test_a_report_can_be_drawn_again_from_what_was_kept() -> None:
    made = results()
    again = read(json.loads(json.dumps(made.as_dict())))
    assert report.files(again) == report.files(made)


def test_the_picture_shows_every_ratio_with_its_limit() -> None:
    picture = ElementTree.fromstring(report.files(results())["report.svg"])
    words = " ".join(text for node in picture.iter() if (text := node.text))
    assert "2 teams, 1,000,000" in words and "2.38x · NOT MET" in words and "at most 2" in words


def test_what_is_not_answered_with_200_is_counted_as_failed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_answer_badly, args=(server,), daemon=True).start()
        answered = saturate(server.getsockname()[1], [Asked("/a/"), Asked("/b/")], 0.2, connections=1)
    assert answered.failed == len(answered.times) // 2 > 0
    assert answered.per_second > 0


def _answer_badly(server: socket.socket) -> None:
    """One page is there, the other is not; in two pieces, as a network gives them."""
    connection, _peer = server.accept()
    with connection:
        while asked := connection.recv(4096):
            status = b"200 OK" if asked.startswith(b"GET /a/") else b"404 Not Found"
            connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 4\r\n\r\nab")
            connection.sendall(b"cd")
