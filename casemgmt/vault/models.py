"""What the vault keeps beside the data: search tokens and the index of sealed files."""

from typing import ClassVar

from django.db import models

from casemgmt.base.models import OrganisationModel


class SearchToken(OrganisationModel):
    """One way to find a dossier: an HMAC of (part of) a name, a number or an address."""

    token = models.BinaryField()
    dossier_id = models.UUIDField()
    # Which person the token came from, so that a changed name replaces its own tokens.
    source_id = models.UUIDField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation_id", "token", "dossier_id", "source_id"],
                name="token_once_per_source",
            )
        ]
        indexes: ClassVar = [models.Index(fields=["organisation_id", "dossier_id"], name="token_of_dossier")]

    def __str__(self) -> str:
        return "search token"


class SealedFile(OrganisationModel):
    """A file of a dossier: its bytes lie sealed on disk under a generated name."""

    dossier_id = models.UUIDField()
    stored_as = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation_id", "stored_as"], name="stored_name_once")
        ]
        indexes: ClassVar = [models.Index(fields=["organisation_id", "dossier_id"], name="file_of_dossier")]

    def __str__(self) -> str:
        return self.stored_as
