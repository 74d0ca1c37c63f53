"""The sentence beside a value: changing it, and finding one that still tells of the old value.

Letters and "why?" quote the sentence, so a term of twenty years must not be explained as fifteen.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from casemgmt.policy.catalogue import EditableField, field_catalogue
from casemgmt.policy.readable import sections, shown
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


@dataclass(frozen=True, slots=True)
class Stale:
    """A sentence that still tells of a value that changed: its path, what it is about, and its text."""

    path: str
    label: str
    sentence: str


def sentences_of(profile: Profile) -> dict[str, str]:
    """Every sentence of the profile by the path of what it stands beside; the nouns share one and are left out."""
    return {
        rule.path: rule.sentence
        for section in sections(profile)
        for group in section.groups
        for rule in group.rules
        if not rule.path.startswith("words.")
    }


def with_sentence(profile: Profile, path: str, sentence: str) -> Profile:
    """A copy with another sentence at `path`; raises KeyError or ValueError when that cannot be."""
    if path not in sentences_of(profile):
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


def stale(base: Profile, draft: Profile) -> tuple[Stale, ...]:
    """The sentences that did not change with a value, and still tell of what it was.

    A sentence above the value counts as well: "kept for fifteen years" stands at the class and at its term.
    """
    before = {field.path: field for field in field_catalogue(base)}
    changed = [
        field for field in field_catalogue(draft) if field.path in before and before[field.path].value != field.value
    ]
    if not changed:
        return ()
    old, new = sentences_of(base), sentences_of(draft)
    found = {}
    for field in changed:
        for path, label in _above(field):
            kept = path in new and old.get(path) == new[path]
            if kept and _still_says(before[field.path], new[path], own=path == field.path):
                found[path] = Stale(path, label, new[path])
    return tuple(found.values())


def _above(field: EditableField) -> list[tuple[str, str]]:
    """The path of a value and those above it, each with what it is about."""
    parts, names = field.path.split("."), field.label.split(" – ")
    return [
        (".".join(parts[:size]), " – ".join(names[: max(1, len(names) - (len(parts) - size))]))
        for size in range(len(parts), 1, -1)
    ]


def _still_says(old: EditableField, sentence: str, *, own: bool) -> bool:
    if isinstance(old.value, bool):
        return own  # yes became no: the same sentence cannot hold for both
    if isinstance(old.value, Term):
        unit = old.value.dutch().split()[1][:3]
        return _mentions(sentence, old.value.amount, rf"\s+{unit}")
    if isinstance(old.value, int):
        return own and _mentions(sentence, old.value, "")
    return shown(old.value).lower() in sentence.lower()


def _mentions(sentence: str, number: int, rest: str) -> bool:
    words = [str(number), *(_NUMBERS[number : number + 1] if number >= 0 else [])]
    if number == 1:
        words.append("één")
    if number == 100:
        words.append("honderd")
    return re.search(rf"\b(?:{'|'.join(words)}){rest}", sentence, re.IGNORECASE) is not None
