"""What was secret stays secret until a person says that this very address is open.

Who moves from a secret address, or of whom it is taken away, is still looked for
there, and entries and letters of before still name it. So it is kept with them,
sealed, and goes on counting as secret. Only the tick that is taken off an address
that stays says that this address is open.
"""

from collections.abc import Mapping
from typing import Any

from dossiers.models import Person

# What of who lives in secret tells where that is; of what is said of reaching them only what can hold a number.
_OWN, _SAID = ("address", "phone"), ("safe_contact", "warning")
_FIGURES_OF_A_NUMBER = 9

Kept = list[list[str]]


def once_secret_after(person: Person, new: Mapping[str, Any]) -> Kept:
    """What is kept as once secret of somebody when ``new`` becomes known of them: pairs of a field and its words."""
    once: Kept = person.once_secret or []
    if not person.address_secret:
        return once
    known = [[name, words] for name in (*_OWN, *_SAID) if (words := getattr(person, name)) and _tells(name, words)]
    stays = [one for one in known if new[one[0]] == one[1]]
    opened = stays if not new["address_secret"] and new["address"] == person.address else []
    gone = [one for one in known if one not in (stays if new["address_secret"] else opened)]
    same = {_compared(one) for one in opened}
    left = [one for one in once if _compared(one) not in same]
    return [*left, *(one for one in gone if one not in left)]


def _tells(name: str, words: str) -> bool:
    return name in _OWN or sum(map(str.isdigit, words)) >= _FIGURES_OF_A_NUMBER


def _compared(one: list[str]) -> tuple[str, str]:
    name, words = one
    return name, "".join(filter(str.isalnum, words.casefold()))
