"""The watch on writes round the trail sees what reading the code cannot (D5)."""

import pytest
from django.db import connection, transaction
from psycopg import sql

from casemgmt.base.models import Job
from tests.bulk_hook import Unlisted
from tests.standing.test_bulk_writes import ROOT

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
HIDDEN = {
    "a name put together": 'getattr(Job.objects, "up" + "date")(attempts=1)',
    "an innocent name": "change = Job.objects.all().update\n    change(attempts=1)",
    "in a comprehension": '[getattr(Job.objects, name)(attempts=1) for name in ("update",)]',
    "rows at once": 'getattr(Job.objects, "bulk_" + "create")([])',
    "SQL put together": 'with connection.cursor() as cursor:\n        cursor.execute("dele" + str("te from base_job"))',
    "SQL composed with psycopg": (
        'statement = sql.SQL("update {} set attempts = 1").format(sql.Identifier("base_job"))'
        "\n    with connection.cursor() as cursor:\n        cursor.execute(statement)"
    ),
    "a write inside a question": (
        "with connection.cursor() as cursor:\n        "
        'cursor.execute("with gone as (delete from base_job returning 1) select count(*) from gone")'
    ),
    "in bytes": 'with connection.cursor() as cursor:\n        cursor.execute(b"delete from base_job")',
    "round Django": 'connection.ensure_connection()\n    connection.connection.execute("delete from base_job")',
    "round Django's cursor": (
        'with connection.cursor() as cursor:\n        cursor.cursor.execute("delete from base_job")'
    ),
}


def run_as(path: str, body: str) -> None:
    """Run these lines as if they stood in a function of this file of ours."""
    code = compile(f"def act():\n    {body}\nact()\n", str(ROOT / path), "exec")
    with transaction.atomic():
        exec(code, {"Job": Job, "connection": connection, "sql": sql})


@pytest.mark.parametrize("body", HIDDEN.values(), ids=HIDDEN)
def test_a_write_round_the_trail_that_nobody_listed_stops_the_test(body: str) -> None:
    with pytest.raises(Unlisted, match=r"dossiers/somewhere\.py act (update|bulk_create|execute)"):
        run_as("dossiers/somewhere.py", body)


def test_a_question_that_locks_rows_is_no_write() -> None:
    asked = 'cursor.execute("select id from base_job for update")'
    run_as("dossiers/somewhere.py", f"with connection.cursor() as cursor:\n        {asked}")


def test_what_tests_and_libraries_do_is_their_own_business() -> None:
    run_as("tests/somewhere.py", HIDDEN["a name put together"])
