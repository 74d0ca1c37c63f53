"""What is only ever added to stays so for everybody, the owner of the tables and his migrations included."""

import pytest
from django.apps import apps

from casemgmt.base.models import OrganisationModel
from tests.clearing import LIFTED
from tests.standing.test_catalogue import each_table, rows

pytestmark = pytest.mark.django_db(databases="__all__")


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
