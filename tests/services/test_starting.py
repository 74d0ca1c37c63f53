"""What ./run and ./test rest on: state nobody else claims, roles that own nothing, children that go when told."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from psycopg import errors

from scripts import application, gate, outside, people, prepare_databases, processes, state, supervise
from scripts.prepare_databases import roles_in
from scripts.processes import Service
from scripts.services import Services
from scripts.state import OperatorError


@pytest.fixture
def fresh_database() -> Iterator[str]:
    """A database that the owner makes from the template, as the test suite makes its own."""
    owner, name = os.environ["DATABASE_OWNER_URL"], f"test_services_{secrets.token_hex(4)}"
    with psycopg.connect(owner, dbname="postgres", autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
    yield name
    with psycopg.connect(owner, dbname="postgres", autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_a_new_database_lets_the_application_write_rows_and_nothing_more(fresh_database: str) -> None:
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], dbname=fresh_database) as owner:
        owner.execute("CREATE TABLE word (id serial PRIMARY KEY, text text)")
    with psycopg.connect(os.environ["DATABASE_URL"], dbname=fresh_database, autocommit=True) as app:
        app.execute("INSERT INTO word (text) VALUES (unaccent('Zoë'))")
        app.execute("UPDATE word SET text = 'Zoe'")
        app.execute("DELETE FROM word")
        for forbidden in ("TRUNCATE word", "ALTER TABLE word ADD x int", "DROP TABLE word", "CREATE TABLE other ()"):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(forbidden.encode())


@pytest.mark.parametrize("address", ["DATABASE_URL", "DATABASE_OWNER_URL", "VAULT_DATABASE_URL"])
def test_no_role_of_the_application_escapes_row_security(address: str) -> None:
    with psycopg.connect(os.environ[address]) as connection:
        row = connection.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = user")
        assert row.fetchone() == (False, False, False)


def test_dossiers_and_keys_stand_in_two_separate_servers() -> None:
    found = set()
    for address in ("DATABASE_URL", "VAULT_DATABASE_URL"):
        with psycopg.connect(os.environ[address]) as connection:
            found.add(connection.execute("SELECT system_identifier FROM pg_control_system()").fetchone())
    assert len(found) == 2


def test_a_wrong_password_opens_nothing() -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(os.environ["DATABASE_URL"], password="guessed")


def test_a_state_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "state").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OperatorError, match="belongs to another user"):
        state.own_folder(tmp_path / "state")


def test_only_its_owner_can_read_the_env_file(tmp_path: Path) -> None:
    state.write_env(tmp_path / "env", {"KEY": "a=b"})
    assert (tmp_path / "env").stat().st_mode & 0o777 == 0o600
    assert state.read_env(tmp_path / "env") == {"KEY": "a=b"}
    assert state.read_env(tmp_path / "absent") == {}


def test_a_socket_whose_path_is_too_long_moves_to_a_short_folder(tmp_path: Path) -> None:
    assert state.socket_folder(Path("/short")) == Path("/short")
    moved = state.socket_folder(tmp_path / ("x" * 90))
    assert len(os.fsencode(moved / "vault" / ".s.PGSQL.5432.lock")) < 100
    moved.rmdir()


def test_a_second_claim_sees_who_has_the_first(tmp_path: Path) -> None:
    first = state.claim(tmp_path / "lock", {"address": "here"})
    assert first is not None
    assert state.claim(tmp_path / "lock", {}) is None
    assert state.claimed_by(tmp_path / "lock") == {"pid": os.getpid(), "address": "here"}
    first.close()


def sleeper(folder: Path, words: str = "import time; time.sleep(60)") -> Service:
    """A child that does nothing for a minute."""
    return Service("sleeper", (sys.executable, "-c", words), folder / "log", {}, patience=0.5, unprivileged=False)


def test_a_child_that_will_not_listen_is_ended(tmp_path: Path) -> None:
    words = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    child = processes.spawn(sleeper(tmp_path, words), die_with_us=True)
    while b"deaf" not in (tmp_path / "log").read_bytes():
        time.sleep(0.01)
    processes.stop([child])
    assert not processes.alive(child)


def test_a_process_number_that_was_given_away_is_not_taken_for_ours(tmp_path: Path) -> None:
    child = processes.spawn(sleeper(tmp_path), die_with_us=True)
    processes.remember(tmp_path / "pids", [child])
    assert processes.remembered(tmp_path / "pids") == [child]
    os.kill(child.pid, signal.SIGKILL)
    processes.stop([child])
    impostor = processes.Running(child.name, os.getpid(), child.born)
    assert not processes.alive(impostor)
    assert processes.remembered(tmp_path / "pids") == []


def test_the_people_are_found_behind_other_output() -> None:
    said = 'Loading {a}\n{"people": [{"organisation": "Sterk Huis", "name": "An", "totp_secret": null, "new": 1}]}\n'
    assert people.read_people(said) == [people.Person(organisation="Sterk Huis", name="An")]
    assert people.read_people("nothing") == people.read_people('{"people": 3}') == []
    assert people.table(people.read_people(said)).splitlines()[1] == "Sterk Huis"


def test_roles_are_read_from_both_addresses_of_one_database() -> None:
    roles = roles_in("postgresql://own:1@db/casemgmt", "postgresql://app:2@db/casemgmt")
    assert (roles.database, roles.owner, roles.app) == ("casemgmt", "own", "app")
    with pytest.raises(OperatorError):
        roles_in("postgresql://own:1@db/casemgmt", "postgresql://app:2@db/other")


def test_all_that_is_missing_to_prepare_databases_is_named_at_once_and_nothing_is_begun(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("DATABASE_ADMIN_URL", "DATABASE_OWNER_URL", "DATABASE_URL", "DATABASE_BACKUP_URL")
    every = (*names, *(f"VAULT_{name}" for name in names))
    for name in every:
        monkeypatch.delenv(name, raising=False)
    assert prepare_databases.main() == 2
    said = capsys.readouterr().err
    assert said.startswith("Nothing was changed: ") and all(name in said for name in every)
    for name in every:
        monkeypatch.setenv(name, "postgresql://app:GEHEIM@localhost:1/none")
    assert prepare_databases.main() == 2
    said = capsys.readouterr().err
    assert "DATABASE_ADMIN_URL does not answer" in said and "GEHEIM" not in said


def test_preparing_databases_reads_the_file_that_the_environment_names_as_every_command_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names = ("DATABASE_ADMIN_URL", "DATABASE_OWNER_URL", "DATABASE_URL", "DATABASE_BACKUP_URL")
    for name in (every := (*names, *(f"VAULT_{name}" for name in names))):
        monkeypatch.delenv(name, raising=False)
    told = tmp_path / "app.env"
    told.write_text("".join(f"{name}=postgresql://app:x@localhost:1/none\n" for name in every))
    monkeypatch.setenv("CASEMGMT_ENV_FILE", str(told))
    assert prepare_databases.main() == 2 and "does not answer" in capsys.readouterr().err
    monkeypatch.setenv("CASEMGMT_ENV_FILE", str(tmp_path / "nowhere"))
    assert prepare_databases.main() == 2 and "cannot be read" in capsys.readouterr().err


def test_a_chosen_part_of_the_tests_runs_as_asked_and_the_whole_on_both_cores() -> None:
    assert "--numprocesses=2" in gate.commands([])["pytest"]
    assert "--numprocesses=2" not in gate.commands(["tests/services"])["pytest"]
    assert "long or not long" in gate.commands(["--long"])["pytest"]
    assert "--long" not in gate.commands(["--long"])["pytest"]


def test_people_are_sent_to_a_name_at_which_passkeys_work_and_every_place_of_it_is_served() -> None:
    app = application.Application(Path("/nowhere"), {}, unprivileged=False, port=8123)
    words = app._web_words()
    bound = {words[place + 1] for place, word in enumerate(words) if word == "--bind"}
    assert application.address(8123) == "http://localhost:8123/"
    resolved = {place[4][0] for place in socket.getaddrinfo("localhost", 8123, type=socket.SOCK_STREAM)}
    assert {application.at(place, 8123) for place in resolved & set(application.loopback())} <= bound
    assert "127.0.0.1:8123" in bound


def test_links_in_mail_lead_to_the_port_that_was_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Web and worker write them; somebody who starts it behind a proxy names the address people know."""

    def told(port: int) -> dict[str, str]:
        app = application.application(Services(tmp_path, (), None, {}), port)
        return {service.name: service.env["CASEMGMT_ADDRESS"] for service in app.services()}

    monkeypatch.setattr(application, "is_root", lambda: False)
    monkeypatch.delenv("CASEMGMT_ADDRESS", raising=False)
    everywhere = ("web", "worker", "beat")
    for port in (8000, 8123):
        assert told(port) == dict.fromkeys(everywhere, f"http://localhost:{port}")
    monkeypatch.setenv("CASEMGMT_ADDRESS", "https://dossiers.example.org")
    assert told(8123) == dict.fromkeys(everywhere, "https://dossiers.example.org")


