"""What is only ever added to stays so for everybody, the owner of the tables and his migrations included."""

import pytest
from django.apps import apps

from casemgmt.audit import guards
from casemgmt.base.models import OrganisationModel
from tests.clearing import LIFTED
from tests.standing.test_catalogue import each_table, login, rows

pytestmark = pytest.mark.django_db(databases="__all__")

# Rows of the trail that have no link of their own, each with what vouches for them.
VOUCHED_FOR = {"audit_eventsubject": "the event of their list carries a digest of them, and closes the list"}


@each_table
def test_rows_that_never_change_are_kept_by_triggers(alias: str, table: str) -> None:
    """Grants bind the application; these triggers bind the owner as well."""
    model = next(model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table)
    assert issubclass(model, OrganisationModel)
    refused = {"append": "BEFORE DELETE OR UPDATE ON", "insert-delete": "BEFORE UPDATE ON"}.get(model.tenant_writes)
    found = rows(
        alias,
        "select pg_get_triggerdef(oid), tgenabled::text from pg_trigger where tgrelid = %s::regclass and tgname = %s",
        table,
        f"{table}_immutable",
    )
    if refused is None:
        assert found == [] and table not in LIFTED
    else:
        ((definition, enabled),) = found
        assert refused in definition and "FOR EACH ROW EXECUTE FUNCTION casemgmt_refuse_change()" in definition
        assert enabled == "O"
        assert "BEFORE TRUNCATE" in LIFTED[table] and "casemgmt_refuse_change()" in LIFTED[table]


def trail_tables() -> dict[str, bool]:
    """Every table of the trail as PostgreSQL has it, and whether the application may write in it."""
    found = rows(
        "owner",
        "select relname, has_table_privilege(%s, oid, 'INSERT') from pg_class"
        " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname like 'audit\\_%%'",
        login("owner"),
    )
    return dict(found)


def test_no_table_of_the_trail_can_be_changed_whatever_sort_it_is_of() -> None:
    """Found in the catalogue and not by a list: a table that somebody adds to the trail is one of these."""
    models = {model._meta.db_table: model for model in apps.get_app_config("audit").get_models()}
    tables = trail_tables()
    assert tables.keys() == models.keys() and "audit_platformevent" in tables
    for table, written in tables.items():
        assert models[table].tenant_writes == ("append" if written else "read"), table  # type: ignore[attr-defined]
        for word in ("UPDATE", "DELETE", "TRUNCATE", "TRIGGER"):
            assert rows("owner", "select has_table_privilege(%s, %s, %s)", login("owner"), table, word) == [(False,)]


def test_every_row_of_the_trail_is_linked_and_kept_by_triggers() -> None:
    for table in (table for table, written in trail_tables().items() if written):
        found = dict(
            rows(
                "owner",
                "select tgname, pg_get_triggerdef(oid) from pg_trigger"
                " where tgrelid = %s::regclass and tgenabled = 'O' and not tgisinternal",
                table,
            )
        )
        assert "BEFORE DELETE OR UPDATE ON" in found[f"{table}_immutable"], table
        assert "casemgmt_refuse_change()" in found[f"{table}_immutable"], table
        assert "casemgmt_refuse_change()" in LIFTED[table], table
        linked = "CREATE CONSTRAINT TRIGGER" in found.get(f"{table}_link", "")
        assert linked is (table not in VOUCHED_FOR), f"{table}: what vouches for its rows?"
        assert found.keys() <= guards.TRIGGERS.keys(), "a verification knows every trigger"
