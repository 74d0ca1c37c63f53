"""Wrapped keys. They live in another PostgreSQL cluster than the data, with
short-lived backups of its own, so that a destroyed key stays destroyed when an
old dump of the data is restored."""

from django.db import models

from casemgmt.base.models import OrganisationModel


class OrganisationKey(OrganisationModel):
    """An organisation's key, wrapped by the master key. ``version`` counts re-wraps."""

    wrapped = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation_id"], name="one_key_per_organisation")]

    def __str__(self) -> str:
        return f"key of {self.organisation_id}"


class DossierKey(OrganisationModel):
    """A dossier's key, wrapped by its organisation's key. ``wrapped`` goes at destruction."""

    dossier_id = models.UUIDField()
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation_id", "dossier_id"], name="one_key_per_dossier")]

    def __str__(self) -> str:
        return f"key of {self.dossier_id}"
