"""What operators see: figures and lines in the log by the name of a page; of nobody, and not for everybody."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import DataError
from django.test import Client

from casemgmt import health, observing
from casemgmt.base import clock
from casemgmt.base.logs import LineFormatter
from casemgmt.base.models import Job
from dossiers import access
from tests.retention.places import House, dossier, settle

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
MARKER = "MARKER-sterk-huis-proef-entry.text"
PLACE = "/metrics/"


@pytest.fixture(autouse=True)
def from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every count is added up at once, and begins at nothing."""
    cache.clear()
    monkeypatch.setattr(observing, "EVERY", 0.0)
    monkeypatch.setattr(observing, "_next", 0.0)
    observing._counts.clear()


@pytest.fixture
def house(db: None) -> House:
    return settle()


class Lines(logging.Handler):
    """The log as it is written, whatever level a logger has."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(LineFormatter())
        self.text: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.text.append(self.format(record))


@pytest.fixture
def lines() -> Iterator[list[str]]:
    handler, quiet = Lines(), {}
    for name in ("", "django.request", "django.security", "casemgmt"):
        logger = logging.getLogger(name)
        quiet[name] = logger.level
        logger.setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield handler.text
    logging.getLogger().removeHandler(handler)
    for name, level in quiet.items():
        logging.getLogger(name).setLevel(level)


def figures(**how: Any) -> dict[str, float]:
    text = Client().get(PLACE, **how).content.decode()
    rows = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in rows}


# --- the log


def test_no_line_tells_of_whom_or_of_which_dossier_whatever_goes_wrong(
    house: House, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = dossier(house, number="SH-2004-0777")
    noor = house.client("noor")
    page = house.url(f"dossiers/{here}/")
    assert noor.get(page).status_code == 200
    assert noor.get(house.url(f"dossiers/{uuid4()}/")).status_code == 404
    assert noor.get(house.url(f"zoeken/?q={MARKER}")).status_code < 500
    assert noor.get(page, HTTP_HOST=f"{MARKER}.example.org").status_code == 400
    assert Client().post("/inloggen/", {"login": "noor@sterk-huis.example", "password": MARKER}).status_code < 500
    for error in (RuntimeError(f"{MARKER} 999990019"), DataError(f"Key (bsn)=(999990019) {MARKER} already exists")):

        def fall(*_args: Any, error: Exception = error, **_how: Any) -> Any:
            raise error

        with monkeypatch.context() as broken:
            broken.setattr(access, "load_keys", fall)
            assert noor.get(page).status_code >= 400
    logging.getLogger("casemgmt.jobs").error("Work on %s of Noor <%s> failed.", here, "noor@sterk-huis.example")
    logging.getLogger("some.library").error("Value %s of %s is wrong", MARKER, page)
    whole = "\n".join(lines)
    assert len(lines) > 6 and all(json.loads(line)["message"] for line in lines)
    for telling in (MARKER, "999990019", str(here), "SH-2004-0777", "Marker", "noor@", "sterk-huis", "/dossiers/"):
        assert telling not in whole, telling
    others = re.sub(r'"request": "[0-9a-f-]{36}"', "", whole)
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", others), "an id that is not the request's"


def test_a_line_has_the_page_by_name_and_the_id_that_the_answer_has(house: House, lines: list[str]) -> None:
    answer = house.client("noor").get(house.url())
    (line,) = [json.loads(line) for line in lines if '"casemgmt.requests"' in line]
    assert (line["status"], line["method"], line["request"]) == (200, "GET", answer["X-Request-Id"])
    assert line["page"] == "dossiers:day" and line["ms"] >= 0


def written(message: str, moment: datetime) -> str:
    """What stands in the log of something that our code said at a moment."""
    record = logging.LogRecord("casemgmt.jobs", logging.INFO, __file__, 1, message, None, None)
    record.created = moment.timestamp()
    return LineFormatter().format(record)


def test_the_hour_that_comes_twice_is_two_hours_in_the_log() -> None:
    """Half past two in the night in which the clock goes back."""
    twice = [datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Amsterdam"), fold=fold) for fold in (0, 1)]
    said = [json.loads(written("x", moment))["at"] for moment in twice]
    assert said == ["2026-10-25T00:30:00.000+00:00", "2026-10-25T01:30:00.000+00:00"]


def test_what_somebody_sends_makes_no_line_of_its_own() -> None:
    forged = 'x"}\r\n{"level": "INFO", "message": "nobody looked"}'
    line = written(forged, clock.now())
    assert len(line.splitlines()) == 1 and json.loads(line)["message"] == forged
    assert json.loads(line)["level"] == "INFO" and json.loads(line)["logger"] == "casemgmt.jobs"


# --- the figures


def test_answers_are_counted_by_page_and_status_and_refusals_too(house: House) -> None:
    noor = house.client("noor")
    for _ in range(3):
        noor.get(house.url())
    noor.get(house.url("medewerkers/"))
    noor.get("/nergens")
    found = figures()
    assert found['casemgmt_requests_total{page="dossiers:day",status="200"}'] == 3
    assert found['casemgmt_requests_total{page="work:members",status="403"}'] == 1
    assert found['casemgmt_requests_total{page="none",status="404"}'] == 1
    assert found["casemgmt_request_seconds_count"] == 5
    assert found['casemgmt_request_seconds_bucket{le="+Inf"}'] == 5


def test_the_queue_the_mail_and_what_was_given_up_are_told_with_the_oldest(house: House) -> None:
    now = clock.now()
    for kind, ago, failed in (
        ("x", 90, None),
        ("x", 30, None),
        ("mail.y", 600, None),
        ("mail.y", 1, now),
        ("x", -60, None),
    ):
        due = now - timedelta(seconds=ago)
        Job.objects.create(organisation_id=house.id, kind=kind, subject=uuid4(), due_at=due, failed_at=failed)
    found = figures()
    told = {
        name: found[f"casemgmt_{name}"] for name in ("jobs_waiting", "jobs_given_up", "mail_waiting", "mail_given_up")
    }
    assert told == {"jobs_waiting": 2, "jobs_given_up": 0, "mail_waiting": 1, "mail_given_up": 1}
    assert 90 <= found["casemgmt_jobs_oldest_seconds"] < 120 and 600 <= found["casemgmt_mail_oldest_seconds"] < 660
    assert found["casemgmt_destructions_stuck"] == 0 and found["casemgmt_database_up"] == 1


def test_a_beat_that_is_not_heard_is_a_figure(house: House) -> None:
    assert figures()["casemgmt_beat_up"] == 0
    health.planned()
    assert figures()["casemgmt_beat_up"] == 1


def test_nothing_in_the_figures_tells_of_an_organisation_a_person_or_a_dossier(house: House) -> None:
    here = dossier(house, number="SH-2004-0777")
    house.client("noor").get(house.url(f"dossiers/{here}/"))
    house.client("noor").get(house.url(f"zoeken/?q={MARKER}"))
    text = Client().get(PLACE).content.decode()
    assert "dossiers:" in text
    for telling in ("sterk", "Sterk", "noor", "Noor", str(here), str(house.id), "SH-2004-0777", MARKER, "Marker"):
        assert telling not in text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", text)
    labels = set(re.findall(r'(\w+)="', text))
    assert labels == {"page", "status", "le"}


@pytest.mark.parametrize(
    ("how", "status"),
    [
        ({}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "203.0.113.9"}, 404),
        ({"REMOTE_ADDR": "10.0.0.2"}, 404),
        ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 404),
        ({"HTTP_FORWARDED": "for=127.0.0.1"}, 404),
        ({"HTTP_AUTHORIZATION": "Bearer x", "REMOTE_ADDR": "203.0.113.9"}, 404),
    ],
)
def test_without_a_token_only_this_machine_reads_them_and_not_through_a_proxy(how: dict[str, str], status: int) -> None:
    assert Client().get(PLACE, **how).status_code == status  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "status"), [("Bearer right-one", 200), ("Bearer wrong", 404), ("", 404), (None, 404)]
)
def test_with_a_token_only_who_gives_it_reads_them(settings: Any, given: str | None, status: int) -> None:
    settings.METRICS_TOKEN = "right-one"
    how = {} if given is None else {"HTTP_AUTHORIZATION": given}
    assert Client().get(PLACE, REMOTE_ADDR="203.0.113.9", **how).status_code == status  # type: ignore[arg-type]
    assert Client().get(PLACE).status_code == 404, "on the machine itself too"


def test_a_broker_that_is_away_costs_counts_and_no_page(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_how: Any) -> Any:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(observing.cache, "incr", away)
        assert Client().get("/robots.txt").status_code == 200
    assert isinstance(house.id, UUID)
