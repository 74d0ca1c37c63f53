"""Opening a dossier and giving people access to it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.errors import NotAllowed
from casemgmt.organisations.actors import Actor
from casemgmt.vault.keys import create_dossier_key
from casemgmt.vault.tokens import name_tokens, number_tokens, replace_tokens
from dossiers.access import permission_to_view
from dossiers.models import Assignment, Dossier

MAY_OPEN = "dossier.open"


@dataclass(frozen=True, slots=True)
class NewDossier:
    """What opening a dossier needs. ``name`` is how the team calls it ("Gezin Bakker")."""

    number: str
    name: str
    unit_id: UUID


def create_dossier(new: NewDossier, *, by: Actor, at: datetime) -> UUID:
    """Open a dossier for a unit in which ``by`` may do so; returns its id.

    The key is made and committed in the vault first: a crash in between leaves a
    key without a dossier, which the sweep removes, never a dossier without a key.
    Raises NotAllowed.
    """
    if new.unit_id not in by.units_where(MAY_OPEN):
        raise NotAllowed(_("You can open dossiers only for a team in which your role includes it."))
    dossier_id = uuid4()
    create_dossier_key(dossier_id)
    with transaction.atomic():
        Dossier.objects.create(
            id=dossier_id,
            number=new.number,
            unit_id=new.unit_id,
            name=new.name,
            opened_at=at,
            opened_on=clock.local_date(at),
        )
        tokens = name_tokens(new.name) | number_tokens("number", new.number)
        replace_tokens(dossier_id, dossier_id, tokens)
        events.record(Action.CREATE, dossier_id=dossier_id, data="dossier")
    return dossier_id


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """Access for one person to one dossier, from a day up to and including another."""

    user_id: UUID
    role_in_care: str
    starts_on: date
    ends_on: date | None = None
    ground: str = ""


def assign(dossier: Dossier, new: NewAssignment) -> Assignment:
    """Give somebody access to a dossier that the door handed out (``change_dossier``)."""
    row = Assignment.objects.create(
        user_id=new.user_id,
        permission=permission_to_view(),
        content_object=dossier,
        role_in_care=new.role_in_care,
        ground=new.ground,
        opened_at=dossier.opened_at,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
    )
    events.record(Action.GRANT, dossier_id=dossier.id, data="assignment", object_id=new.user_id)
    return row
