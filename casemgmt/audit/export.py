"""The trail in the words of NEN 7513, for whoever must hand it over or watches it elsewhere.

Field names follow the NEN 7513 extension of the Dutch logging standard, which
is a draft. No row holds a name: users and dossiers are ids, and sealed words
stay behind.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from casemgmt.audit import events
from casemgmt.audit.models import AccessEvent, EventSubject
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.organisations.places import OrganisationValue

# EventActionCode: create, read, update, delete, execute.
_CODES = {
    Action.READ: "R",
    Action.SEARCH: "R",
    Action.PRINT: "R",
    Action.EXPORT: "R",
    Action.CREATE: "C",
    Action.ADD: "C",
    Action.CONSENT: "C",
    Action.CHANGE: "U",
    Action.CLOSE: "U",
    Action.GRANT: "U",
    Action.POLICY: "U",
    Action.REMOVE: "D",
    Action.DESTROY: "D",
}
# EventOutcomeIndicator: 0 success, 4 minor failure (refused, not found), 8 serious failure.
_OUTCOMES = {Outcome.SHOWN: 0, Outcome.DONE: 0, Outcome.DENIED: 4, Outcome.UNKNOWN: 4, Outcome.FAILED: 8}
PAGE = 1000
# An event and the dossiers of its list, if it is one of a list.
Exported = tuple[AccessEvent, list[UUID]]


def export(
    place: OrganisationValue, *, since: datetime | None = None, until: datetime | None = None
) -> Iterator[dict[str, Any]]:
    """The events of the current organisation, oldest first, as NEN 7513 names them.

    That somebody asked is written, and committed, before the first one is given.
    """
    with transaction.atomic(durable=True):
        asked = events.record(Action.EXPORT, data="trail", ground="audit_export")
    end = until or asked.at
    after: tuple[datetime, Any] | None = None
    while page := _page(since, end, after):
        yield from (fields(row, place, listed) for row, listed in page)
        after = page[-1][0].at, page[-1][0].id


@transaction.atomic
def _page(since: datetime | None, until: datetime, after: tuple[datetime, Any] | None) -> list[Exported]:
    rows = AccessEvent.objects.filter(at__lt=until)
    if since is not None:
        rows = rows.filter(at__gte=since)
    if after is not None:
        at, row_id = after
        rows = rows.filter(at__gte=at).exclude(at=at, id__lte=row_id)
    found = list(rows.order_by("at", "id")[:PAGE])
    dossiers = _dossiers({row.list_id for row in found if row.list_id})
    return [(row, dossiers[row.list_id] if row.list_id else []) for row in found]


def _dossiers(lists: set[UUID]) -> dict[UUID, list[UUID]]:
    """The dossiers of each of these lists, sorted: as many statements for a thousand events as for one."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    rows = EventSubject.objects.filter(list_id__in=lists).order_by("list_id", "dossier_id")
    for list_id, dossier_id in rows.values_list("list_id", "dossier_id"):
        found[list_id].append(dossier_id)
    return found


def fields(row: AccessEvent, place: OrganisationValue, listed: Iterable[UUID] = ()) -> dict[str, Any]:
    """One event under the names of NEN 7513; ``listed`` are the dossiers whose names a list showed."""
    action = Action(row.action)
    return {
        "EventID": str(row.id),
        "EventActionCode": _CODES.get(action, "E"),
        "EventDateTime": row.at.isoformat(),
        "EventOutcomeIndicator": _OUTCOMES[Outcome(row.outcome)],
        "eventTypeCode": row.action,
        "eventOutcome": row.outcome,
        "traceID": str(row.request_id) if row.request_id else None,
        "users": [_user(row), *_on_behalf_of(row)],
        "participants": _participants(row, listed),
        "participantsDigest": row.subjects_digest.hex() if row.subjects_digest is not None else None,
        "autorisatieProtocol": row.ground or None,
        "noodknop": row.ground == "emergency",
        "source": {
            "AuditEnterpriseSiteID": place.slug,
            "AuditSourceID": "casemgmt",
            "AuditSourceTypeCode": row.source,
        },
    }


def _user(row: AccessEvent) -> dict[str, Any]:
    return {
        "userID": str(row.user_id) if row.user_id else "system",
        "userIsRequestor": True,
        "roleIDCode": [role for role in row.role.split(",") if role],
        "networkAccessPointTypeCode": 2 if row.ip else None,
        "networkAccessPointID": row.ip,
    }


def _on_behalf_of(row: AccessEvent) -> list[dict[str, Any]]:
    if row.on_behalf_of_id is None:
        return []
    return [{"userID": str(row.on_behalf_of_id), "userIsRequestor": False, "roleIDCode": ["responsible"]}]


def _participants(row: AccessEvent, listed: Iterable[UUID]) -> list[dict[str, Any]]:
    dossiers = [row.dossier_id] if row.dossier_id else listed
    found: list[dict[str, Any]] = [
        {"ParticipantObjectTypeCode": 1, "ParticipantObjectTypeCodeRole": 1, "ObjectID": str(one)} for one in dossiers
    ]
    if row.object_id or row.data:
        found.append(
            {
                "ParticipantObjectTypeCode": 2,
                "ParticipantObjectTypeCodeRole": 3,
                "ObjectID": str(row.object_id) if row.object_id else None,
                "ParticipantObjectIDTypeCode": row.data or None,
            }
        )
    return found
