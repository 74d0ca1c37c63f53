"""Links the platform's events that were written before there was a chain, oldest first.

Five hundred at a time, each time in a transaction of its own: whoever signs in meanwhile waits for the end of one such
step and no longer. New rows are linked as they come, so that between them the numbers do not follow the days. Stopped
halfway it goes on with what has no link yet.
"""

from typing import Any

from django.db import migrations, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

STEP = 500
_PAGE = """
select id, at from audit_platformevent where (at, id) > (%s, %s) order by at, id limit %s
"""
_LINK = """
select casemgmt_platform_append(ordered.e) from (
  select e from audit_platformevent e
  where e.id = any(%s) and not exists (select from audit_platformlink l where l.row_id = e.id)
  order by e.at, e.id offset 0
) ordered
"""
FIRST = ("-infinity", "00000000-0000-0000-0000-000000000000")


def link(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Every row that has no link gets one."""
    connection = schema_editor.connection
    after: tuple[Any, Any] = FIRST
    with connection.cursor() as cursor:
        while True:
            cursor.execute(_PAGE, [*after, STEP])
            rows = cursor.fetchall()
            if not rows:
                return
            with transaction.atomic(using=connection.alias):
                cursor.execute(_LINK, [[row_id for row_id, _at in rows]])
            row_id, at = rows[-1]
            after = at, row_id


class Migration(migrations.Migration):
    """Backwards there is nothing to do: links go with their table."""

    atomic = False

    dependencies = [("audit", "0005_platform_is_kept")]

    operations = [migrations.RunPython(link, migrations.RunPython.noop)]
