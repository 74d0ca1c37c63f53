"""Sealing a stream for somebody else: this machine can write a backup and cannot read it again.

A fresh X25519 key for every file agrees on a secret with the recipient's public
key; the pieces are AES-256-GCM, numbered, the last one marked, so that none can
be changed, moved, left out or cut off. Nothing is ever on disk in clear.
"""

import base64
import hashlib
import struct
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from casemgmt.backups.errors import BackupWrong, CannotBackUp

MAGIC = b"casemgmt-backup/1\n"
PIECE = 1 << 20
_TAG = 16


def new_private_key() -> X25519PrivateKey:
    """A fresh key that opens backups."""
    return X25519PrivateKey.generate()


def pem_of(key: X25519PrivateKey) -> str:
    """The secret half as it is kept, away from the machine that makes backups."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")


def recipient_of(key: X25519PrivateKey) -> bytes:
    """The public half, for which backups are sealed."""
    return key.public_key().public_bytes_raw()


def as_text(recipient: bytes) -> str:
    """A public half as the setting CASEMGMT_BACKUP_RECIPIENT takes it."""
    return base64.b64encode(recipient).decode("ascii")


def read_private_key(path: Path) -> X25519PrivateKey:
    """The secret half in a file; raises CannotBackUp with a sentence."""
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as problem:
        raise CannotBackUp(f"{path} holds no key as `manage.py backup_key` makes it.") from problem
    if not isinstance(key, X25519PrivateKey):
        raise CannotBackUp(f"{path} holds no key as `manage.py backup_key` makes it.")
    return key


def seal_stream(source: BinaryIO, target: BinaryIO, recipient: bytes, purpose: str) -> tuple[str, int]:
    """Seal all of ``source`` into ``target``; returns the SHA-256 (hexadecimal) and the size of what was written."""
    fresh = X25519PrivateKey.generate()
    ours = fresh.public_key().public_bytes_raw()
    cipher = AESGCM(_key(fresh.exchange(X25519PublicKey.from_public_bytes(recipient)), ours, recipient, purpose))
    pieces = (cipher.encrypt(_nonce(n, last), piece, None) for n, (piece, last) in enumerate(_pieces(source, PIECE)))
    digest, size = hashlib.sha256(), 0
    for written in chain((MAGIC, ours), pieces):
        target.write(written)
        digest.update(written)
        size += len(written)
    return digest.hexdigest(), size


def open_stream(source: BinaryIO, key: X25519PrivateKey, purpose: str) -> Iterator[bytes]:
    """The opened pieces; raises BackupWrong when this key does not open it, or it was changed or cut."""
    if source.read(len(MAGIC)) != MAGIC:
        raise BackupWrong(f"The {purpose} of this backup is not sealed as backups are.")
    theirs = source.read(32)
    try:
        secret = key.exchange(X25519PublicKey.from_public_bytes(theirs))
        cipher = AESGCM(_key(secret, theirs, recipient_of(key), purpose))
        for number, (piece, last) in enumerate(_pieces(source, PIECE + _TAG)):
            yield cipher.decrypt(_nonce(number, last), piece, None)
    except (InvalidTag, ValueError) as problem:
        raise BackupWrong(f"The {purpose} of this backup does not open: another key, or it was changed.") from problem


def _key(secret: bytes, ours: bytes, recipient: bytes, purpose: str) -> bytes:
    info = b"casemgmt backup/1|" + purpose.encode()
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=ours + recipient, info=info).derive(secret)


def _nonce(number: int, last: bool) -> bytes:
    return struct.pack(">QI", number, int(last))


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of ``size`` bytes, the last one told; an empty source gives one empty piece."""
    piece = _filled(source, size)
    while True:
        following = _filled(source, size)
        yield piece, not following
        if not following:
            return
        piece = following


def _filled(source: BinaryIO, size: int) -> bytes:
    """Up to ``size`` bytes, less only at the end: a pipe hands out what it happens to have."""
    held = bytearray()
    while len(held) < size and (chunk := source.read(size - len(held))):
        held += chunk
    return bytes(held)
