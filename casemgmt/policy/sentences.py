"""The sentence beside a value: changing it, and finding one that still tells of the old value.

Letters and "why?" quote the sentence, so a term of twenty years must not be explained as fifteen.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import ValidationError

from casemgmt.policy.catalogue import EditableField, field_catalogue
from casemgmt.policy.readable import shown
from casemgmt.policy.schema import Profile
from casemgmt.policy.terms import Term

SUFFIX = ".sentence"

_NUMBERS = [
    "nul",
    "een",
    "twee",
    "drie",
    "vier",
    "vijf",
    "zes",
    "zeven",
    "acht",
    "negen",
    "tien",
    "elf",
    "twaalf",
    "dertien",
    "veertien",
    "vijftien",
    "zestien",
    "zeventien",
    "achttien",
    "negentien",
    "twintig",
]


def has_own_sentence(path: str) -> bool:
    """Whether a value has a sentence to itself; the nouns share one."""
    return not path.startswith("words.")


def with_sentence(profile: Profile, path: str, sentence: str) -> Profile:
    """A copy in which the value at `path` has another sentence; raises KeyError or ValueError when that cannot be."""
    if path not in {field.path for field in field_catalogue(profile)} or not has_own_sentence(path):
        raise KeyError(path)
    content = profile.content()
    node: Any = content
    for part in path.split("."):
        node = node[int(part)] if isinstance(node, list) else node[part]
    node["sentence"] = sentence
    try:
        return Profile.model_validate_json(json.dumps(content))
    except ValidationError as error:
        raise ValueError(path) from error


def stale(base: Profile, draft: Profile) -> tuple[EditableField, ...]:
    """The values that changed while their sentence did not, and still tells of the old value."""
    before = {field.path: field for field in field_catalogue(base)}
    return tuple(
        field
        for field in field_catalogue(draft)
        if field.path in before and has_own_sentence(field.path) and _still_says(before[field.path], field)
    )


def _still_says(old: EditableField, new: EditableField) -> bool:
    if old.value == new.value or old.sentence != new.sentence:
        return False
    if isinstance(old.value, bool):
        return True  # yes became no: the same sentence cannot hold for both
    if isinstance(old.value, Term):
        unit = old.value.dutch().split()[1][:3]
        return _mentions(new.sentence, old.value.amount, rf"\s+{unit}")
    if isinstance(old.value, int):
        return _mentions(new.sentence, old.value, "")
    return shown(old.value).lower() in new.sentence.lower()


def _mentions(sentence: str, number: int, rest: str) -> bool:
    words = [str(number), *(_NUMBERS[number : number + 1] if number >= 0 else [])]
    if number == 1:
        words.append("één")
    if number == 100:
        words.append("honderd")
    return re.search(rf"\b(?:{'|'.join(words)}){rest}", sentence, re.IGNORECASE) is not None
