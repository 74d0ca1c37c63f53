"""Maintenance: every page says so in Dutch and English, nothing is begun, and it works with everything else away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from casemgmt import health
from casemgmt.audit.models import PlatformEvent
from casemgmt.base import clock, jobs
from casemgmt.base.models import Job

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("/", "/o/sterk-huis/", "/mijn/sterk-huis/", "/inloggen/", "/o/nergens/", "/nergens")


@pytest.fixture(autouse=True)
def file(settings: Any, tmp_path: Path) -> Path:
    settings.MAINTENANCE_FILE = str(tmp_path / "maintenance.json")
    return Path(settings.MAINTENANCE_FILE)


@pytest.fixture
def stores_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks a database or the broker falls."""

    def fall(*_args: Any, **_how: Any) -> Any:
        raise AssertionError("a store was asked")

    for connection in connections.all():
        monkeypatch.setattr(connection, "cursor", fall)
        monkeypatch.setattr(connection, "connect", fall)
    monkeypatch.setattr("redis.connection.ConnectionPool.get_connection", fall)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_says_so_in_two_languages_without_asking_any_store(
    file: Path, stores_away: None, path: str, method: str, settings: Any
) -> None:
    file.write_text(json.dumps({"since": clock.now().isoformat(), "until": None}))
    client = Client()
    # Somebody was signed in at both doors: whoever asked their session would ask a store.
    for name in (settings.SESSION_COOKIE_NAME, settings.PORTAL_SESSION_COOKIE_NAME):
        client.cookies[name] = "x" * 32
    answer = getattr(client, method)(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "300")
    body = answer.content.decode()
    dutch, english = body.split('lang="en">')
    assert "Wij werken aan het systeem" in dutch and "Wat u kunt doen" in dutch
    for said in ("We cannot be reached for a moment", "We are working on the system", "What was kept", "Call 112."):
        assert said in english and said not in dutch
    assert "<button" not in body, "what is pressed here would meet this page again"
    assert answer["Cache-Control"] == "no-store" and answer["X-Request-Id"]


def test_a_program_gets_the_one_shape_of_errors(file: Path, stores_away: None) -> None:
    file.write_text("")  # nobody knows more than that it is on
    answer = Client().get("/o/sterk-huis/", headers={"accept": "application/json"})
    assert answer.status_code == 503 and answer.json()["error"]["status"] == 503


@pytest.mark.django_db(transaction=True, databases="__all__")
class TestWithStores:
    """With the databases there."""

    def test_on_and_off_again_with_a_time_a_row_in_the_trail_and_the_page_after_it_as_before(self) -> None:
        before = Client().get("/inloggen/").status_code
        assert told("on", "--minutes", "30")["maintenance"] is True
        answer = Client().get("/inloggen/")
        assert answer.status_code == 503 and 1700 < int(answer["Retry-After"]) <= 1800
        assert told("status")["until"] is not None
        assert told("off")["maintenance"] is False
        assert Client().get("/inloggen/").status_code == before == 200
        rows = PlatformEvent.objects.filter(data__startswith="maintenance").order_by("at")
        assert list(rows.values_list("data", flat=True)) == ["maintenance-on", "maintenance-off"]

    def test_no_work_is_begun_and_what_waited_is_done_afterwards(self, monkeypatch: pytest.MonkeyPatch) -> None:
        done: list[UUID] = []

        def handle(subject: UUID) -> None:
            done.append(subject)
            told("on")  # switched on while it runs: this is finished, the next is not begun

        monkeypatch.setattr(jobs.handlers, "get", lambda kind: handle)
        for _ in range(2):
            Job.objects.create(organisation_id=uuid4(), kind="x", subject=uuid4(), due_at=clock.now())
        assert jobs.run_due() == 1 and len(done) == 1
        assert jobs.run_due() == 0 and Job.objects.get().attempts == 0
        told("off")
        assert jobs.run_due() == 1 and not Job.objects.exists()

    def test_health_says_so_and_stays_well(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(health, "LEAST_FREE", 1)
        health.beat()
        health.planned()
        assert Client().get("/health/").json()["parts"]["maintenance"]["warning"] is False
        told("on")
        answer = Client().get("/health/")
        assert answer.status_code == 200
        assert answer.json()["parts"]["maintenance"]["warning"] is True


def told(*words: str) -> Any:
    out = StringIO()
    call_command("maintenance", *words, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_works_with_both_databases_and_the_broker_away(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "CASEMGMT_ENV_FILE": os.devnull, "CASEMGMT_STATE": str(tmp_path)}
    env |= {name: "postgresql://nobody@/none?host=/nonexistent" for name in ("DATABASE_URL", "VAULT_DATABASE_URL")}
    env |= {"CASEMGMT_MAINTENANCE_FILE": str(tmp_path / "closed"), "BROKER_URL": "redis+socket:///nonexistent"}
    words = [sys.executable, "manage.py", "maintenance", "on", "--json"]
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["maintenance"], said["running"], said["recorded"]) == (True, None, False)
    assert (tmp_path / "closed").exists()


@pytest.mark.parametrize("words", [("on", "--minutes", "0"), ("on", "--minutes", "x"), ("later",)])
def test_wrong_words_are_refused_and_change_nothing(words: tuple[str, ...], file: Path) -> None:
    with pytest.raises(CommandError):
        call_command("maintenance", *words)
    assert not file.exists()


def test_a_folder_that_is_not_there_ends_with_2(settings: Any, tmp_path: Path) -> None:
    settings.MAINTENANCE_FILE = str(tmp_path / "nowhere" / "file")
    with pytest.raises(CommandError) as ended:
        call_command("maintenance", "on")
    assert ended.value.returncode == 2
