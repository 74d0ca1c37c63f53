"""Migration operations that make a table an organisation's own.

PostgreSQL keeps what Python promises: composite primary and foreign keys, row
security enabled and forced, and the grants of the application's role.
"""

from typing import Any

from django.conf import settings
from django.db import models, router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from casemgmt.base.models import TenantForeignKey, Writes

_GRANTS: dict[str, str] = {
    "all": "SELECT, INSERT, UPDATE, DELETE",
    "insert-delete": "SELECT, INSERT, DELETE",
    "append": "SELECT, INSERT",
    "read": "SELECT",
}

# PostgreSQL evaluates the sub-select once per statement, not once per row;
# the setting is '' and not NULL after a transaction that had it.
_MINE = "organisation_id = (select nullif(current_setting('app.organisation', true), '')::uuid)"

REFUSE_CHANGE = """
create or replace function casemgmt_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'Rows of % are never changed or removed.', tg_table_name using errcode = '42501';
end $$
"""


def app_role(alias: str) -> str:
    """The application's role in the cluster that the owner's alias migrates."""
    login = "vault" if alias.startswith("vault") else "default"
    return str(settings.DATABASES[login]["USER"])


class TenantTable(Operation):
    """Give a freshly made table composite keys, row security and its grants.

    ``writes`` is what the application may do: "all", "insert-delete" (rows are
    immutable but go with their dossier), "append" (never changed nor removed) or
    "read" (only the database itself writes).
    ``references_organisation`` is False only in the vault's cluster, which has
    no table of organisations.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, model_name: str, writes: Writes = "all", references_organisation: bool = True) -> None:
        self.model_name = model_name
        self.writes = writes
        self.references_organisation = references_organisation

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """The operation as a migration writes it."""
        return (
            self.__class__.__name__,
            [self.model_name],
            {"writes": self.writes, "references_organisation": self.references_organisation},
        )

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Django's picture of the model stays as it is."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Run the statements of ``statements`` on the owner's connection."""
        model = to_state.apps.get_model(app_label, self.model_name)
        alias = schema_editor.connection.alias
        if not router.allow_migrate_model(alias, model):
            return
        for statement in self.statements(model, app_role(alias)):
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Nothing to undo: the table itself goes with its CreateModel."""

    def statements(self, model: type[models.Model], role: str) -> list[str]:
        """The SQL that makes ``model``'s table an organisation's own, readable by ``role``."""
        table = model._meta.db_table
        made = [
            f'alter table "{table}" drop constraint "{table}_pkey",'
            f' add primary key (organisation_id, "{model._meta.pk.column}")'
        ]
        if self.references_organisation:
            made.append(
                f'alter table "{table}" add constraint "{table}_organisation_fk" foreign key'
                " (organisation_id) references organisations_organisation (id)"
            )
        for field in model._meta.local_fields:
            if isinstance(field, TenantForeignKey):
                made += foreign_key_statements(model, field)
        return made + _row_security(table) + self._grants(table, role)

    def _grants(self, table: str, role: str) -> list[str]:
        made = [
            f'revoke all on "{table}" from public, {role}',
            f'grant {_GRANTS[self.writes]} on "{table}" to {role}',
        ]
        if self.writes in ("all", "read"):
            return made
        forbidden = "update" if self.writes == "insert-delete" else "update or delete"
        made += [
            REFUSE_CHANGE,
            f'create trigger "{table}_immutable" before {forbidden} on "{table}"'
            " for each row execute function casemgmt_refuse_change()",
            f'create trigger "{table}_no_truncate" before truncate on "{table}"'
            " for each statement execute function casemgmt_refuse_change()",
        ]
        return made

    def describe(self) -> str:
        """One line for whoever reads the migration plan."""
        return f"Composite keys, row security and grants for {self.model_name} ({self.writes})"


class KeptTable(TenantTable):
    """Grants and triggers alone, for a table of no organisation whose rows are kept ("append" or "read").

    It may be in use: nothing here rewrites it or reads its rows, and it can be undone.
    """

    def __init__(self, model_name: str, writes: Writes) -> None:
        super().__init__(model_name, writes)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """The operation as a migration writes it."""
        return self.__class__.__name__, [self.model_name, self.writes], {}

    def statements(self, model: type[models.Model], role: str) -> list[str]:
        """The grants, and the triggers that refuse to change what is only added to."""
        return self._grants(model._meta.db_table, role)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """The table as it was: changed by whoever may write in it."""
        model = from_state.apps.get_model(app_label, self.model_name)
        alias = schema_editor.connection.alias
        if not router.allow_migrate_model(alias, model):
            return
        table = model._meta.db_table
        for trigger in ("immutable", "no_truncate"):
            schema_editor.execute(f'drop trigger if exists "{table}_{trigger}" on "{table}"', params=None)
        schema_editor.execute(f'grant {_GRANTS["all"]} on "{table}" to {app_role(alias)}', params=None)

    def describe(self) -> str:
        """One line for whoever reads the migration plan."""
        return f"Grants and triggers that keep {self.model_name} ({self.writes})"


class TenantReference(TenantTable):
    """The composite foreign key of a column added to an existing table.

    Under FORCE existing rows are not validated, so it is lifted in the same
    transaction while the constraint is added.
    """

    def __init__(self, model_name: str, field_name: str) -> None:
        super().__init__(model_name)
        self.field_name = field_name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """The operation as a migration writes it."""
        return self.__class__.__name__, [self.model_name, self.field_name], {}

    def statements(self, model: type[models.Model], role: str) -> list[str]:
        """Add the one constraint with row security not forced on the owner."""
        field = model._meta.get_field(self.field_name)
        assert isinstance(field, TenantForeignKey)
        table = model._meta.db_table
        return [
            f'alter table "{table}" no force row level security',
            *foreign_key_statements(model, field),
            f'alter table "{table}" force row level security',
        ]

    def describe(self) -> str:
        """One line for whoever reads the migration plan."""
        return f"Composite foreign key {self.model_name}.{self.field_name}"


def foreign_key_statements(model: type[models.Model], field: TenantForeignKey) -> list[str]:
    """The composite constraint and its index for one reference inside an organisation."""
    table, column = model._meta.db_table, field.column
    parent = field.related_model._meta.db_table
    name = f"{table}_{column}"[:55]
    shared = f'organisation_id, "{field.within}"' if field.within else "organisation_id"
    return [
        f'alter table "{table}" add constraint "{name}_fk" foreign key ({shared}, "{column}")'
        f' references "{parent}" ({shared}, id) deferrable initially deferred',
        f'create index "{name}_idx" on "{table}" (organisation_id, "{column}")',
    ]


def _row_security(table: str) -> list[str]:
    return [
        f'alter table "{table}" enable row level security',
        f'alter table "{table}" force row level security',
        f'create policy organisation_only on "{table}" using ({_MINE}) with check ({_MINE})',
    ]
