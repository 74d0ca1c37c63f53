"""The keys with which this installation signs certificates: the present one, and those it signed with before.

All organisations of an installation sign with the same key. A key's id is the SHA-256 of its public half, so
anybody can compute it; a certificate names the id in its signed text.
"""

import base64
import hashlib
import re

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_PEM = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.S)


def signing_key() -> Ed25519PrivateKey:
    """The key that signs certificates, from CASEMGMT_SIGNING_KEY; raises ImproperlyConfigured."""
    try:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(settings.SIGNING_KEY, validate=True))
    except ValueError:
        raise ImproperlyConfigured("CASEMGMT_SIGNING_KEY must be base64 of 32 random bytes.") from None


def key_id(key: Ed25519PublicKey) -> str:
    """The fingerprint of a public key: SHA-256 of its DER form, in hexadecimal."""
    return hashlib.sha256(_der(key)).hexdigest()


def present_id() -> str:
    """The id of the key that signs now."""
    return key_id(signing_key().public_key())


def known_keys() -> dict[str, Ed25519PublicKey]:
    """The public keys by id: the present one first, then those that CASEMGMT_RETIRED_KEYS names."""
    retired = [serialization.load_der_public_key(base64.b64decode(one)) for one in settings.RETIRED_KEYS]
    keys = [signing_key().public_key(), *(key for key in retired if isinstance(key, Ed25519PublicKey))]
    return {key_id(key): key for key in keys}


def pem(key: Ed25519PublicKey) -> str:
    """A public key as people download it."""
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def public_keys_pem() -> str:
    """Every key with which certificates of this installation verify, the present one first."""
    return "".join(pem(key) for key in known_keys().values())


def read_pem(text: str) -> dict[str, Ed25519PublicKey]:
    """The Ed25519 keys of a file by id; other keys are left out. Raises ValueError for a damaged one."""
    found = (serialization.load_pem_public_key(block.encode()) for block in _PEM.findall(text))
    return {key_id(key): key for key in found if isinstance(key, Ed25519PublicKey)}


def _der(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
