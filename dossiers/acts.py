"""Opening a dossier and giving people access to it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.errors import Conflict, NotAllowed, NotThere
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import Membership
from casemgmt.vault.keys import create_dossier_key, load_keys
from casemgmt.vault.tokens import name_tokens, number_tokens, replace_tokens
from dossiers.access import permission_to_view
from dossiers.models import Assignment, Dossier
from dossiers.people.acts import NewPerson, add_person

MAY_OPEN = "dossier.open"


@dataclass(frozen=True, slots=True)
class NewDossier:
    """What opening a dossier needs. ``name`` is how the team calls it ("Gezin Bakker")."""

    number: str
    name: str
    unit_id: UUID


def create_dossier(
    new: NewDossier, *, by: Actor, at: datetime, client: NewPerson | None = None, dossier_id: UUID | None = None
) -> UUID:
    """Open a dossier for a unit in which ``by`` may do so, ``client`` in it from the start; returns its id.

    The dossier and its client are there together or not at all. The key is made and committed in the vault first:
    a crash in between leaves a key without a dossier, which the night reports, never a dossier without a key.
    ``dossier_id``: the id it gets, so that opening it again opens no second one. Raises NotAllowed, and
    IntegrityError for an id or a number that is in use.
    """
    if new.unit_id not in by.units_where(MAY_OPEN):
        raise NotAllowed(_("You can open dossiers only for a team in which your role includes it."))
    dossier_id = dossier_id or uuid4()
    _make_key(dossier_id)
    with transaction.atomic():
        dossier = Dossier.objects.create(
            id=dossier_id,
            number=new.number,
            unit_id=new.unit_id,
            name=new.name,
            opened_at=at,
            opened_on=clock.local_date(at),
        )
        replace_tokens(dossier_id, dossier_id, tokens_of_dossier(new.name, new.number))
        events.record(Action.CREATE, dossier_id=dossier_id, data="dossier")
        if client is not None:
            add_person(dossier, client, by=by, at=at)
    return dossier_id


def _make_key(dossier_id: UUID) -> None:
    """Make its key; there is one when this same opening broke off after that, or is under way at this moment."""
    try:
        create_dossier_key(dossier_id)
    except IntegrityError:
        load_keys([dossier_id])


def tokens_of_dossier(name: str, number: str) -> set[bytes]:
    """Everything a dossier itself can be found by; its people have their own."""
    return name_tokens(name) | number_tokens("number", number)


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
    row: Assignment = Assignment.objects.create(
        user_id=new.user_id,
        permission=permission_to_view(),
        content_object=dossier,
        role_in_care=new.role_in_care,
        ground=new.ground or None,
        opened_at=dossier.opened_at,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
    )
    events.record(Action.GRANT, dossier_id=dossier.id, data="assignment", object_id=new.user_id)
    return row


def give_access(dossier: Dossier, new: NewAssignment, *, by: Actor) -> Assignment:
    """Add a colleague to a dossier that the door handed out; nobody adds themselves.

    Raises NotAllowed for oneself, Conflict for a period that ends before it starts,
    and NotThere for somebody who does not work here. Somebody who was here before
    gets the new period.
    """
    if new.user_id == by.user_id:
        raise NotAllowed(_("You cannot give yourself access. Ask a colleague of the team or your manager."))
    if new.ends_on is not None and new.ends_on < new.starts_on:
        raise Conflict(_("The last day lies before the first."))
    if not Membership.objects.filter(user_id=new.user_id).exists():
        raise NotThere
    Assignment.objects.filter(content_object=dossier, user_id=new.user_id).delete()
    return assign(dossier, new)


def end_access(dossier: Dossier, assignment_id: UUID, *, on: date) -> None:
    """Let somebody's access end at once: yesterday was the last day. Raises NotThere."""
    row = Assignment.objects.select_for_update().filter(content_object=dossier, id=assignment_id).first()
    if row is None:
        raise NotThere
    if row.starts_on >= on:
        row.delete()
    else:
        row.ends_on = on - timedelta(days=1)
        row.save(update_fields=["ends_on"])
    events.record(Action.GRANT, dossier_id=dossier.id, data="assignment", object_id=row.user_id, ground="ended")
