"""Versions of an organisation's regulation, the changes made in a draft, and what a simulation found.

No row says anything about a client. What must not exist, PostgreSQL forbids: overlapping versions, a
published body that changes, a publisher who made, changed or submitted the version.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from casemgmt.base.models import OrganisationModel, TenantForeignKey


class State(models.TextChoices):
    """Where a version is on its way; published and superseded versions are frozen."""

    DRAFT = "draft", _("draft")
    SIMULATED = "simulated", _("worked through")
    SUBMITTED = "submitted", _("submitted")
    PUBLISHED = "published", _("published")
    SUPERSEDED = "superseded", _("superseded")


FROZEN = (State.PUBLISHED, State.SUPERSEDED)
OPEN = (State.DRAFT, State.SIMULATED)
PENDING = (*OPEN, State.SUBMITTED)


class PolicyVersion(OrganisationModel):
    """One version of the regulation as data, with who made it and who let it hold.

    ``body`` is JSON as text: PostgreSQL's jsonb would put tables in an order of its own, and the order of
    a regulation is part of how it reads. ``until_date`` is exclusive; both dates are plain columns.
    ``source`` names the shipped file of a version that came with the product and that no person made.
    """

    number = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    body = models.TextField()
    body_hash = models.CharField(max_length=64)
    source = models.CharField(max_length=120, blank=True, default="")
    from_date = models.DateField(null=True)
    until_date = models.DateField(null=True)
    based_on = TenantForeignKey("self", null=True, related_name="+")
    made_by_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    submitted_by_id = models.UUIDField(null=True)
    submitted_at = models.DateTimeField(null=True)
    published_by_id = models.UUIDField(null=True)
    published_at = models.DateTimeField(null=True)
    why = models.TextField(blank=True, default="")
    why_past = models.TextField(blank=True, default="")
    # What the second person said on sending the version back.
    answer = models.TextField(blank=True, default="")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation_id", "number"], name="policy_number_once"),
            # Two drafts at once would undo each other's changes unseen.
            models.UniqueConstraint(
                fields=["organisation_id"], name="policy_one_pending", condition=models.Q(state__in=PENDING)
            ),
            models.CheckConstraint(name="policy_state_known", condition=models.Q(state__in=State.values)),
            models.CheckConstraint(
                name="policy_published_by_another",
                condition=models.Q(published_by_id__isnull=True)
                | (
                    ~models.Q(published_by_id=models.F("submitted_by_id"))
                    & ~models.Q(published_by_id=models.F("made_by_id"))
                ),
            ),
            models.CheckConstraint(
                name="policy_submitted_by_whom_and_when",
                condition=models.Q(submitted_by_id__isnull=True, submitted_at__isnull=True)
                | models.Q(submitted_by_id__isnull=False, submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="policy_submitted_is_complete",
                condition=~models.Q(state=State.SUBMITTED)
                | (models.Q(submitted_by_id__isnull=False, from_date__isnull=False) & ~models.Q(why="")),
            ),
            # Only what no person made, the shipped regulation, holds without a second person.
            models.CheckConstraint(
                name="policy_published_is_complete",
                condition=~models.Q(state__in=FROZEN)
                | (
                    models.Q(from_date__isnull=False, published_at__isnull=False)
                    & (
                        models.Q(published_by_id__isnull=False, submitted_by_id__isnull=False)
                        | (models.Q(published_by_id__isnull=True, made_by_id__isnull=True) & ~models.Q(source=""))
                    )
                ),
            ),
            models.CheckConstraint(
                name="policy_period",
                condition=models.Q(until_date__isnull=True) | models.Q(until_date__gte=models.F("from_date")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organisation_id", "from_date"],
                name="policy_by_date",
                condition=models.Q(state__in=FROZEN),
            )
        ]

    def __str__(self) -> str:
        return f"version {self.number} ({self.state})"

    @property
    def is_frozen(self) -> bool:
        """Whether nobody can change this version any more."""
        return self.state in FROZEN


class PolicyChange(OrganisationModel):
    """One value that somebody changed in a draft; whoever did so cannot publish that version.

    ``old`` and ``new`` are JSON as text.
    """

    version = TenantForeignKey(PolicyVersion, related_name="changes")
    path = models.CharField(max_length=300)
    old = models.TextField()
    new = models.TextField()
    by_id = models.UUIDField()
    at = models.DateTimeField()

    tenant_writes = "insert-delete"

    def __str__(self) -> str:
        return self.path


class PolicySimulation(OrganisationModel):
    """What a draft would change, worked out in the background for one exact content."""

    class State(models.TextChoices):
        """How far the work is."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("went wrong")

    version = TenantForeignKey(PolicyVersion, related_name="simulations")
    body_hash = models.CharField(max_length=64)
    on = models.DateField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    asked_by_id = models.UUIDField()
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    doing = models.CharField(max_length=160, blank=True, default="")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    result = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="simulation_state_known",
                condition=models.Q(state__in=["waiting", "running", "done", "failed"]),
            ),
            models.CheckConstraint(
                name="simulation_done_has_moment",
                condition=~models.Q(state="done") | models.Q(finished_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "version", "-asked_at"], name="simulation_of_version")
        ]

    def __str__(self) -> str:
        return f"simulation {self.state}"
