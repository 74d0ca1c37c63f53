"""A database out of a backup lets nobody in before what was destroyed since is destroyed again."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import ProgrammingError, connections
from django.test import Client

from casemgmt import health
from casemgmt.base import jobs, opening
from tests.cast import make_place

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def as_owner(change: Any) -> None:
    with connections["owner"].cursor() as cursor:
        change(cursor)
    connections["default"].close()


@pytest.fixture(autouse=True)
def open_afterwards() -> Iterator[None]:
    yield
    as_owner(opening.open_here)
    opening._known.clear()


def elsewhere(cursor: Any) -> None:
    """As every copy is: the place that it remembers is another's."""
    cursor.execute("update base_opening set place = '1/1'")


def test_a_copy_of_the_database_serves_no_page_and_takes_no_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    place = make_place()
    monkeypatch.setattr(health, "LEAST_FREE", 1)
    health.beat()
    health.planned()
    cache.delete(health.STUCK_LETTERS)
    as_owner(elsewhere)
    browser = Client(raise_request_exception=False)
    assert browser.get(f"/o/{place.slug}/").status_code == 503
    tried = browser.post("/inloggen/", {"login": "noor@example.org", "password": "niet-te-raden-12"})
    assert tried.status_code == 503 and "reservekopie" in tried.content.decode()
    answer = Client().get("/health/")
    assert answer.status_code == 503
    parts = answer.json()["parts"]
    assert [key for key, part in parts.items() if not part["well"]] == ["doors", "key", "files", "letters"]
    assert "Opent de kluis" not in parts["key"]["says"], "what the shut doors hide is not told as well"
    with pytest.raises(opening.NotOpen):
        jobs.run_due()
    as_owner(opening.open_here)
    opening._known.clear()
    assert browser.get(f"/o/{place.slug}/").status_code == 302
    assert Client().get("/health/").json()["parts"]["doors"]["well"] is True


def test_behind_shut_doors_the_figures_still_tell_what_is_known() -> None:
    assert "\ncasemgmt_doors_open 1\n" in Client().get("/metrics/").content.decode()
    as_owner(elsewhere)
    answer = Client(raise_request_exception=False).get("/metrics/")
    assert answer.status_code == 200
    told = answer.content.decode().splitlines()
    known = {"casemgmt_database_up 0", "casemgmt_doors_open 0", "casemgmt_broker_up 1", "casemgmt_maintenance 0"}
    assert known <= set(told)


def test_a_database_that_was_shut_or_never_migrated_lets_nobody_in() -> None:
    for change in (opening.shut, lambda cursor: cursor.execute("delete from base_opening")):
        as_owner(change)
        with pytest.raises(opening.NotOpen):
            connections["default"].ensure_connection()
        assert connections["default"].connection is None, "a second question would go through"


def test_the_application_cannot_open_its_own_doors() -> None:
    for change in ("update base_opening set place = place", "delete from base_opening"):
        with pytest.raises(ProgrammingError, match="permission denied"), connections["default"].cursor() as cursor:
            cursor.execute(change)


def test_a_process_with_memories_of_an_earlier_database_ends_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process remembers of committed lists is not true of a database that was put back."""
    signals: list[int] = []
    monkeypatch.setattr(opening.os, "kill", lambda pid, number: signals.append(number))
    connections["default"].close()
    connections["default"].ensure_connection()
    connections["default"].close()
    connections["default"].ensure_connection()
    assert signals == []
    as_owner(opening.open_here)
    with pytest.raises(opening.NotOpen):
        connections["default"].ensure_connection()
    assert signals == [signal.SIGTERM]
