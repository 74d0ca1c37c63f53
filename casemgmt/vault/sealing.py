"""Sealing and opening bytes: AES-256-GCM, bound to the place they belong to.

The additional data names organisation, dossier, a label fixed for ever and the
row, so a sealed value moved anywhere else does not open.
"""

import os
from collections.abc import Iterable
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from casemgmt.base.master import KEY_BYTES
from casemgmt.base.master import derive as derive
from casemgmt.base.master import master_key as master_key
from casemgmt.base.master import master_keys as master_keys

NONCE_BYTES = 12
FORMAT = b"\x01"


class CannotOpen(Exception):
    """A sealed value that does not belong here, was changed, or whose key is another."""


def new_key() -> bytes:
    """A fresh key of 256 bits."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, plain: bytes, where: bytes) -> bytes:
    """``plain`` sealed for the place ``where``: format, nonce, ciphertext with tag."""
    nonce = os.urandom(NONCE_BYTES)
    return FORMAT + nonce + AESGCM(key).encrypt(nonce, plain, where)


def unseal(key: bytes, sealed: bytes, where: bytes) -> bytes:
    """What was sealed for ``where``; raises CannotOpen when anything differs."""
    if sealed[:1] != FORMAT or len(sealed) < 1 + NONCE_BYTES + 16:
        raise CannotOpen("Unknown format of a sealed value.")
    nonce, ciphertext = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, where)
    except InvalidTag:
        raise CannotOpen("A sealed value does not open here.") from None


def unseal_with_one_of(keys: Iterable[bytes], sealed: bytes, where: bytes) -> bytes:
    """What one of ``keys`` sealed for ``where``, tried in their order; raises CannotOpen when none did."""
    for key in keys:
        try:
            return unseal(key, sealed, where)
        except CannotOpen:
            continue
    raise CannotOpen("A sealed value does not open here.")


def place(organisation_id: UUID, dossier_id: UUID, label: str, row_id: UUID) -> bytes:
    """The additional data of one field of one row."""
    return b"|".join([organisation_id.bytes, dossier_id.bytes, label.encode(), row_id.bytes])