def test_an_invitation_by_mail_names_the_address_it_was_started_with() -> None:
    link = "from casemgmt.organisations.mail import invitation_address; print(invitation_address())"
    words = [sys.executable, "-c", f"import django; django.setup(); {link}"]
    env = {**os.environ, "CASEMGMT_ADDRESS": "http://localhost:8123"}
    found = subprocess.run(words, env=env, cwd=state.CHECKOUT, capture_output=True, text=True, check=True)
    assert found.stdout.strip().startswith("http://localhost:8123/")


def test_the_json_document_names_the_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    ours = SimpleNamespace(state=Path("/nowhere"))
    supervise.report(SimpleNamespace(ours=ours, children=[]), application.address(8000), [], True)  # type: ignore[arg-type]
    told = json.loads(capsys.readouterr().out)
    assert told["urls"] == {"app": "http://localhost:8000/", "health": "http://localhost:8000/health/"}


@pytest.mark.parametrize("place", application.loopback())
def test_a_port_that_is_taken_at_any_place_is_told(place: str) -> None:
    family = socket.AF_INET6 if ":" in place else socket.AF_INET
    with (
        socket.create_server((place, 0), family=family) as taken,
        pytest.raises(OperatorError, match="in use by another program"),
    ):
        supervise.require_free_port(taken.getsockname()[1])


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DATABASE_URL", "postgresql://app:GEHEIM@localhost:1/none"),
        ("DATABASE_OWNER_URL", "http://x"),
        ("VAULT_DATABASE_URL", "postgresql://app:GEHEIM@/none?host=/nonexistent"),
        ("BROKER_URL", "redis://:GEHEIM@localhost:1/0"),
        ("BROKER_URL", "http://x"),
    ],
)
def test_an_address_that_does_not_answer_is_one_sentence_before_anything_starts(setting: str, value: str) -> None:
    given = {name: os.environ[name] for name in (*application.OWNERS, "DATABASE_URL", "VAULT_DATABASE_URL")}
    broker = {"BROKER_URL": os.environ["BROKER_URL"]}
    outside.require_answers(Services(Path("/nowhere"), (), None, {**given, **broker}))
    with pytest.raises(OperatorError) as told:
        outside.require_answers(Services(Path("/nowhere"), (), None, {**given, **broker, setting: value}))
    assert setting in str(told.value) and "GEHEIM" not in str(told.value) and "\n" not in str(told.value)


