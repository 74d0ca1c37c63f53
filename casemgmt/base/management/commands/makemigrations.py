"""Django's makemigrations, which does not forget what makes a table an organisation's own."""

from typing import Any, TypeGuard

from django.apps import apps
from django.core.management.commands import makemigrations
from django.db import migrations
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation

from casemgmt.base.models import OrganisationModel, TenantForeignKey
from casemgmt.base.tenancy import TenantReference, TenantTable


class Command(makemigrations.Command):
    """Appends TenantTable for every new table of an organisation, TenantReference for every new reference."""

    def write_migration_files(self, changes: dict[str, list[Migration]], *args: Any, **kwargs: Any) -> None:
        """Complete each migration before it is written."""
        for app_label, found in changes.items():
            for migration in found:
                completed = [*migration.operations, *_completing(app_label, migration)]
                migration.operations = completed  # type: ignore[misc]  # an instance's own, whatever the stubs say
                _depend_on_organisations(app_label, migration)
        super().write_migration_files(changes, *args, **kwargs)


def _completing(app_label: str, migration: Migration) -> list[Operation]:
    made: list[Operation] = []
    created: set[str] = set()
    for operation in migration.operations:
        if isinstance(operation, migrations.CreateModel):
            model = apps.get_model(app_label, operation.name)
            if issubclass(model, OrganisationModel):
                created.add(operation.name.lower())
                made.append(TenantTable(operation.name, model.tenant_writes, app_label != "keystore"))
        elif _is_reference(operation) and operation.model_name.lower() not in created:
            made.append(TenantReference(operation.model_name, operation.name))
    return made


def _is_reference(operation: Operation) -> TypeGuard[migrations.AddField]:
    return isinstance(operation, migrations.AddField) and isinstance(operation.field, TenantForeignKey)


def _depend_on_organisations(app_label: str, migration: Migration) -> None:
    needed = ("organisations", "0001_initial")
    tables = any(isinstance(operation, TenantTable) for operation in migration.operations)
    if tables and app_label not in ("organisations", "keystore") and needed not in migration.dependencies:
        migration.dependencies = [*migration.dependencies, needed]  # type: ignore[misc]
