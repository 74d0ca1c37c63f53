"""What every table with a dossier's content has in common; packages to our right use it too."""

from uuid import UUID

from casemgmt.base.models import OrganisationModel, TenantForeignKey
from casemgmt.organisations.actors import Actor


def author_of(actor: Actor) -> UUID:
    """Whose words these are; only a person writes, so the application itself raises ValueError."""
    if actor.user_id is None:
        raise ValueError("The application itself writes nothing in a dossier.")
    return actor.user_id


class DossierContent(OrganisationModel):
    """A row that belongs to one dossier and goes with it."""

    dossier = TenantForeignKey("dossiers.Dossier", related_name="+")

    class Meta:
        abstract = True
