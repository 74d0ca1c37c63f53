"""Wrapped keys. They live in another PostgreSQL cluster than the data, with
short-lived backups of its own, so that a destroyed key stays destroyed when an
old dump of the data is restored."""

from django.db import models

from casemgmt.base.models import OrganisationModel


class OrganisationKey(OrganisationModel):
    """An organisation's key, wrapped by the master key; during a rotation there are two versions.

    ``search`` is the key of the search tokens, wrapped by this one. It stays the same through every rotation, since
    another would mean opening every dossier to find its names again; empty where it is derived from the first version.
    """

    wrapped = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    search = models.BinaryField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation_id", "version"], name="one_key_per_version")]

    def __str__(self) -> str:
        return f"key of {self.organisation_id}"


class DossierKey(OrganisationModel):
    """A dossier's key, wrapped by a version of its organisation's key. ``wrapped`` goes at destruction.

    The database refuses a ``key_version`` that is not there, and lets none go that a row still names.
    """

    dossier_id = models.UUIDField()
    wrapped = models.BinaryField()
    # With a default in the database: the release before this one writes rows without it during an upgrade.
    key_version = models.PositiveIntegerField(default=1, db_default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation_id", "dossier_id"], name="one_key_per_dossier")]

    def __str__(self) -> str:
        return f"key of {self.dossier_id}"
