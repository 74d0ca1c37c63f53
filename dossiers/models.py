"""The dossier itself, who works with it, and how portal accounts hang on it.

Nobody imports ``Dossier`` to fetch one: ``dossiers.access`` is the door.
People and recording have models of their own beside this file.
"""

from typing import ClassVar
from uuid import UUID

from django.db import models
from guardian.models import UserObjectPermissionBase

from casemgmt.base.models import OrganisationModel, TenantForeignKey
from casemgmt.organisations.models import Unit
from casemgmt.vault.fields import SealedText


class Dossier(OrganisationModel):
    """A client (system)'s dossier.

    ``opened_at`` sorts worklists; ``opened_on`` and ``closed_on`` are dates of law.
    """

    class State(models.TextChoices):
        """Open, closed, or frozen because its destruction has begun."""

        OPEN = "open"
        CLOSED = "closed"
        FROZEN = "frozen"

    number = models.CharField(max_length=40)
    unit = TenantForeignKey(Unit)
    name = SealedText(label="dossier.name")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation_id", "number"], name="dossier_number_once"),
            models.CheckConstraint(
                name="dossier_closed_has_date",
                condition=models.Q(state="open", closed_on__isnull=True)
                | models.Q(state__in=["closed", "frozen"], closed_on__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            # What a worklist reads and nothing else, so that it need not visit the rows.
            models.Index(
                fields=["organisation_id", "unit", "-opened_at", "-id"],
                condition=~models.Q(state="frozen"),
                name="worklist_of_team",
            ),
            models.Index(fields=["organisation_id", "-opened_at", "-id"], name="dossier_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def dossier_id(self) -> UUID:
        """A dossier's own sealed fields hang on its own key."""
        return self.id


class Assignment(UserObjectPermissionBase, OrganisationModel):
    """Somebody's access to one dossier, beside what their team gives: a guardian grant with a period.

    ``opened_at`` is copied from the dossier (it never changes), so that a
    worklist can be cut newest-first without reading dossiers. The days count
    from ``starts_on`` up to and including ``ends_on``. As what and why are typed
    words about a client's care, so they are sealed.
    """

    content_object = TenantForeignKey(Dossier)
    role_in_care = SealedText(label="assignment.role_in_care", null=True)
    ground = SealedText(label="assignment.ground", null=True)
    opened_at = models.DateTimeField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation_id", "user", "permission", "content_object"], name="assignment_once"
            ),
            models.CheckConstraint(
                name="assignment_period",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "user", "-opened_at", "-content_object"], name="assignment_newest")
        ]

    def __str__(self) -> str:
        return f"assignment of {self.user_id}"

    @property
    def dossier_id(self) -> UUID:
        """The dossier this gives access to."""
        dossier_id: UUID = self.content_object_id
        return dossier_id


from dossiers.people.models import Person, PortalAccess, Representation  # noqa: E402
from dossiers.recording.models import Draft, Entry, EntryAbout, EntryVersion, WorkingNote  # noqa: E402

__all__ = [
    "Assignment",
    "Dossier",
    "Draft",
    "Entry",
    "EntryAbout",
    "EntryVersion",
    "Person",
    "PortalAccess",
    "Representation",
    "WorkingNote",
]
