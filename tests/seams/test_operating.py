"""The commands of operators, auditors and testers: what they answer, how they end, and what production refuses."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from casemgmt.base import clock
from casemgmt.base.models import Job
from casemgmt.management.commands.test_clock import shift_to
from casemgmt.night import sweeps
from casemgmt.organisations.models import Organisation

ROOT = Path(__file__).resolve().parents[2]
REAL = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PRODUCTION = {
    "CASEMGMT_ENV": "production",
    "CASEMGMT_SECRET_KEY": "x" * 60,
    "CASEMGMT_MASTER_KEY": base64.b64encode(b"m" * 32).decode(),
    "CASEMGMT_MAIL_URL": "smtp://localhost",
    "CASEMGMT_MAIL_FROM": "dossier@example.org",
    "CASEMGMT_SIGNING_KEY": base64.b64encode(b"s" * 32).decode(),
    "CASEMGMT_HOSTS": "dossiers.example.org",
    "CASEMGMT_FILES": "/nonexistent",
    "DATABASE_URL": "postgresql:///x",
    "VAULT_DATABASE_URL": "postgresql:///x",
    "BROKER_URL": "redis://x",
}


pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def told(name: str, *words: str) -> Any:
    """What a command prints, as JSON."""
    out = StringIO()
    call_command(name, *words, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def clock_file(settings: Any, tmp_path: Path) -> Path:
    settings.CLOCK_FILE = str(tmp_path / "clock" / "shift")
    return Path(settings.CLOCK_FILE)


@pytest.fixture
def places() -> list[Organisation]:
    rows = [("sterk-huis", "Sterk Huis"), ("veilig-thuis-hm", "Veilig Thuis")]
    return [Organisation.objects.create(slug=slug, name=name, kind="test", abbreviation="T") for slug, name in rows]


# --- the clock


def test_the_clock_of_every_process_is_moved_read_and_set_right(clock_file: Path) -> None:
    before = datetime.now(UTC)
    assert told("test_clock", "+9d")["shift_seconds"] == 9 * 24 * 3600
    assert clock_file.read_text() == str(9 * 24 * 3600)
    assert clock.now() - before >= timedelta(days=9)
    assert told("test_clock", "+9d")["shift_seconds"] == 9 * 24 * 3600, "ahead of the real clock, not of itself"
    assert told("test_clock")["shift_seconds"] == 9 * 24 * 3600
    assert told("test_clock", "reset")["shift_seconds"] == 0
    said = StringIO()
    call_command("test_clock", "2031-05-01T08:30", stdout=said)
    assert said.getvalue().startswith("It is 2031-05-01 08:30:0") and clock.today().isoformat() == "2031-05-01"


@pytest.mark.parametrize(
    ("words", "shift"),
    [
        ("+2h", timedelta(hours=2)),
        ("+5m", timedelta(minutes=5)),
        ("+7s", timedelta(seconds=7)),
        ("2026-11-22T12:00:00+00:00", timedelta()),
        ("2026-11-22T12:00", timedelta(hours=-1)),
        ("2026-11-21", timedelta(hours=-37)),
    ],
)
def test_a_moment_without_offset_is_one_in_amsterdam(words: str, shift: timedelta) -> None:
    assert shift_to(words, REAL) == shift


@pytest.mark.parametrize("words", ["tomorrow", "+9", "9d", "+9y", "", "2026-13-01"])
def test_words_that_are_no_moment_are_said_so(words: str, clock_file: Path) -> None:
    with pytest.raises(CommandError, match="is not") as ended:
        call_command("test_clock", words)
    assert ended.value.returncode == 2 and not clock_file.exists()


@pytest.mark.parametrize(
    "words",
    ["9999-12-31T23:59+00:00", "2201-01-01T01:00", "1889-12-31", "0001-01-01", "+999999d", "9999-12-31T23:59-12:00"],
)
def test_a_moment_that_no_page_can_count_with_is_not_kept(words: str, clock_file: Path) -> None:
    with pytest.raises(CommandError, match="from 1890 up to and including 2200") as ended:
        call_command("test_clock", words)
    assert ended.value.returncode == 2 and not clock_file.exists()


@pytest.mark.parametrize("words", ["1890-01-02", "2200-12-31T23:59"])
def test_the_first_and_the_last_year_can_be_shown(words: str) -> None:
    assert (REAL + shift_to(words, REAL)).year == int(words[:4])


def test_production_moves_no_clock_and_starts_no_night_by_hand(settings: Any, clock_file: Path) -> None:
    settings.CASEMGMT_ENV = "production"
    for words in (("test_clock", "+9d"), ("night",)):
        with pytest.raises(CommandError, match="in production") as ended:
            call_command(*words)
        assert ended.value.returncode == 2
    assert not clock_file.exists() and not Job.objects.exists()


def test_without_a_clock_file_the_clock_stands(settings: Any) -> None:
    settings.CLOCK_FILE = ""
    with pytest.raises(CommandError, match="CASEMGMT_CLOCK_FILE"):
        call_command("test_clock", "+1d")


def start(**given: str) -> subprocess.CompletedProcess[str]:
    """Start a command of the application with exactly this environment."""
    env = {"PATH": os.environ["PATH"], "CASEMGMT_ENV_FILE": os.devnull, **given}
    words = [sys.executable, "manage.py", "routes", "--json"]
    return subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["CASEMGMT_CLOCK_FILE", "FAILPOINT"])
def test_production_does_not_start_with_a_setting_for_tests(name: str) -> None:
    done = start(**PRODUCTION, **{name: "x"})
    assert done.returncode != 0
    assert f"{name} is set, and production refuses it" in done.stderr.splitlines()[-1]


def test_production_starts_without_them_and_the_demo_with_them() -> None:
    assert start(**PRODUCTION).returncode == 0
    assert start(CASEMGMT_CLOCK_FILE="/nonexistent", FAILPOINT="x").returncode == 0


def test_a_process_dies_at_the_failpoint_that_is_named_and_at_no_other() -> None:
    code = "import django; django.setup(); from casemgmt.base.failpoints import failpoint; failpoint('{}'); print(1)"
    env = {"PATH": os.environ["PATH"], "CASEMGMT_ENV_FILE": os.devnull, "DJANGO_SETTINGS_MODULE": "casemgmt.settings"}
    ended = {
        name: subprocess.run(
            [sys.executable, "-c", code.format(name)], cwd=ROOT, env={**env, "FAILPOINT": "here"}, capture_output=True
        ).returncode
        for name in ("here", "elsewhere")
    }
    assert ended == {"here": -signal.SIGKILL, "elsewhere": 0}


# --- the night


def test_the_night_by_hand_queues_what_the_clock_would(places: list[Organisation]) -> None:
    said = told("night")
    assert said["organisations"] == ["sterk-huis", "veilig-thuis-hm"]
    assert said["kinds"] == sorted(kind for kind, _ in sweeps) != []
    queued = set(Job.objects.values_list("organisation_id", "kind", "subject"))
    assert queued == {(place.id, kind, place.id) for place in places for kind in said["kinds"]}
    told("night")
    assert Job.objects.count() == len(queued), "planning twice queues once"


# --- arguments and exit codes


@pytest.mark.parametrize(
    "words",
    [
        ("audit_verify", "--organisation", "nergens"),
        ("audit_verify", "--head", "nergens"),
        ("audit_export", "--organisation", "nergens", "--json"),
        ("audit_export", "--organisation", "sterk-huis", "--from", "2026-12-24", "--until", "2026-11-24"),
        ("audit_head", "--organisation", "nergens"),
        ("destruction_status", "--organisation", "nergens"),
        ("sweep_keys", "nergens"),
        ("search_tokens", "nergens"),
        ("sweep_files", "nergens"),
    ],
)
def test_what_cannot_be_carried_out_ends_with_2_and_never_as_a_broken_chain(
    words: tuple[str, ...], places: list[Organisation]
) -> None:
    with pytest.raises(CommandError) as ended:
        call_command(*words)
    assert ended.value.returncode == 2


def test_every_command_of_auditors_takes_an_organisation_and_json(places: list[Organisation]) -> None:
    from casemgmt.base.organisation import organisation
    from casemgmt.vault.keys import create_organisation_key

    with organisation(places[0].id), transaction.atomic():
        create_organisation_key()
    for name in ("audit_head", "audit_verify", "audit_export", "destruction_status"):
        out = StringIO()
        call_command(name, "--organisation", "sterk-huis", "--json", stdout=out)
        lines = [json.loads(line) for line in out.getvalue().splitlines()]
        assert len(lines) == (0 if name == "audit_export" else 1), name
        assert all(line["organisation"] == "sterk-huis" for line in lines)
