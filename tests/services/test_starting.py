"""What ./run and ./test rest on: state nobody else claims, roles that own nothing, children that go when told."""

import os
import secrets
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from scripts import gate, people, processes, state
from scripts.prepare_databases import roles_in
from scripts.processes import Service
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


def test_a_chosen_part_of_the_tests_runs_as_asked_and_the_whole_on_both_cores() -> None:
    assert "--numprocesses=2" in gate.commands([])["pytest"]
    assert "--numprocesses=2" not in gate.commands(["tests/services"])["pytest"]
    assert "long or not long" in gate.commands(["--long"])["pytest"]
    assert "--long" not in gate.commands(["--long"])["pytest"]
