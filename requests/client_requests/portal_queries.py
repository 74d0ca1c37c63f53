"""Access to the portal, and the letters of this package, as plain values for the pages of staff."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from casemgmt.accounts.models import PortalInvitation
from casemgmt.base.errors import NotThere
from casemgmt.letters.models import Letter
from casemgmt.letters.queries import LetterLine, letters_of
from casemgmt.letters.vocabulary import Kind
from client_requests.invitations import MAY_HAVE_PORTAL, invitable
from dossiers.frame import people_of
from dossiers.models import Dossier, PortalAccess

# Letters to people in the dossier: what staff opens, prints and hands over on one and the same page.
OURS = frozenset({Kind.REQUEST_RECEIVED, Kind.REQUEST_DECISION, Kind.PORTAL_INVITATION, Kind.DISCLOSURE_NOTICE})


@dataclass(frozen=True, slots=True)
class AccessLine:
    """Somebody's access to the portal."""

    id: UUID
    name: str
    since: datetime
    ended_at: datetime | None
    frozen_until: date | None
    frozen_why: str
    used: bool


@dataclass(frozen=True, slots=True)
class AccessPage:
    """Everybody with access, whom one can invite, and the letters."""

    lines: tuple[AccessLine, ...]
    people: tuple[tuple[str, str], ...]
    letters: tuple[LetterLine, ...]
    today: date


def access_page(dossier: Dossier, on: date) -> AccessPage:
    """Everybody's access to the portal about this dossier, those that ended last; its key must be loaded."""
    rows = list(PortalAccess.objects.filter(dossier=dossier).select_related("person").order_by("ended_at", "since"))
    used = dict(
        PortalInvitation.objects.filter(user_id__in=[row.user_id for row in rows]).values_list("user_id", "used_at")
    )
    held = {row.person_id for row in rows if row.ended_at is None}
    allowed = {id_ for id_, decision in invitable(dossier, on).items() if decision.outcome["allowed"]}
    people = [
        (str(one.id), f"{one.name} ({one.get_role_display()})")
        for one in people_of(dossier)
        if one.id in allowed - held and one.role in MAY_HAVE_PORTAL
    ]
    shown = [
        AccessLine(
            id=row.id,
            name=row.person.name,
            since=row.since,
            ended_at=row.ended_at,
            frozen_until=row.frozen_until if row.frozen_until and row.frozen_until >= on else None,
            frozen_why=row.frozen_why or "",
            used=used.get(row.user_id) is not None,
        )
        for row in rows
    ]
    ours = tuple(one for one in letters_of(dossier.id) if one.kind == Kind.PORTAL_INVITATION)
    return AccessPage(tuple(shown), tuple(people), ours, on)


def letter_of_ours(dossier: Dossier, letter_id: UUID) -> Letter:
    """One letter to somebody in this dossier, with its print; raises NotThere for any other."""
    row = Letter.objects.select_related("file").filter(dossier_id=dossier.id, id=letter_id, kind__in=OURS).first()
    if row is None:
        raise NotThere
    found: Letter = row
    return found