@pytest.mark.parametrize("setting", ["CASEMGMT_ENV", "CASEMGMT_MASTER_KEY", "CASEMGMT_FILES"])
def test_a_setting_that_the_demo_would_overwrite_is_named_before_anything_starts(setting: str) -> None:
    ours = {"CASEMGMT_ENV": "demo", "CASEMGMT_MASTER_KEY": "own", "CASEMGMT_FILES": "/own", "CASEMGMT_STATE": "/own"}
    services = Services(Path("/nowhere"), (), None, ours)
    outside.require_no_other_settings(services, {**ours, "CASEMGMT_STATE": "/elsewhere", "PATH": "/bin"})
    with pytest.raises(OperatorError) as told:
        outside.require_no_other_settings(services, {setting: "GEHEIM"})
    assert setting in str(told.value) and "GEHEIM" not in str(told.value) and "\n" not in str(told.value)
    with pytest.raises(OperatorError, match="CASEMGMT_ENV, CASEMGMT_FILES: set"):
        outside.require_no_other_settings(services, {"CASEMGMT_ENV": "production", "CASEMGMT_FILES": "/files"})


def test_a_wrong_setting_reaches_the_operator_as_its_own_sentence(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    env = {"PATH": os.environ["PATH"], "CASEMGMT_ENV_FILE": os.devnull, "CASEMGMT_TRUSTED_PROXIES": "abc"}
    app = application.Application(tmp_path, env, unprivileged=False, port=8123)
    with pytest.raises(OperatorError) as told:
        app.command("migrate", log="migrate")
    assert str(told.value) == "CASEMGMT_TRUSTED_PROXIES must be a whole number of 0 or more, not 'abc'."
