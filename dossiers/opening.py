"""Opening a dossier from a page: the teams to choose from, the next number, and the first client in it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError
from django.db.models import BigIntegerField, Max
from django.db.models.functions import Cast, Substr
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from casemgmt.base.db import reads
from casemgmt.base.errors import Conflict
from casemgmt.organisations import acts as units
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import Unit
from dossiers.access import open_dossier
from dossiers.acts import NewDossier, create_dossier
from dossiers.content import SavedBefore
from dossiers.models import Dossier, Person
from dossiers.people.acts import NewPerson, is_as_sent
from dossiers.verbs import Verb

# What can be the figures of a number; as many as a number in the database holds.
FIGURES = r"^\d{4,18}$"


@reads
def units_for(ids: Iterable[UUID]) -> list[tuple[str, str]]:
    """The units with these ids as choices, by name."""
    rows = Unit.objects.filter(id__in=list(ids)).order_by("name").values_list("id", "name")
    return [(str(unit_id), name) for unit_id, name in rows]


@reads
def suggested_number(abbreviation: str, on: date) -> str:
    """The number after the highest of this year: SH-2026-0419, and after SH-2026-9999 SH-2026-10000."""
    prefix = f"{abbreviation}-{on.year}-"
    rows = Dossier.objects.annotate(rest=Substr("number", len(prefix) + 1))
    taken = rows.filter(number__startswith=prefix, rest__regex=FIGURES)
    last = taken.aggregate(last=Max(Cast("rest", BigIntegerField())))["last"]
    return f"{prefix}{(last or 0) + 1:04d}"


@reads
def number_taken(number: str) -> bool:
    """Whether a dossier of this organisation has the number already."""
    return Dossier.objects.filter(number=number).exists()


def open_with_client(given: Mapping[str, Any], *, by: Actor, at: datetime) -> UUID:
    """Open a dossier with its first client; the same form sent twice gives the dossier that it opened.

    Raises SavedBefore for something else in that form, Conflict for a number in use, and NotAllowed.
    """
    new = NewDossier(number=given["number"], name=given["name"], unit_id=UUID(given["unit"]))
    client = NewPerson("client", given["client_name"], given["client_birth_date"], bsn=given["client_bsn"] or None)
    dossier_id = _id_for(given["row_id"], by)
    if _opened_before(dossier_id, new, client, by):
        return dossier_id
    taken = _("This number is in use. Choose another.")
    if number_taken(new.number):
        raise Conflict(taken)
    try:
        return create_dossier(new, by=by, at=at, client=client, dossier_id=dossier_id)
    except IntegrityError:
        if _opened_before(dossier_id, new, client, by):  # at this very moment, by a second click
            return dossier_id
        raise Conflict(taken) from None


def _id_for(form_id: UUID, by: Actor) -> UUID:
    """The id of what somebody opens with a form: the same form gives the same, and nobody can choose one."""
    made = salted_hmac("dossiers.open", f"{by.organisation_id} {by.user_id} {form_id}", algorithm="sha256")
    return UUID(bytes=made.digest()[:16], version=4)


def _opened_before(dossier_id: UUID, new: NewDossier, client: NewPerson, by: Actor) -> bool:
    """Whether this same form opened the dossier; it is looked into through the door, so that leaves its row."""
    if not _is_there(dossier_id):
        return False

    def as_sent(dossier: Dossier) -> bool:
        first = Person.objects.filter(dossier=dossier).order_by("position", "id").first()
        head = (dossier.number, dossier.name, dossier.unit_id) == (new.number, new.name, new.unit_id)
        return head and first is not None and is_as_sent(first, client)

    if open_dossier(by, dossier_id, Verb.READ, as_sent, data="dossier"):
        return True
    raise SavedBefore


@reads
def _is_there(dossier_id: UUID) -> bool:
    return Dossier.objects.filter(id=dossier_id).exists()


def install() -> None:
    """Tell those who close teams which ones have open dossiers; called once when the application starts."""
    units.unit_in_use[:] = [why_not_close]


@reads
def why_not_close(unit_id: UUID) -> str:
    """Why a team cannot close yet: an open dossier would be reached by nobody."""
    if Dossier.objects.filter(unit_id=unit_id, state=Dossier.State.OPEN).exists():
        return _("There is still open work in this team. Close it first.")
    return ""
