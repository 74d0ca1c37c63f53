"""Sealing the secrets of authenticators under a key of their own, derived from the master key.

This package stands left of the vault, so it derives its key itself; the key
never leaves this module. During a change of the master key what was sealed
under the one before opens too, and ``resealed`` seals it again.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casemgmt.base.master import derive, master_key, master_keys

_LABEL = "accounts/authenticators/1"


def seal_secret(plain: bytes) -> bytes:
    """The secret sealed under the present master key: nonce and ciphertext."""
    nonce = os.urandom(12)
    return nonce + _cipher(master_key()).encrypt(nonce, plain, _LABEL.encode())


def open_secret(sealed: bytes) -> bytes:
    """The secret opened; raises InvalidTag when it was changed, or when neither master key sealed it."""
    for master in master_keys():
        try:
            return _opened(master, sealed)
        except InvalidTag:
            continue
    raise InvalidTag


def resealed(sealed: bytes) -> bytes | None:
    """The same secret under the present master key; None when it is so already. Raises InvalidTag as opening does."""
    try:
        _opened(master_key(), sealed)
    except InvalidTag:
        return seal_secret(open_secret(sealed))
    return None


def _opened(master: bytes, sealed: bytes) -> bytes:
    return _cipher(master).decrypt(sealed[:12], sealed[12:], _LABEL.encode())


def _cipher(master: bytes) -> AESGCM:
    return AESGCM(derive(master, _LABEL))
