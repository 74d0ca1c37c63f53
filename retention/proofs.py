"""Reading certificates of destruction; they name nobody, so the organisation's desks may see all of them."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.base.errors import NotThere
from casemgmt.base.keyset import Part, part
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


@reads
def latest(after: str) -> Part[CertificateLine]:
    """The newest certificates from a key on; one read in the trail."""
    found = part(Certificate.objects.all(), ("-made_at", "-id"), after, PAGE)
    events.record(Action.READ, outcome=Outcome.SHOWN, data="certificates")
    return found.each(
        lambda row: CertificateLine(row.id, row.number, row.made_at, tuple(json.loads(row.text)["articles"]))
    )


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
