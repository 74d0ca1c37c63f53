"""What must hold before a dossier is opened: the right master key, and keys in another cluster than the dossiers."""

from __future__ import annotations

import base64
import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser

from casemgmt import checks, health, refusals
from scripts.roles import QUIET_ROLE
from tests.cast import make_place

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
ROOT = Path(__file__).resolve().parents[2]
APPLICATION = ["default", "vault"]


def said(found: list[Any]) -> list[tuple[str, str]]:
    return [(one.id, one.msg) for one in found]


def test_a_master_key_that_opens_nothing_is_told_by_its_name(db: None, settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(health, "LEAST_FREE", 1)
    make_place()
    health.beat()
    health.planned()
    assert said(checks.check_databases(APPLICATION)) == []
    assert Client().get("/health/").json()["parts"]["key"]["well"] is True
    settings.MASTER_KEY = base64.b64encode(b"another key of thirty-two bytes!").decode()
    (error,) = checks.check_databases(APPLICATION)
    assert error.is_serious() and "CASEMGMT_MASTER_KEY" in error.msg
    answer = Client().get("/health/")
    assert (answer.status_code, answer.json()["well"]) == (503, False)
    parts = answer.json()["parts"]
    assert [key for key, part in parts.items() if not part["well"]] == ["key"]
    assert "CASEMGMT_MASTER_KEY" in parts["key"]["says"] and settings.MASTER_KEY not in answer.content.decode()


def test_a_house_without_organisations_has_no_key_to_open(db: None, settings: Any) -> None:
    settings.MASTER_KEY = base64.b64encode(b"another key of thirty-two bytes!").decode()
    assert said(checks.check_databases(APPLICATION)) == []


@pytest.mark.parametrize(
    ("environment", "data", "keys", "setting"),
    [
        ("production", "default", "vault", "VAULT_DATABASE_URL"),
        ("production", "owner", "vault_owner", "VAULT_DATABASE_OWNER_URL"),
        ("demo", "default", "vault", "VAULT_DATABASE_URL"),
    ],
)
def test_keys_in_the_cluster_of_the_dossiers_are_refused_in_production(
    settings: Any, monkeypatch: Any, environment: str, data: str, keys: str, setting: str
) -> None:
    settings.CASEMGMT_ENV = environment
    assert said(checks.check_databases([data])) == []
    monkeypatch.setattr(checks, "connections", {data: connections[data], keys: connections[data]})
    (found,) = checks.check_databases([data])
    assert found.is_serious() is (environment == "production")
    assert found.msg.startswith(f"{setting} leads to the cluster that holds the dossiers")


def test_a_forked_web_process_shares_no_conversation_with_a_database(db: None) -> None:
    """Two processes on one connection would read each other's answers: another organisation's rows."""
    mine, after_fork = backend(), configured().post_fork
    pid = os.fork()
    if pid == 0:
        apart = False
        try:
            after_fork(None, None)
            apart = backend() != mine
        finally:
            os._exit(0 if apart else 1)  # whatever happens, it never goes on as a second pytest
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert backend() == mine


def test_an_address_that_is_too_long_is_refused_in_a_page_of_ours(db: None) -> None:
    """What the web process itself refuses is a bare English line; so it lets through whatever we can answer."""
    for length in (refusals.LONGEST_ADDRESS + 1, 8_000):
        sent = f"GET /{'a' * (length - 1)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        (received,) = RequestParser(configured(), [sent], ("127.0.0.1", 1))
        answer = Client().get(received.path)
        assert (len(received.path), answer.status_code) == (length, 400)
        assert "Wij konden dit verzoek niet lezen" in answer.content.decode()


def test_what_the_web_process_tells_by_itself_quotes_no_request_and_no_fault() -> None:
    """Of a request that it cannot read it would tell all: a name in the query, the dossier in the path."""
    mark = "MARKER-Yara"
    words = (
        "import runpy",
        "from gunicorn.config import Config",
        "from gunicorn.glogging import Logger",
        "config = Config()",
        f"given = runpy.run_path({str(ROOT / 'scripts' / 'gunicorn_conf.py')!r})",
        "[config.set(name, value) for name, value in given.items() if name in config.settings]",
        "log = Logger(config)",
        f"log.warning('Invalid request from ip=203.0.113.9: {mark}')",
        f"log.error('Error handling request %s', '/o/sterk-huis/?q={mark}')",
        f"try: raise ValueError({mark!r})\nexcept ValueError: log.exception('Exception in worker process')",
    )
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(words)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    told = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["message"] for line in told] == ["Error handling request %s", "Exception in worker process"]
    assert told[1]["error"] == "ValueError"
    assert mark not in done.stderr + done.stdout


def test_no_failing_statement_of_the_application_comes_in_the_log_of_a_database() -> None:
    """Its very sentence may quote a value: "invalid input syntax for type uuid"."""
    for alias, role in (("default", "casemgmt_app"), ("vault", "vault_app")):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT rolconfig FROM pg_roles WHERE rolname = %s", [role])
            assert QUIET_ROLE in cursor.fetchone()[0]


def configured() -> Config:
    """What gunicorn itself makes of our file: it refuses a hook of another shape."""
    config = Config()
    path = ROOT / "scripts" / "gunicorn_conf.py"
    for name, value in runpy.run_path(str(path)).items():
        if name in config.settings:
            config.set(name, value)
    return config


def backend() -> int:
    """The server's process at the other end of the connection."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
