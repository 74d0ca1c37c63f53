"""What every table with a dossier's content has in common; packages to our right use it too."""

from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base.errors import Conflict, NotThere
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


class SavedBefore(Conflict):
    """A form was sent again with something else in it; what it saved the first time was not touched."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This form was sent before with something else in it; that was saved and stays as it is. "
                "What you filled in now is below. Send it again to save it beside the first."
            )
        )


Row = TypeVar("Row", bound=DossierContent)


def saved_before(rows: type[Row], row_id: UUID | None, dossier_id: UUID) -> Row | None:
    """The row that this same form made before, if any; raises NotThere for an id that is another dossier's.

    ``row_id`` comes with the form; the dossier's row is locked, so that two at once come one after the other.
    """
    known = rows._default_manager.filter(id=row_id).first() if row_id else None
    if known is not None and known.dossier_id != dossier_id:
        raise NotThere
    return known
