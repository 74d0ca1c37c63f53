"""The master key, and during a change of it the one before: what is derived from them, and what they are called.

New things are locked with the present key only; what was locked before opens with either.
"""

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32


def master_key() -> bytes:
    """The present master key, from CASEMGMT_MASTER_KEY; raises ImproperlyConfigured."""
    return _decoded("CASEMGMT_MASTER_KEY", settings.MASTER_KEY)


def master_keys() -> tuple[bytes, ...]:
    """The present master key and, while one is set, the one before it; raises ImproperlyConfigured."""
    before = settings.PREVIOUS_MASTER_KEY
    return (master_key(), *([_decoded("CASEMGMT_PREVIOUS_MASTER_KEY", before)] if before else []))


def derive(key: bytes, purpose: str) -> bytes:
    """A key for one purpose from another key (HKDF-SHA256)."""
    return HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()).derive(key)


def name_of(key: bytes) -> str:
    """Eight signs that tell two master keys apart and say nothing of either."""
    return derive(key, "master-key/name").hex()[:8]


def _decoded(name: str, value: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise ImproperlyConfigured(f"{name} must be base64 of 32 random bytes.")
    return key
