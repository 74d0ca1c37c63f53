"""The migration operation for an index on a table that people use: it is built beside them, and nobody waits."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState

from casemgmt.base.waiting import without_limit


class AddIndexBeside(AddIndexConcurrently):
    """Django's AddIndexConcurrently, which can be tried again: what an earlier try left half built goes first.

    Needs ``atomic = False`` on its migration, which holds nothing else. It waits for transactions that are older than
    itself, however long they take: it stands in nobody's way, so it does not give up as others do.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Remove what is invalid under this name, then build."""
        connection = schema_editor.connection
        without_limit(connection)
        with connection.cursor() as cursor:
            cursor.execute(
                "select 1 from pg_index where indexrelid = to_regclass(%s) and not indisvalid",
                [connection.ops.quote_name(self.index.name)],
            )
            half_built = cursor.fetchone() is not None
        if half_built:
            schema_editor.execute(f"drop index concurrently {connection.ops.quote_name(self.index.name)}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)
