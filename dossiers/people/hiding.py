"""What was secret stays secret until a person says that this very address is open.

Who moves from a secret address, or of whom it is taken away, is still looked for
there, and entries and letters of before still name it. So it is kept with them,
sealed, and goes on counting as secret. Only the tick that is taken off an address
that stays says that this address is open.

Of who reported everything that goes away is kept besides, their name with it: a
source is protected (VT-10.4.b), and entries name them as they were called then.
Nothing opens that, also no other part: who reported once, did.
"""

from collections.abc import Mapping
from typing import Any

from dossiers.models import Person
from dossiers.people.vocabulary import PersonRole

# What of who lives in secret tells where that is; of what is said of reaching them only what can hold a number.
_OWN, _SAID = ("address", "phone"), ("safe_contact", "warning")
_FIGURES_OF_A_NUMBER = 9
# What stands before the field in the memory of somebody who reported.
_REPORTED = "reporter."

Kept = list[list[str]]


def once_secret_after(person: Person, new: Mapping[str, Any]) -> Kept:
    """What is kept as once secret of somebody when ``new`` becomes known of them: pairs of a field and its words."""
    secret = _secret_after(person, new)
    return [*secret, *(one for one in _reported_after(person, new) if one not in secret)]


def kept_secret(person: Person) -> Kept:
    """Of what is kept, what tells where somebody lived in secret and how they were called there."""
    return [one for one in person.once_secret or [] if not one[0].startswith(_REPORTED)]


def kept_reported(person: Person) -> Kept:
    """Of what is kept, who it was that reported, where they lived and how they were called; empty where nobody did."""
    kept: Kept = person.once_secret or []
    return [[name.removeprefix(_REPORTED), words] for name, words in kept if name.startswith(_REPORTED)]


def _secret_after(person: Person, new: Mapping[str, Any]) -> Kept:
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


def _reported_after(person: Person, new: Mapping[str, Any]) -> Kept:
    """What goes away of who reports, reported or is to be who reported, and everything when they no longer do."""
    if PersonRole.REPORTER not in {person.role, new["role"]} and not kept_reported(person):
        return []
    all_of_it = person.role == PersonRole.REPORTER != new["role"]
    known = [(name, getattr(person, name)) for name in ("name", *_OWN, *_SAID)]
    return [
        [_REPORTED + name, words]
        for name, words in known
        if words and _tells(name, words) and (all_of_it or new[name] != words)
    ]


def _tells(name: str, words: str) -> bool:
    return name in {"name", *_OWN} or sum(map(str.isdigit, words)) >= _FIGURES_OF_A_NUMBER


def _compared(one: list[str]) -> tuple[str, str]:
    name, words = one
    return name, "".join(filter(str.isalnum, words.casefold()))
