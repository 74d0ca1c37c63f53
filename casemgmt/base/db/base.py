"""PostgreSQL with a guard: no organisation, no organisation's table.

On connections of the application's roles every statement that names an
organisation's table stamps the transaction with the current organisation
(``set_config(…, true)``, so it ends with the transaction) or raises. Row
security in PostgreSQL then shows that organisation's rows and no others.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import OperationalError, transaction
from django.db.backends.postgresql import base as postgresql

from casemgmt.base import opening
from casemgmt.base.organisation import OutsideOrganisation, current_or_none


@lru_cache(maxsize=1)
def organisation_tables() -> re.Pattern[str]:
    """A pattern that finds the name of any organisation's table in a statement."""
    from casemgmt.base.models import OrganisationModel

    apps.check_models_ready()
    names = sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if issubclass(model, OrganisationModel)
    )
    return re.compile(r"\b(?:" + "|".join(map(re.escape, names)) + r")\b")


class DatabaseWrapper(postgresql.DatabaseWrapper):
    """A PostgreSQL connection that stamps each transaction with the current organisation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stamp: UUID | None = None
        if self.settings_dict.get("ORGANISATION_GUARD"):
            self.execute_wrappers.append(self._guard)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection of the application to the data: only to a database that was opened where it stands."""
        fresh = super().get_new_connection(conn_params)
        if self.alias == "default" and self.settings_dict.get("ORGANISATION_GUARD"):
            try:
                fresh.autocommit = True  # one trip; Django chooses again right after
                opening.require(fresh)
            except BaseException:
                fresh.close()
                raise
        return fresh

    def _guard(
        self,
        execute: Callable[..., Any],
        sql: Any,
        params: Any,
        many: bool,
        context: dict[str, Any],
    ) -> Any:
        text = sql if isinstance(sql, str) else str(sql)
        if organisation_tables().search(text):
            self._require_organisation(text)
        return execute(sql, params, many, context)

    def _require_organisation(self, sql: str) -> None:
        organisation_id = current_or_none()
        if organisation_id is None:
            raise OutsideOrganisation("No organisation is current for: " + sql[:120])
        # TestCase wraps a whole test in a transaction; only one that the code
        # itself opened counts, so that lazy rendering fails in tests as it would in use.
        if all(getattr(block, "_from_testcase", False) for block in self.atomic_blocks):
            raise OutsideOrganisation("No transaction is open for: " + sql[:120])
        self.stamp(organisation_id)

    def stamp(self, organisation_id: UUID) -> None:
        """Tell row security which organisation this transaction works for."""
        if self._stamp == organisation_id:
            return
        self.ensure_connection()
        assert self.connection is not None
        with self.wrap_database_errors:
            self.connection.execute("select set_config('app.organisation', %s, true)", [str(organisation_id)])
        self._stamp = organisation_id

    def ask_in_one_trip(self, question: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
        """The rows of one reading statement, stamped and answered in a single trip to the server.

        Several statements sent together are one transaction of their own, so that the stamp is gone with the
        answer. Inside somebody's open transaction it is an ordinary question of that transaction.
        Raises OutsideOrganisation, and Django's database errors.
        """
        organisation_id = current_or_none()
        if organisation_id is None:
            raise OutsideOrganisation("No organisation is current for: " + question[:120])
        if self.in_atomic_block:
            with transaction.atomic(using=self.alias), self.cursor() as cursor:
                cursor.execute(question, parameters)
                return list(cursor.fetchall())
        stamped = "select set_config('app.organisation', %s, true); " + question
        asked = [str(organisation_id), *parameters]
        known = self.connection is not None
        # The question is its own test of a connection that stands: asking first would be a second trip.
        self.health_check_done = True
        try:
            return self._asked(stamped, asked)
        except OperationalError:
            if not known or self.connection is None or not self.connection.closed:
                raise
            self.close()  # the server went and came back since we last asked; nothing was under way
            return self._asked(stamped, asked)

    def _asked(self, stamped: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
        # Around our own guard, which wants a transaction that stays open; the stamp comes along here.
        with self.cursor() as cursor, self.wrap_database_errors:
            answer = cursor.cursor.execute(stamped, parameters)
            answer.nextset()
            return list(answer.fetchall())

    # The setting ends with its transaction and is undone by a rolled-back
    # savepoint, so what we remember of it is forgotten at the same moments.
    def _set_autocommit(self, autocommit: bool) -> None:
        self._stamp = None
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # the stubs do not know it

    def _commit(self) -> None:
        self._stamp = None
        super()._commit()  # type: ignore[misc]  # the stubs do not know it

    def _rollback(self) -> None:
        self._stamp = None
        super()._rollback()  # type: ignore[misc]  # the stubs do not know it

    def _savepoint_rollback(self, sid: str) -> None:
        self._stamp = None
        super()._savepoint_rollback(sid)  # type: ignore[misc]  # the stubs do not know it

    def close(self) -> None:
        """A new connection knows no organisation yet."""
        self._stamp = None
        super().close()
