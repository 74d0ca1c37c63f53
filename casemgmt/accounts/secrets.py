"""Sealing the secrets of authenticators under a key of their own, derived from the master key.

This package stands left of the vault, so it derives its key itself; the key
never leaves this module.
"""

import base64
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_LABEL = b"accounts/authenticators/1"


def seal_secret(plain: bytes) -> bytes:
    """The secret sealed: nonce and ciphertext."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_key()).encrypt(nonce, plain, _LABEL)


def open_secret(sealed: bytes) -> bytes:
    """The secret opened; raises InvalidTag when it was changed."""
    return AESGCM(_key()).decrypt(sealed[:12], sealed[12:], _LABEL)


def _key() -> bytes:
    master = base64.b64decode(settings.MASTER_KEY)
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_LABEL).derive(master)
