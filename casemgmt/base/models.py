"""What every table of an organisation has in common, and the tables of the ground floor.

The queue (``Job``) is a listed exception to row security: it holds no content,
only which organisation has which kind of work on which opaque subject.
"""

from typing import Any, ClassVar, Literal
from uuid import uuid4

from django.db import models

from casemgmt.base.organisation import current

Writes = Literal["all", "insert-delete", "append", "read"]


class OrganisationModel(models.Model):
    """A row that belongs to one organisation; PostgreSQL's primary key is (organisation_id, id)."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation_id = models.UUIDField(default=current, editable=False)

    # What the application may do: "all"; "insert-delete" (immutable, goes with its
    # dossier); "append" (never changed nor removed); "read". Migrations make grants of it.
    tenant_writes: ClassVar[Writes] = "all"

    class Meta:
        abstract = True


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A reference inside one organisation.

    Django makes no single-column constraint; the migration operation
    ``TenantTable`` makes the composite one and its index. ``within`` names a
    column that both tables have and that must be equal, such as "dossier_id";
    the other table then has a unique constraint on organisation, that column and id.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, *, within: str = "", **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        self.within = within
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """The field as a migration writes it, without the two settings that are always so."""
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        if self.within:
            kwargs["within"] = self.within
        return name, path, args, kwargs


class Opening(models.Model):
    """Where this database was opened: one row, which a copy of the database elsewhere does not fit.

    Only the owner writes it (``casemgmt.base.opening``).
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    place = models.CharField(max_length=80)
    token = models.UUIDField()
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="one_opening", condition=models.Q(id=1))]

    def __str__(self) -> str:
        return f"opened at {self.opened_at}"


class Job(models.Model):
    """One piece of work for later: a kind and an opaque subject, nothing about anybody."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organisation_id = models.UUIDField()
    kind = models.CharField(max_length=80)
    subject = models.UUIDField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation_id", "kind", "subject"], name="job_once_per_subject")
        ]
        indexes = [models.Index(fields=["due_at"], name="job_due", condition=models.Q(failed_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
