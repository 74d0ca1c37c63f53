"""What every table with a dossier's content has in common; packages to our right use it too."""

from casemgmt.base.models import OrganisationModel, TenantForeignKey


class DossierContent(OrganisationModel):
    """A row that belongs to one dossier and goes with it."""

    dossier = TenantForeignKey("dossiers.Dossier", related_name="+")

    class Meta:
        abstract = True
