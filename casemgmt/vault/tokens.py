"""Finding without reading: keyed tokens of names, numbers and addresses.

A token is an HMAC under a key that only this organisation has, so the
same name gives other tokens elsewhere and nobody can try all numbers. Names are
found by their first three to six letters; a BSN, dossier number or e-mail
address only whole.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable
from uuid import UUID

from casemgmt.vault.keys import search_key
from casemgmt.vault.models import SearchToken

SHORTEST, LONGEST = 3, 6
TOKEN_BYTES = 16
# Letters that Unicode does not take apart, as people type them on a Dutch keyboard.
_TYPED_AS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th"}
)


def normalise(text: str) -> str:
    """Lower case, without accents and without anything that is no letter or digit, in whatever script.

    Latin letters become those that people type (Łukasz: lukasz, Øster: oster); other scripts keep their own.
    """
    plain = unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_TYPED_AS)
    return "".join(filter(str.isalnum, plain.replace("ij", "y")))


def words_of(text: str) -> list[str]:
    """The normalised words of a name; hyphens and apostrophes separate too."""
    return [word for word in map(normalise, re.split(r"[\s\-'’.,/]+", text)) if word]


def name_tokens(name: str) -> set[bytes]:
    """The tokens under which a name can be found: each word whole and its first 3–6 letters."""
    made: set[str] = set()
    for word in words_of(name):
        made.add(word)
        made |= {word[:length] for length in range(SHORTEST, min(LONGEST, len(word)) + 1)}
    return {token("name", word) for word in made}


def number_tokens(kind: str, value: str) -> set[bytes]:
    """The token under which a whole number or address can be found (``kind``: bsn, number, email)."""
    clean = normalise(value)
    return {token(kind, clean)} if clean else set()


def query_tokens(text: str) -> list[bytes]:
    """One token a word of a search by name; a longer word is cut, so the caller compares the opened names."""
    return [token("name", word[:LONGEST]) for word in words_of(text)]


def token(kind: str, text: str) -> bytes:
    """The keyed token of a normalised text."""
    return hmac.new(search_key(), f"{kind}:{text}".encode(), hashlib.sha256).digest()[:TOKEN_BYTES]


def replace_tokens(dossier_id: UUID, source_id: UUID, tokens: Iterable[bytes]) -> None:
    """Make these the tokens of one source (a person, a dossier) and drop its older ones."""
    SearchToken.objects.filter(dossier_id=dossier_id, source_id=source_id).delete()
    SearchToken.objects.bulk_create(
        SearchToken(token=value, dossier_id=dossier_id, source_id=source_id) for value in set(tokens)
    )
