"""Certificates of destruction: a signed text without personal data, to be verified anywhere, offline.

What it promises is true on the day it is made: unreadable now; in the backups of
the keys until the named date.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from casemgmt.base import clock
from casemgmt.base.organisation import current
from casemgmt.organisations.models import Organisation
from casemgmt.policy.calendar import add_term
from casemgmt.policy.versions import profile_in_force
from retention.models import Certificate, Removal


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
    }


def _moment(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None


def signing_key() -> Ed25519PrivateKey:
    """The key that signs certificates, from CASEMGMT_SIGNING_KEY; raises ImproperlyConfigured."""
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.SIGNING_KEY, validate=True))
    except ValueError:
        raise ImproperlyConfigured("CASEMGMT_SIGNING_KEY must be base64 of 32 random bytes.") from None


def public_key_pem() -> str:
    """The key with which anybody verifies our certificates."""
    encoded = (
        signing_key()
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return encoded.decode()


@dataclass(frozen=True, slots=True)
class CertificateFile:
    """A certificate as it is downloaded: the signed text exactly, its signature, the public key."""

    text: str
    signature: str
    public_key: str

    @classmethod
    def of(cls, row: Certificate) -> "CertificateFile":
        """The file of a stored certificate."""
        return cls(row.text, base64.b64encode(bytes(row.signature)).decode(), public_key_pem())

    def to_json(self) -> str:
        """One JSON document."""
        return json.dumps(
            {"text": self.text, "signature": self.signature, "public_key": self.public_key},
            ensure_ascii=False,
            indent=2,
        )


def verify(document: str, public_key: str) -> dict[str, Any]:
    """The content of a genuine certificate; raises ValueError when text, signature or key do not belong together.

    Needs no database: ``public_key`` (PEM) must come from the organisation itself,
    not from the document.
    """
    try:
        stored = json.loads(document)
        key = serialization.load_pem_public_key(public_key.encode())
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("not an Ed25519 key")
        key.verify(base64.b64decode(stored["signature"]), stored["text"].encode())
        content: dict[str, Any] = json.loads(stored["text"])
    except (InvalidSignature, KeyError, TypeError, ValueError) as error:
        raise ValueError("This is not a genuine certificate.") from error
    return content
