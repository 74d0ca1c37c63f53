"""What goes with a dossier: read from the declared treatments, so that no table can be forgotten."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from psycopg import sql

from casemgmt.base.models import OrganisationModel
from casemgmt.base.organisation import current
from casemgmt.base.treatments import declared
from casemgmt.vault.models import SealedFile
from dossiers.models import PortalAccess
from retention.models import Removal

# Lives in the vault's cluster and goes by a step of its own.
_KEYS = "keystore.DossierKey"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Names of stored files, opaque accounts and counts of rows; nothing about anybody."""

    files: tuple[str, ...]
    accounts: tuple[str, ...]
    rows: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """As stored with the removal."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Manifest":
        """As read back."""
        return cls(tuple(stored["files"]), tuple(stored["accounts"]), dict(stored["rows"]))

    @classmethod
    def of(cls, removal: Removal) -> "Manifest":
        """What was noted of a removal's dossier; empty when nothing was yet."""
        return cls.from_json(removal.manifest or {"files": [], "accounts": [], "rows": {}})

    def with_also(self, later: "Manifest") -> "Manifest":
        """This and what was found later: nothing that was once there is forgotten because it is gone by now."""
        return Manifest(
            files=tuple(sorted({*self.files, *later.files})),
            accounts=tuple(sorted({*self.accounts, *later.accounts})),
            # The rows of a table go in one transaction, so the largest number is that of all there were.
            rows={table: max(self.rows.get(table, 0), many) for table, many in {**self.rows, **later.rows}.items()},
        )


def tables() -> list[tuple[type[models.Model], str]]:
    """Every model whose rows go with a dossier, and the column that names the dossier."""
    found = []
    for label, treatment in declared:
        if treatment.goes_with_dossier and label != _KEYS:
            model = apps.get_model(label)
            found.append((model, column_of(model)))
    return found


def column_of(model: type[models.Model]) -> str:
    """The column that names the dossier in a table with dossier content; raises LookupError without one."""
    if model._meta.label == "dossiers.Dossier":
        return "id"
    columns = {field.column for field in model._meta.local_fields}
    for name in ("dossier_id", "content_object_id"):
        if name in columns:
            return name
    raise LookupError(f"{model._meta.label} goes with a dossier but does not say with which.")


def make(dossier_id: UUID) -> Manifest:
    """Count and name what there is now."""
    files = SealedFile.objects.filter(dossier_id=dossier_id).order_by("stored_as")
    portal = PortalAccess.objects.filter(dossier_id=dossier_id).values_list("user_id", flat=True)
    return Manifest(
        files=tuple(files.values_list("stored_as", flat=True)),
        accounts=tuple(sorted({str(user_id) for user_id in portal})),
        rows=counts(dossier_id),
    )


def counts(dossier_id: UUID) -> dict[str, int]:
    """How many rows of each table belong to the dossier, in one statement."""
    known = tables()
    one = sql.SQL("select {}::text, count(*) from {} where organisation_id = %s and {} = %s")
    parts = [
        one.format(sql.Literal(model._meta.label), sql.Identifier(model._meta.db_table), sql.Identifier(column))
        for model, column in known
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" union all ").join(parts), [current(), dossier_id] * len(parts))
        return dict(cursor.fetchall())


def count(model: type[models.Model], column: str, dossier_id: UUID) -> int:
    """How many rows of a table belong to the dossier."""
    found: int = _execute("select count(*) from {}", model, column, dossier_id)[0][0]
    return found


def erase_rows(dossier_id: UUID) -> None:
    """Remove every row of every table that goes with the dossier, in one transaction, set by set.

    The composite foreign keys are deferred, so the order of tables is free.
    """
    for model, column in tables():
        if not issubclass(model, OrganisationModel):
            raise LookupError(f"{model._meta.label} is no organisation's table.")
        _execute("delete from {}", model, column, dossier_id)


def _execute(what: str, model: type[models.Model], column: str, dossier_id: UUID) -> list[Any]:
    table, name = sql.Identifier(model._meta.db_table), sql.Identifier(column)
    statement = sql.SQL(what + " where organisation_id = %s and {} = %s").format(table, name)
    with connection.cursor() as cursor:
        cursor.execute(statement, [current(), dossier_id])
        return cursor.fetchall() if cursor.description else []
