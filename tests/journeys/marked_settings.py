"""The application's own settings, and a mark on every statement: which request, or which job, asked it.

For the journey whose statements PostgreSQL itself writes down (`test_statement_log.py`). The mark is put there by
the tests; what was asked is told by the server, who knows nothing of the trail.
"""

from collections.abc import Callable
from typing import Any

from django.db.backends.signals import connection_created
from psycopg.sql import SQL

from casemgmt.settings import *  # noqa: F403


def _marked(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    from casemgmt.audit.context import current

    now = current()
    mark = f"/* {now.source} {now.request_id} */ "
    return execute(mark + sql if isinstance(sql, str) else SQL(mark) + sql, params, many, context)


def _mark(connection: Any, **_kwargs: Any) -> None:
    if _marked not in connection.execute_wrappers:
        connection.execute_wrappers.append(_marked)


connection_created.connect(_mark, weak=False)
