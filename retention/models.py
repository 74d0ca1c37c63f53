"""End dates, holds, removals, certificates and the ledger of what was erased.

A removal, its certificate and the ledger outlive their dossier: they hold its
pseudonymous id and nothing about anybody. What was sealed in a removal becomes
unreadable with the dossier's key.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from casemgmt.base.models import OrganisationModel
from casemgmt.vault.fields import SealedJSON, SealedText
from dossiers.content import DossierContent
from retention.vocabulary import EVER_APPROVED, EVER_REVIEWED, RUNNING, RemovalState


class EndDate(DossierContent):
    """When a closed dossier's term has passed: computed when facts or rules change, and stored.

    ``due_on`` is the first day on which the term has fully passed; None while the
    clock does not run. ``answers`` are a person's judgements the rule asks for
    (does keeping help to end abuse, is adoption involved …).
    """

    due_on = models.DateField(null=True)
    waits = models.BooleanField(default=False)
    extended_until = models.DateField(null=True)
    extended_why = SealedText(label="end_date.extended_why", null=True)
    answers = SealedJSON(label="end_date.answers")
    decision = SealedJSON(label="end_date.decision")
    version = models.CharField(max_length=120)
    calculated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation_id", "dossier"], name="one_end_date_per_dossier"),
            models.CheckConstraint(
                name="extension_has_reason",
                condition=Q(extended_until__isnull=True) | Q(extended_why__isnull=False),
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["organisation_id", "due_on"], include=["dossier", "waits"], name="end_date_due")
        ]

    def __str__(self) -> str:
        return f"end date {self.due_on}"


class Hold(DossierContent):
    """A reason not to destroy, for as long as it stands: read on every path to destruction."""

    why = SealedText(label="hold.why")
    placed_by_id = models.UUIDField()
    placed_at = models.DateTimeField()
    lifted_by_id = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="hold_lifted_by_somebody",
                condition=Q(lifted_at__isnull=True, lifted_by_id__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by_id__isnull=False),
            )
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["organisation_id", "dossier"], name="hold_standing", condition=Q(lifted_at=None))
        ]

    def __str__(self) -> str:
        return f"hold {self.id}"


class Removal(OrganisationModel):
    """One dossier on its way out: proposed by the night, reviewed, approved by another, destroyed.

    ``manifest`` names stored files, opaque portal accounts and row counts;
    ``absence`` what was looked for afterwards and not found.
    """

    dossier_id = models.UUIDField()
    state = models.CharField(max_length=12, choices=RemovalState.choices, default=RemovalState.PROPOSED)
    due_on = models.DateField()
    articles = models.JSONField()
    version = models.CharField(max_length=120)
    decision = SealedJSON(label="removal.decision")
    words = SealedText(label="removal.words", null=True)
    proposed_at = models.DateTimeField()
    reviewed_by_id = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    approved_by_id = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    cooling_until = models.DateTimeField(null=True)
    manifest = models.JSONField(null=True)
    absence = models.JSONField(null=True)
    key_destroyed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="removal_state_known", condition=Q(state__in=RemovalState.values)),
            models.UniqueConstraint(
                fields=["organisation_id", "dossier_id"], name="one_running_removal", condition=Q(state__in=RUNNING)
            ),
            models.CheckConstraint(
                name="removal_reviewed_by_somebody",
                condition=~Q(state__in=EVER_REVIEWED) | Q(reviewed_by_id__isnull=False, reviewed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="removal_approved_by_another",
                condition=~Q(state__in=EVER_APPROVED)
                | (
                    Q(approved_by_id__isnull=False, approved_at__isnull=False, cooling_until__isnull=False)
                    & ~Q(approved_by_id=F("reviewed_by_id"))
                ),
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["organisation_id", "state", "due_on"], name="removal_list"),
            models.Index(fields=["organisation_id", "dossier_id"], name="removal_of_dossier"),
        ]

    def __str__(self) -> str:
        return f"removal {self.id}: {self.state}"


class Certificate(OrganisationModel):
    """Proof that a dossier was destroyed: a signed text without personal data, one for each dossier."""

    dossier_id = models.UUIDField()
    number = models.CharField(max_length=60)
    text = models.TextField()
    signature = models.BinaryField()
    made_at = models.DateTimeField()

    tenant_writes = "append"

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation_id", "dossier_id"], name="one_certificate"),
            models.UniqueConstraint(fields=["organisation_id", "number"], name="certificate_number_once"),
        ]

    def __str__(self) -> str:
        return self.number


class ErasureLedger(OrganisationModel):
    """Which dossiers were erased and when; replayed on a restored database before anybody signs in."""

    dossier_id = models.UUIDField()
    erased_at = models.DateTimeField()

    tenant_writes = "append"

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["organisation_id", "dossier_id"], name="erased_once")
        ]

    def __str__(self) -> str:
        return f"erased {self.dossier_id}"
