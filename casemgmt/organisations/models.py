"""Organisations, their units (teams) and who works there in which role.

``Organisation`` and ``SignInPlace`` are listed exceptions to row security: they
say which organisations exist and who may sign in where, and nothing else.
"""

from datetime import timedelta
from uuid import uuid4

from django.db import models

from casemgmt.base.models import OrganisationModel, TenantForeignKey


class Organisation(models.Model):
    """A tenant: an organisation with a privacy regulation of its own.

    ``regulation`` names the shipped regulation that it follows, where that is not called after its slug.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=120)
    abbreviation = models.CharField(max_length=4)
    regulation = models.SlugField(max_length=60, blank=True, default="", db_index=False)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.slug


class SignInPlace(models.Model):
    """Where an account may sign in: asked before any organisation is current."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user_id = models.UUIDField(db_index=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user_id", "organisation"], name="one_place_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} @ {self.organisation_id}"


class Unit(OrganisationModel):
    """A team or unit; dossiers and people belong to one. Nobody begins in one that was closed."""

    name = models.CharField(max_length=120)
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation_id", "name"], name="unit_name_once")]

    def __str__(self) -> str:
        return self.name


class Membership(OrganisationModel):
    """Somebody's role in a unit, for a period.

    ``starts_on`` is the first day, ``ends_on`` the last day that it counts; the day before ``starts_on`` for a role
    that was ended at once on its first day. The same role in the same unit may be held again later; PostgreSQL
    refuses two such periods that share a day (migration 0003).
    """

    user_id = models.UUIDField()
    unit = TenantForeignKey(Unit)
    role = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="membership_period",
                condition=models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on") - timedelta(days=1)),
            ),
        ]
        indexes = [models.Index(fields=["organisation_id", "user_id"], name="membership_of_user")]

    def __str__(self) -> str:
        return f"{self.role} {self.user_id}"
