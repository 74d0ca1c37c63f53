"""Sign-in names and invitation codes: easy to copy from paper, impossible to guess."""

import hashlib
import hmac
import secrets

from casemgmt.base.master import derive, master_key, master_keys, name_of

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
    """What is kept of a code: which master key, and an HMAC under a key derived from it that is not in the database."""
    return _hash(master_key(), code)


def matches(code: str, kept: str) -> bool:
    """Whether ``code`` is the one of which ``kept`` was kept, under this master key or the one before it.

    Takes the same time either way.
    """
    return any([hmac.compare_digest(_hash(master, code), kept) for master in master_keys()])


def is_present(kept: str) -> bool:
    """Whether ``kept`` was made with the present master key."""
    return kept.startswith(name_of(master_key()))


def _hash(master: bytes, code: str) -> str:
    plain = "".join(sign for sign in code.upper() if sign in _SIGNS)
    made = hmac.new(derive(master, "accounts/invitations/1"), plain.encode(), hashlib.sha256).hexdigest()
    # 224 bits of it: as long as what is kept has always been.
    return name_of(master) + made[len(name_of(master)) :]
