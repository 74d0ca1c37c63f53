"""Whether this database may be used: it must have been opened at the very place where it stands.

A database remembers for which place (cluster and database) it was opened. Brought
back from a backup, by whatever means, it stands elsewhere than it remembers, and
no process of the application gets a connection: what was destroyed after the
backup was made would be in it. ``manage.py restore`` replays the erasures and
opens it again, under a new token. A process that knew the same address under
another token holds memories of what is gone, so it ends and starts anew.
"""

import logging
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import errors, sql

from casemgmt.base.errors import Unavailable

PLACE = (
    "(select system_identifier::text from pg_control_system())"
    " || '/' || (select oid::text from pg_database where datname = current_database())"
)
_QUESTION = sql.SQL("select token, place = {place} from base_opening").format(place=sql.SQL(PLACE))
_OPEN = sql.SQL(
    "insert into base_opening (id, place, token, opened_at) values (1, {place}, gen_random_uuid(), now())"
    " on conflict (id) do update set place = excluded.place, token = excluded.token, opened_at = excluded.opened_at"
).format(place=sql.SQL(PLACE))

# Of this process: whoever puts a database back must work in it before it is open to others.
_restoring: list[bool] = []

log = logging.getLogger("casemgmt.opening")
_known: dict[tuple[Any, ...], Any] = {}


class NotOpen(Unavailable):
    """The database came out of a backup and was not opened yet, or was never migrated; nothing may be read from it."""


def require(connection: Any) -> None:
    """Let a fresh connection of the application through; raises NotOpen, and ends a process of an earlier database."""
    if _restoring:
        return
    try:
        row = connection.execute(_QUESTION).fetchone()
    except errors.UndefinedTable:
        row = None
    if row is None or not row[1]:
        raise NotOpen("The database was not opened here.")
    info = connection.info
    if _known.setdefault((info.host, info.port, info.dbname), row[0]) != row[0]:
        log.error("The database behind this process was replaced; the process ends, to start without memories of it.")
        os.kill(os.getpid(), signal.SIGTERM)
        raise NotOpen("The database was replaced while this process ran.")


@contextmanager
def restoring() -> Iterator[None]:
    """This process, and no other, may use the database while it is shut: to destroy again and to check."""
    _restoring.append(True)
    try:
        yield
    finally:
        _restoring.pop()


def open_here(cursor: Any) -> None:
    """As the owner: open the database at the place where it stands, under a new token."""
    cursor.execute(_OPEN)


def shut(cursor: Any) -> None:
    """As the owner: let nobody of the application in until it is opened again."""
    cursor.execute("update base_opening set place = ''")
