"""PostgreSQL's own catalogue, on the migrated databases: what separates organisations is there on every table."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections

from casemgmt.base.models import OrganisationModel

pytestmark = pytest.mark.django_db(databases="__all__")

CLUSTERS = {"owner": "default", "vault_owner": "vault"}

# Tables of ours without row security, each with its reason. None holds content.
WITHOUT_ROW_SECURITY = {
    "accounts_user": "people may work for several organisations; portal accounts hold no name",
    "accounts_portalinvitation": "tried before anybody is signed in: a hash of a code, no name",
    "accounts_staffinvitation": "tried before anybody is signed in: a hash of a code, and a colleague's name till then",
    "audit_platformevent": "what happens where no organisation can be named; no content",
    "audit_platformhead": "the end of that chain: a number and a hash",
    "audit_platformlink": "the chain of what happens where no organisation can be named: ids and hashes",
    "base_job": "the queue: organisation, kind and opaque subject, nothing about anybody",
    "base_opening": "where this database was opened: one row, which the application may only read",
    "organisations_organisation": "which organisations exist",
    "organisations_signinplace": "who may sign in where, asked before an organisation is current",
}
# Functions that run with the owner's rights, each with its reason.
DEFINER = {
    "casemgmt_link": "the chain is closed to the application, only the trigger may lengthen it",
    "casemgmt_platform_link": "the same for the chain of what happens where no organisation can be named",
}
# Unique constraints of organisations' tables that do not hold organisation_id, each with its reason.
UNIQUE_WITHOUT: dict[str, str] = {}


def organisations_tables(alias: str) -> list[str]:
    vault = alias.startswith("vault")
    return sorted(
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if issubclass(model, OrganisationModel) and (model._meta.app_label == "keystore") == vault
    )


TABLES = [(alias, table) for alias in CLUSTERS for table in organisations_tables(alias)]
each_table = pytest.mark.parametrize(("alias", "table"), TABLES, ids=[table for _, table in TABLES])


def rows(alias: str, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connections[alias].cursor() as cursor:
        cursor.execute(sql, list(values))
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


@pytest.mark.rule("SH-4.1.D1", "GT-4.1")
@each_table
def test_row_security_is_enabled_and_forced(alias: str, table: str) -> None:
    assert rows(alias, "select relrowsecurity, relforcerowsecurity from pg_class where oid = %s::regclass", table) == [
        (True, True)
    ]


@each_table
def test_the_one_policy_guards_reading_and_writing_for_everybody(alias: str, table: str) -> None:
    found = rows(
        alias, "select permissive, roles::text[], cmd, qual, with_check from pg_policies where tablename = %s", table
    )
    assert len(found) == 1, found
    permissive, roles, command, using, check = found[0]
    assert (permissive, roles, command) == ("PERMISSIVE", ["public"], "ALL")
    assert using == check
    assert "organisation_id" in using
    assert "app.organisation" in using


@each_table
def test_the_primary_key_begins_with_the_organisation(alias: str, table: str) -> None:
    found = rows(
        alias,
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass and contype = 'p'",
        table,
    )
    assert [row[0].startswith("PRIMARY KEY (organisation_id, ") for row in found] == [True], found


@each_table
def test_every_unique_rule_holds_the_organisation(alias: str, table: str) -> None:
    found = rows(
        alias,
        "select c.relname, array_agg(a.attname) from pg_index i join pg_class c on c.oid = i.indexrelid"
        " left join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey::int2[])"
        " where i.indrelid = %s::regclass and i.indisunique group by c.relname",
        table,
    )
    wrong = [name for name, columns in found if "organisation_id" not in columns and name not in UNIQUE_WITHOUT]
    assert not wrong


@each_table
def test_every_reference_between_organisations_tables_is_composite(alias: str, table: str) -> None:
    found = rows(
        alias,
        "select conname, confrelid::regclass::text, pg_get_constraintdef(oid), confdeltype from pg_constraint"
        " where conrelid = %s::regclass and contype = 'f'",
        table,
    )
    ours = set(organisations_tables(alias))
    for name, parent, definition, on_delete in found:
        if parent.strip('"') in ours:
            assert definition.startswith("FOREIGN KEY (organisation_id, "), f"{name}: {definition}"
        assert on_delete in ("a", "r"), f"{name} cascades"


@each_table
def test_every_foreign_key_of_the_model_is_a_constraint(alias: str, table: str) -> None:
    model = next(model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table)
    wanted = {field.column for field in model._meta.local_fields if field.is_relation}
    found = rows(
        alias,
        "select a.attname from pg_constraint c "
        " join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)"
        " where c.conrelid = %s::regclass and c.contype = 'f'",
        table,
    )
    assert wanted <= {row[0] for row in found}


@each_table
def test_the_application_owns_nothing_and_may_do_what_was_declared(alias: str, table: str) -> None:
    model = next(model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table)
    role = login(alias)
    ((owner,),) = rows(alias, "select tableowner from pg_tables where tablename = %s", table)
    assert owner != role
    may = {
        word
        for word in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
        if rows(alias, "select has_table_privilege(%s, %s, %s)", role, table, word)[0][0]
    }
    assert issubclass(model, OrganisationModel)
    declared = {
        "all": {"SELECT", "INSERT", "UPDATE", "DELETE"},
        "insert-delete": {"SELECT", "INSERT", "DELETE"},
        "append": {"SELECT", "INSERT"},
        "read": {"SELECT"},
    }
    assert may == declared[model.tenant_writes]


def login(alias: str) -> str:
    return str(settings.DATABASES[CLUSTERS[alias]]["USER"])


@pytest.mark.parametrize("alias", CLUSTERS)
def test_the_application_logs_in_as_a_role_that_row_security_binds(alias: str) -> None:
    powers = "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb from pg_roles where rolname = %s"
    (found,) = rows(alias, powers, login(alias))
    assert found == (False, False, False, False)
    assert rows(alias, "select 1 from pg_class where relowner = %s::regrole", login(alias)) == []
    members = rows(alias, "select roleid::regrole::text from pg_auth_members where member = %s::regrole", login(alias))
    assert members == []


@pytest.mark.parametrize("alias", CLUSTERS)
def test_every_table_with_an_organisation_is_one_of_these_or_listed(alias: str) -> None:
    found = rows(
        alias,
        "select distinct c.relname from pg_attribute a join pg_class c on c.oid = a.attrelid"
        " join pg_namespace n on n.oid = c.relnamespace where a.attname = 'organisation_id' and not a.attisdropped"
        " and n.nspname = 'public' and c.relkind in ('r', 'p')",
    )
    unknown = {row[0] for row in found} - set(organisations_tables(alias)) - WITHOUT_ROW_SECURITY.keys()
    assert not unknown


def test_every_table_of_ours_without_row_security_is_listed_with_a_reason() -> None:
    labels = {config.label for config in apps.get_app_configs() if not _library(config.module.__file__ or "")}
    loose = {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in labels and not issubclass(model, OrganisationModel) and model._meta.managed
    }
    assert loose <= WITHOUT_ROW_SECURITY.keys(), loose - WITHOUT_ROW_SECURITY.keys()


def _library(file: str) -> bool:
    return "site-packages" in file or "dist-packages" in file


@pytest.mark.parametrize("alias", CLUSTERS)
def test_no_view_or_function_goes_round_row_security(alias: str) -> None:
    views = rows(
        alias,
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'public' and c.relkind in ('m', 'v')",
    )
    assert views == []
    definer = rows(
        alias,
        "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace"
        " where n.nspname = 'public' and p.prosecdef",
    )
    assert {row[0] for row in definer} <= DEFINER.keys()


def test_a_definer_function_has_a_fixed_search_path_and_is_closed_to_the_application() -> None:
    for name in DEFINER:
        ((config, may),) = rows(
            "owner",
            "select proconfig::text[], has_function_privilege(%s, oid, 'execute') from pg_proc where proname = %s",
            login("owner"),
            name,
        )
        assert any(line.startswith("search_path=") for line in config)
        assert may is False


@pytest.fixture(scope="module", autouse=True)
def _say_what_was_checked(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None:
        names = ", ".join(table for _, table in TABLES)
        reporter.write_line(f"\ncatalogue: {len(TABLES)} tables of organisations checked: {names}")
