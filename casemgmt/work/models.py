"""One piece of work that waits for somebody, with its date and how that date was found.

What it says stands under the dossier's key. Work of the organisation itself
(a policy to publish, a log to review) has a kind and no words. And the alarm that
somebody read unusually many dossiers.
"""

from typing import ClassVar

from django.db import models

from casemgmt.base.models import OrganisationModel, TenantForeignKey
from casemgmt.organisations.models import Unit
from casemgmt.vault.fields import SealedJSON, SealedText


class Task(OrganisationModel):
    """A task for one person (``assignee_id``), or for whoever has ``capability`` in ``unit``.

    Without a unit everybody with the capability sees it. ``link_name`` is the
    page that does the work; its address is made of ``dossier_id`` and ``object_id``.
    ``reminded_days`` is how many days before the date the last reminder went out.
    """

    class State(models.TextChoices):
        """Open, done by somebody, or no longer needed."""

        OPEN = "open"
        DONE = "done"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=60)
    dossier_id = models.UUIDField(null=True)
    assignee_id = models.UUIDField(null=True)
    capability = models.CharField(max_length=40, blank=True, default="")
    unit = TenantForeignKey(Unit, null=True)
    title = SealedText(label="task.title", null=True)
    detail = SealedText(label="task.detail", null=True)
    decision = SealedJSON(label="task.decision", null=True)
    due_on = models.DateField()
    link_name = models.CharField(max_length=80, blank=True, default="")
    object_id = models.UUIDField(null=True)
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by_id = models.UUIDField(null=True)
    reminded_days = models.SmallIntegerField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="task_words_have_dossier",
                condition=models.Q(dossier_id__isnull=False)
                | models.Q(title__isnull=True, detail__isnull=True, decision__isnull=True),
            ),
            models.CheckConstraint(
                name="task_is_for_somebody", condition=models.Q(assignee_id__isnull=False) | ~models.Q(capability="")
            ),
            models.CheckConstraint(
                name="task_state_has_moment",
                condition=models.Q(state="open", done_at__isnull=True)
                | models.Q(state__in=["done", "cancelled"], done_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation_id", "assignee_id", "due_on"],
                name="task_of_person",
                condition=models.Q(state="open"),
            ),
            models.Index(
                fields=["organisation_id", "capability", "unit", "due_on"],
                name="task_of_desk",
                condition=models.Q(state="open"),
            ),
            models.Index(fields=["organisation_id", "due_on"], name="task_due", condition=models.Q(state="open")),
            models.Index(fields=["organisation_id", "dossier_id"], name="task_of_dossier"),
            models.Index(fields=["organisation_id", "object_id"], name="task_about"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class ReadingAlarm(OrganisationModel):
    """Somebody of staff opened unusually many dossiers: who, when and how many; which ones is in the trail only.

    ``most`` and ``minutes`` are the house rule at that moment.
    """

    user_id = models.UUIDField()
    began_at = models.DateTimeField()
    last_at = models.DateTimeField()
    dossiers = models.PositiveIntegerField()
    most = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    looked_by_id = models.UUIDField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation_id", "user_id", "began_at"], name="one_alarm_a_burst"),
            models.CheckConstraint(
                name="alarm_looked_into_by_another",
                condition=models.Q(looked_at__isnull=True, looked_by_id__isnull=True)
                | models.Q(looked_at__isnull=False, looked_by_id__isnull=False)
                & ~models.Q(looked_by_id=models.F("user_id")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["organisation_id", "-last_at"], name="alarm_by_time")]

    def __str__(self) -> str:
        return f"alarm {self.id}"
