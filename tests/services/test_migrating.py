"""A migration waits for a lock without making anybody else wait, and says so when it never gets it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
COLUMN = (
    "select count(*) from information_schema.columns"
    " where table_name = 'dossiers_dossier' and column_name = 'of_the_next_release'"
)
INDEX = "select indisvalid from pg_index where indexrelid = to_regclass('dossier_of_the_next')"
# What a transaction holds that wrote in the table; an index waits for its end.
WRITING = "lock table dossiers_dossier in row exclusive mode"
QUICK = {"lock_seconds": 0.5, "pause_seconds": 0.5}


@pytest.fixture(autouse=True)
def next_release(settings: Any) -> Iterator[None]:
    """Two migrations wait to be carried out; afterwards the database is as it was."""
    settings.MIGRATION_MODULES = {**settings.MIGRATION_MODULES, "dossiers": "tests.services.pending.migrations"}
    yield
    call_command("migrate", "dossiers", "0009", database="owner", interactive=False, verbosity=0)
    assert _asked(COLUMN) == (0,)


@contextmanager
def session(alias: str) -> Iterator[psycopg.Connection[Any]]:
    """A session of its own in the tests' database, as the owner or as the application."""
    parameters = connections[alias].get_connection_params()
    known = {key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if key in parameters}
    with psycopg.connect(**known) as own:
        yield own


def _asked(question: str) -> Any:
    with connections["owner"].cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()


class Migrating(threading.Thread):
    """`migrate_all` in a thread, with what it said and how it ended."""

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.options, self.said, self.error = options, StringIO(), None

    def run(self) -> None:
        try:
            call_command("migrate_all", verbosity=0, stderr=self.said, **self.options)
        except CommandError as error:
            self.error = error
        finally:
            connections.close_all()


def longest_wait(reader: psycopg.Connection[Any], seconds: float) -> float:
    """Read the table again and again, as pages do; the longest that one reading took."""
    longest, until = 0.0, time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        with contextlib.suppress(psycopg.errors.QueryCanceled), reader.transaction():
            reader.execute("set local statement_timeout = '5s'")  # who waits behind a migration would wait for ever
            reader.execute("select count(*) from dossiers_dossier")
        longest = max(longest, time.monotonic() - began)
        time.sleep(0.02)
    return longest


def test_while_somebody_reads_for_long_others_are_served_and_the_migration_comes_after() -> None:
    with session("default") as long, session("default") as page:
        long.execute("select count(*) from dossiers_dossier")  # its transaction stays open, and so does its lock
        migrating = Migrating(**QUICK, tries=30)
        migrating.start()
        waited = longest_wait(page, 3)
        said, waiting = migrating.said.getvalue(), _asked(COLUMN)
        long.rollback()
        migrating.join(30)
    assert waiting == (0,) and "holds what this migration needs" in said
    assert 0.3 < waited < 1.5, "a page waits for one try, and not for whoever holds the lock"
    assert migrating.error is None and not migrating.is_alive()
    assert _asked(COLUMN) == (1,) and _asked(INDEX) == (True,)


def test_a_lock_that_is_never_given_ends_it_with_1_and_one_sentence() -> None:
    with session("default") as long:
        long.execute("select count(*) from dossiers_dossier")
        migrating = Migrating(**QUICK, tries=2)
        migrating.start()
        migrating.join(30)
    assert isinstance(migrating.error, CommandError) and migrating.error.returncode == 1
    assert "did not get a lock in 2 tries" in str(migrating.error) and "\n" not in str(migrating.error)
    assert _asked(COLUMN) == (0,)
    assert _asked("show lock_timeout") == ("0",), "the owner's next command waits as it always did"


def test_another_error_is_told_at_once() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("alter table dossiers_dossier add column of_the_next_release text")
    try:
        with pytest.raises(Exception, match="already exists"):
            call_command("migrate_all", verbosity=0, **QUICK)
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table dossiers_dossier drop column of_the_next_release")


def test_an_index_waits_for_an_older_transaction_and_nobody_waits_for_the_index() -> None:
    call_command("migrate", "dossiers", "0098", database="owner", interactive=False, verbosity=0)
    with session("default") as long, session("default") as page:
        long.execute(WRITING)
        migrating = Migrating(**QUICK, tries=1)
        migrating.start()
        assert longest_wait(page, 2) < 0.5
        assert migrating.is_alive(), "it does not give up: it stands in nobody's way"
        long.rollback()
        migrating.join(30)
    assert migrating.error is None and _asked(INDEX) == (True,)


def test_an_index_that_an_earlier_try_left_half_built_is_built_anew() -> None:
    call_command("migrate", "dossiers", "0098", database="owner", interactive=False, verbosity=0)
    with session("owner") as owner, session("default") as long:
        owner.autocommit = True
        long.execute(WRITING)
        owner.execute("set lock_timeout = 300")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            owner.execute("create index concurrently dossier_of_the_next on dossiers_dossier (of_the_next_release)")
    assert _asked(INDEX) == (False,)
    call_command("migrate_all", verbosity=0)
    assert _asked(INDEX) == (True,)


@pytest.mark.parametrize("wrong", [{"tries": 0}, {"lock_seconds": 0.0}, {"pause_seconds": -1.0}])
def test_waiting_for_no_time_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("migrate_all", verbosity=0, **wrong)
    assert refused.value.returncode == 2
