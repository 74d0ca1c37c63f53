"""Emptying the databases after a test, thousands of times a day.

TRUNCATE makes every table and index anew, a tenth of a second for the few rows of one test. The superuser of our own
test servers deletes the rows instead, with triggers and references asleep; a server that somebody else gave us has
no superuser for us and keeps TRUNCATE.
"""

from functools import cache, lru_cache
from typing import Any

import psycopg
from django.conf import settings
from django.core.management.commands import flush
from django.db import Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import TransactionTestCase
from psycopg import sql

from casemgmt.policy import shipped
from scripts.services import plan

# Django's own tables of what models there are, and the mark that lets the application in: filled by a migration,
# the same in every test.
FILLED_ONCE = {"auth_permission", "django_content_type", "base_opening", "django_migrations"}

# What the migrations made and the tests took away, by table; `tests/standing/test_catalogue.py` asks for it.
LIFTED: dict[str, str] = {}


def allow_flush(alias: str) -> None:
    """Drop the triggers that refuse TRUNCATE, in this test database only; one test puts one back."""
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "select tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) from pg_trigger"
            " where tgname like '%_no_truncate'"
        )
        for trigger, table, definition in cursor.fetchall():
            LIFTED[table] = definition
            cursor.execute(f'drop trigger "{trigger}" on {table}')


def clear_quickly() -> None:
    """Spare what the migrations filled when a test is cleared away, and delete rather than make anew where we can.

    For the class and not for a connection: a browser's test clears away on a connection of its own.
    """
    truncate, handle = DatabaseOperations.sql_flush, flush.Command.handle

    def sparing(self: DatabaseOperations, style: Any, tables: Any, **how: Any) -> Any:
        return truncate(self, style, [table for table in tables if table not in FILLED_ONCE], **how)

    def deleting(self: flush.Command, **options: Any) -> None:
        cleaner = _cleaner(options["database"])
        if cleaner is None:
            handle(self, **options)
        else:
            cleaner.execute("select pg_temp.clear_away()")

    DatabaseOperations.sql_flush = sparing  # type: ignore[method-assign,assignment]
    flush.Command.handle = deleting  # type: ignore[method-assign,assignment]
    TransactionTestCase._should_reload_connections = _must_connect_anew
    flush.emit_post_migrate_signal = lambda *_args, **_how: None  # type: ignore[attr-defined]


def _must_connect_anew(_test: TransactionTestCase) -> bool:
    return not all([_as_new(connection) for connection in connections.all(initialized_only=True)])


def _as_new(connection: BaseDatabaseWrapper) -> bool:
    """Whether the next test may go on with this connection, every setting as it was when it was made.

    A new one signs in anew and its server learns every table anew: a tenth of most tests.
    """
    if connection.connection is None:
        return True
    if connection.in_atomic_block or not connection.get_autocommit():
        return False
    try:
        with connection.cursor() as cursor:
            cursor.execute("reset session authorization")
            cursor.execute("reset all")
        # What Django itself sets when it connects, where the server has another.
        connection.ensure_timezone()
    except Error:
        return False
    return True


def stop_clearing() -> None:
    """Let go of the databases, which are dropped after the last test."""
    for alias in ("owner", "vault_owner"):
        if cleaner := _cleaner(alias):
            cleaner.close()
    _cleaner.cache_clear()


@cache
def _cleaner(alias: str) -> psycopg.Connection | None:
    """The superuser's connection to a test database of our own servers; None for a server that was given to us."""
    database = settings.DATABASES[alias]
    ours = next((cluster for cluster in plan("test").clusters if str(cluster.sockets) == database["HOST"]), None)
    if ours is None:
        return None
    name = connections[alias].settings_dict["NAME"]
    assert name.startswith("test_"), f"{alias} would be emptied in {name}"
    cleaner = psycopg.connect(ours.url("postgres", name), autocommit=True)
    cleaner.execute("set session_replication_role = replica")
    found = cleaner.execute(
        "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace"
    )
    tables = sorted({table for (table,) in found} - FILLED_ONCE)
    deletes = sql.SQL(" ").join(sql.SQL("delete from {};").format(sql.Identifier("public", table)) for table in tables)
    body = sql.Literal(f"begin {deletes.as_string(cleaner)} end")
    cleaner.execute(sql.SQL("create function pg_temp.clear_away() returns void language plpgsql as {}").format(body))
    return cleaner


def parse_shipped_once() -> None:
    """A shipped regulation is the same file in every test; who changes one writes a file with another path."""
    shipped.load_profile = lru_cache(maxsize=None)(shipped.load_profile)
