"""Sign-in names and invitation codes: easy to copy from paper, impossible to guess."""

import base64
import hashlib
import hmac
import secrets

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# No letters that look like digits or like each other.
_SIGNS = "ABCDEFGHJKLMNPQRTUVWXY346789"
_GROUPS, _GROUP = 4, 4
_LIST = """
aarde anker appel avond bakker beek berg beuk bloem boom boot bos brug buis buurt citroen dak dal den dennen
duif duin eend egel eik fiets fluit fontein gans geluid glas gras haas haven hazelaar heide hemel herfst hert
heuvel iep jas kaart kade kaars kamer kastanje kers klok knoop koffer koper kraan krant kust lamp lepel lente
linde lucht maan maand mand mast meer meeuw merel mier molen morgen mus muur noot oever olm orgel paard pad
parel park peer pen plein ploeg poort pruim raam regen rivier roos ruit schip sloot sneeuw spar specht spiegel
sport ster stoel storm straat strand tafel tak tent thee toren trap trein tuin uil valk veer veld vijver vink
vis vlag vlinder vogel wagen wandel water weg weide wilg wind winter wolk zand zee zeil zomer zon zwaan
"""
_WORDS = tuple(_LIST.split())


def new_sign_in_name() -> str:
    """Two words and four digits, such as maan-vis-4821; it tells nothing about anybody."""
    return f"{secrets.choice(_WORDS)}-{secrets.choice(_WORDS)}-{secrets.randbelow(9000) + 1000}"


def new_invitation_code() -> str:
    """Sixteen signs in four groups, 76 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def hash_of(code: str) -> str:
    """What is kept of a code: an HMAC under a key that is not in the database."""
    plain = "".join(sign for sign in code.upper() if sign in _SIGNS)
    return hmac.new(_key(), plain.encode(), hashlib.sha256).hexdigest()


def matches(code: str, kept: str) -> bool:
    """Whether ``code`` is the one of which ``kept`` was kept; takes the same time either way."""
    return same(hash_of(code), kept)


def same(one: str, kept: str) -> bool:
    """Whether two hashes are the same; takes the same time either way."""
    return hmac.compare_digest(one, kept)


def _key() -> bytes:
    master = base64.b64decode(settings.MASTER_KEY)
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"accounts/invitations/1").derive(master)
