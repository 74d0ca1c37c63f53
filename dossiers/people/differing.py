"""What is known of somebody beside what somebody else filled in: for who was slower, so that nothing is lost unseen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.web.dates import date_plain
from dossiers.models import Representation
from dossiers.people.acts import FIELDS, NewPerson, unshown
from dossiers.people.representing import Represented
from dossiers.people.vocabulary import PersonRole


@dataclass(frozen=True, slots=True)
class Difference:
    """One question with two answers: what is in the dossier now, and what was filled in."""

    label: str
    now: str
    yours: str


def differences(
    now: NewPerson, yours: NewPerson, labels: Mapping[str, str], clients: Iterable[tuple[UUID, str]]
) -> tuple[Difference, ...]:
    """Where two versions of a person differ, custody of each client apart.

    ``labels``: what the form calls each field; ``clients``: whom one can represent, with their names.
    """
    found = [Difference(labels[name], *both) for name in labels if (both := _both(now, yours, name)) is not None]
    theirs, mine = ({one.client_id: one for one in who.represents} for who in (now, yours))
    for client_id, name in clients:
        if theirs.get(client_id) != mine.get(client_id):
            label = _("Represents %(name)s") % {"name": name}
            found.append(Difference(label, _custody(theirs.get(client_id)), _custody(mine.get(client_id))))
    return tuple(found)


def days_of(row: Represented | Representation) -> tuple[str, ...]:
    """Between which days somebody represents a client."""
    first = (_("from %(day)s") % {"day": date_plain(row.starts_on)},) if row.starts_on else ()
    last = (_("up to and including %(day)s") % {"day": date_plain(row.ends_on)},) if row.ends_on else ()
    return (*first, *last)


def _both(now: NewPerson, yours: NewPerson, name: str) -> tuple[str, str] | None:
    """Both answers in words; None where they are the same."""
    if name not in FIELDS:
        return None
    old, new = getattr(now, name), getattr(yours, name)
    if old == new:
        return None
    return _("known, not shown") if name in unshown(now) else _said(name, old), _said(name, new)


def _said(name: str, value: str | date | bool | None) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, date):
        return date_plain(value)
    if not value:
        return _("nothing")
    return str(PersonRole(value).label) if name == "role" else value


def _custody(one: Represented | None) -> str:
    return ", ".join((_("yes"), *days_of(one))) if one else _("no")
