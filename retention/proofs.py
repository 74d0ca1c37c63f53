"""Reading certificates of destruction; they name nobody, so the organisation's desks may see all of them."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.base.errors import NotThere
from retention.certificates import CertificateFile, verify
from retention.models import Certificate
from retention.panes import goes
from retention.signing import public_keys_pem

PAGE = 50


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """One certificate in the list."""

    id: UUID
    number: str
    made_at: datetime
    articles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """One certificate with what it says; ``key`` is the id of the key that signed it, empty when none of ours did."""

    id: UUID
    number: str
    made_at: datetime
    content: dict[str, Any]
    backups_until: date
    term_passed_on: date
    reviewed_at: datetime
    approved_at: datetime
    approved_on: date
    key_destroyed_at: datetime
    looked_in: int
    removed: tuple[tuple[str, int], ...]
    text: str
    signature: str
    key: str


@dataclass(frozen=True, slots=True)
class Certificates:
    """A part of the list; ``next`` is the key of the older part."""

    lines: tuple[CertificateLine, ...]
    next: str


@reads
def latest(after: str) -> Certificates:
    """The newest certificates from a key on; one read in the trail."""
    rows = list(_older(after)[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    events.record(Action.READ, outcome=Outcome.SHOWN, data="certificates")
    lines = tuple(CertificateLine(r.id, r.number, r.made_at, tuple(json.loads(r.text)["articles"])) for r in rows)
    return Certificates(lines, f"{rows[-1].made_at.isoformat()}~{rows[-1].id}" if more else "")


@reads
def one(certificate_id: UUID) -> CertificatePage:
    """One certificate; raises NotThere."""
    row = _row(certificate_id)
    file = CertificateFile.of(row)
    content = json.loads(row.text)
    events.record(Action.READ, outcome=Outcome.SHOWN, data="certificate", object_id=row.id)
    return CertificatePage(
        id=row.id,
        number=row.number,
        made_at=row.made_at,
        content=content,
        backups_until=date.fromisoformat(content["key_backups_until"]),
        term_passed_on=date.fromisoformat(content["term_passed_on"]),
        reviewed_at=datetime.fromisoformat(content["reviewed_at"]),
        approved_at=datetime.fromisoformat(content["approved_by_another_person_at"]),
        approved_on=clock.local_date(datetime.fromisoformat(content["approved_by_another_person_at"])),
        key_destroyed_at=datetime.fromisoformat(content["key_destroyed_at"]),
        looked_in=len(content["absence_verified"]["looked_in"]),
        removed=goes(content["rows_erased"]),
        text=row.text,
        signature=file.signature,
        key=_signed_by(file),
    )


@reads
def as_file(certificate_id: UUID) -> tuple[str, str]:
    """A certificate's number and its file; taking it along is in the trail."""
    row = _row(certificate_id)
    events.record(Action.EXPORT, dossier_id=row.dossier_id, data="certificate", object_id=row.id)
    return row.number, CertificateFile.of(row).to_json()


def _signed_by(file: CertificateFile) -> str:
    try:
        return verify(file.to_json(), public_keys_pem()).key
    except ValueError:
        return ""


def _row(certificate_id: UUID) -> Certificate:
    row = Certificate.objects.filter(id=certificate_id).first()
    if row is None:
        raise NotThere
    return row


def _older(after: str) -> Any:
    ordered = Certificate.objects.order_by("-made_at", "-id")
    moment, _separator, last = after.partition("~")
    try:
        at, key = datetime.fromisoformat(moment), UUID(last)
    except ValueError:
        return ordered
    if at.tzinfo is None:
        return ordered
    return ordered.filter(Q(made_at__lt=at) | Q(made_at=at, id__lt=key))
