"""Certificates of destruction: a signed text without personal data, to be verified anywhere, offline.

What it promises is true on the day it is made: unreadable now; in the backups of
the keys until the named date.
"""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from casemgmt.base import clock
from casemgmt.base.organisation import current
from casemgmt.organisations.models import Organisation
from casemgmt.policy.calendar import add_term
from casemgmt.policy.versions import profile_in_force
from retention.models import Certificate, Removal
from retention.signing import known_keys, pem, present_id, read_pem, signing_key


def make(removal: Removal, *, at: datetime) -> Certificate:
    """Make and sign the certificate of a removal whose absence was verified, in the caller's transaction."""
    text = json.dumps(_content(removal, at), ensure_ascii=False, sort_keys=True, indent=2)
    return Certificate.objects.create(
        dossier_id=removal.dossier_id,
        number=f"{clock.local_date(at):%Y}-{removal.id.hex[:12]}",
        text=text,
        signature=signing_key().sign(text.encode()),
        made_at=at,
    )


def _content(removal: Removal, at: datetime) -> dict[str, Any]:
    place = Organisation.objects.get(id=current())
    on = clock.local_date(at)
    backups = add_term(on, profile_in_force(on).house_rules.key_backups_kept.value)
    rows = (removal.manifest or {}).get("rows", {})
    return {
        "certificate": "destruction of a dossier",
        "number": f"{on:%Y}-{removal.id.hex[:12]}",
        "organisation": place.slug,
        "dossier": str(removal.dossier_id),
        "term_passed_on": removal.due_on.isoformat(),
        "articles": removal.articles,
        "rules": removal.version,
        "reviewed_at": _moment(removal.reviewed_at),
        "approved_by_another_person_at": _moment(removal.approved_at),
        "key_destroyed_at": _moment(removal.key_destroyed_at),
        "rows_erased": {label: number for label, number in sorted(rows.items()) if number},
        "files_erased": len((removal.manifest or {}).get("files", [])),
        "absence_verified": removal.absence,
        "unreadable": f"now; in backups of the keys until {backups.isoformat()}",
        "key_backups_until": backups.isoformat(),
        "made_at": _moment(at),
        "key": present_id(),
    }


def _moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None


@dataclass(frozen=True, slots=True)
class CertificateFile:
    """A certificate as it is downloaded: the signed text exactly, its signature, the public key."""

    text: str
    signature: str
    public_key: str

    @classmethod
    def of(cls, row: Certificate) -> "CertificateFile":
        """The file of a stored certificate, with the key that signed it; the present one when none did."""
        signature = bytes(row.signature)
        keys = known_keys()
        signer = _signer(row.text.encode(), signature, keys) or next(iter(keys))
        return cls(row.text, base64.b64encode(signature).decode(), pem(keys[signer]))

    def to_json(self) -> str:
        """One JSON document."""
        return json.dumps(
            {"text": self.text, "signature": self.signature, "public_key": self.public_key},
            ensure_ascii=False,
            indent=2,
        )


@dataclass(frozen=True, slots=True)
class Genuine:
    """What a genuine certificate says, and the id of the key that signed it."""

    content: dict[str, Any]
    key: str


def verify(document: str, public_keys: str) -> Genuine:
    """What a genuine certificate says and who signed it; raises ValueError when these do not belong together.

    Needs no database: ``public_keys`` (one PEM or several) must come from the installation itself,
    not from the document. A certificate that names its key must be signed by that one and no other.
    """
    try:
        stored = json.loads(document)
        content: dict[str, Any] = json.loads(stored["text"])
        signer = _signer(stored["text"].encode(), base64.b64decode(stored["signature"]), read_pem(public_keys))
    except (KeyError, TypeError, ValueError, RecursionError) as error:  # the last: brackets in brackets without end
        raise ValueError("This is not a genuine certificate.") from error
    if signer is None or content.get("key", signer) != signer:
        raise ValueError("This is not a genuine certificate, or its key is not among these.")
    return Genuine(content, signer)


def _signer(text: bytes, signature: bytes, keys: Mapping[str, Ed25519PublicKey]) -> str | None:
    """The id of the key that made this signature, if it is one of these."""
    for found, key in keys.items():
        try:
            key.verify(signature, text)
        except InvalidSignature:
            continue
        return found
    return None
