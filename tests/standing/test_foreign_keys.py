"""References point left in the import order, stay inside an organisation, and are never implicit."""

import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from casemgmt.base.models import OrganisationModel, TenantForeignKey

ROOT = Path(__file__).resolve().parents[2]
# Foreign keys to users, each with its reason.
TO_USERS = {
    "audit.LogEntry.actor": "inherited from auditlog; protected, so that no user with entries can be deleted",
    "dossiers.Assignment.user": "guardian's own column; ends with the assignment",
}
TABLES = [model for model in apps.get_models(include_auto_created=True) if issubclass(model, OrganisationModel)]
each_table = pytest.mark.parametrize("model", TABLES, ids=[model._meta.label for model in TABLES])


def order() -> list[set[str]]:
    """The layers of the import contract, lowest first."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = contract["contracts"][0]["layers"]
    return [{name.strip() for name in layer.split("|")} for layer in reversed(layers)]


def height(package: str) -> int | None:
    """How high a package stands; None for libraries."""
    for level, names in enumerate(order()):
        if any(package == name or package.startswith(f"{name}.") for name in names):
            return level
    return None


@each_table
def test_no_foreign_key_points_upward(model: type[models.Model]) -> None:
    own = height(model._meta.app_config.name)
    assert own is not None, f"{model._meta.label} stands in no layer"
    for field in model._meta.local_fields:
        if field.is_relation:
            other = height(field.related_model._meta.app_config.name)
            assert other is None or other <= own, f"{model._meta.label}.{field.name} points up"


@each_table
def test_a_reference_to_an_organisations_table_is_a_tenant_foreign_key(model: type[models.Model]) -> None:
    for field in model._meta.local_fields:
        if field.is_relation and issubclass(field.related_model, OrganisationModel):
            assert isinstance(field, TenantForeignKey), field.name
            assert field.remote_field.on_delete in (models.PROTECT, models.DO_NOTHING, models.RESTRICT), field.name


@each_table
def test_no_many_to_many_no_table_inheritance_no_generic_reference(model: type[models.Model]) -> None:
    assert not model._meta.local_many_to_many
    assert not model._meta.parents
    assert not model._meta.auto_created
    assert not [field for field in model._meta.private_fields if isinstance(field, GenericForeignKey)]


@each_table
def test_people_are_named_by_plain_ids_because_rows_outlive_users(model: type[models.Model]) -> None:
    for field in model._meta.local_fields:
        if field.is_relation and field.related_model._meta.label == "accounts.User":
            assert f"{model._meta.label}.{field.name}" in TO_USERS
