"""A letter: whom it is for and what it says, sealed, and the file of its print."""

from typing import ClassVar

from django.db import models

from casemgmt.base.models import OrganisationModel, TenantForeignKey
from casemgmt.letters.vocabulary import State
from casemgmt.vault.fields import SealedJSON, SealedText
from casemgmt.vault.models import SealedFile


class Letter(OrganisationModel):
    """One letter about a dossier. ``body`` holds its wording, from which it can be printed again."""

    dossier_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    addressee = SealedJSON(label="letter.addressee")
    title = SealedText(label="letter.title")
    body = SealedJSON(label="letter.body")
    to_person_id = models.UUIDField(null=True)
    file = TenantForeignKey(SealedFile, null=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField()
    made_by_id = models.UUIDField(null=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="letter_state_known", condition=models.Q(state__in=State.values)),
            models.CheckConstraint(
                name="letter_ready_has_file",
                condition=~models.Q(state=State.READY) | models.Q(file__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organisation_id", "dossier_id", "-made_at"], name="letter_of_dossier"),
            models.Index(fields=["organisation_id", "to_person_id", "-made_at"], name="letter_to_person"),
            models.Index(
                fields=["organisation_id", "made_at"],
                name="letter_waiting",
                condition=models.Q(state=State.WAITING),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
