"""Sentences that still tell of an old value, until somebody changes them or says that they are right as they are.

Saying so is kept among the changes of the version, as a change of the sentence into itself: whoever said it had a hand
in the version. It counts for the value as it was then; a value that changes afterwards asks anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from casemgmt.policy.models import PolicyChange, PolicyVersion
from casemgmt.policy.schema import Profile
from casemgmt.policy.sentences import SUFFIX, Stale, stale
from casemgmt.policy.versions import parse_body


@dataclass(frozen=True, slots=True)
class Sorted:
    """The sentences that did not change with their value: those nobody looked at, and those that are right so."""

    open: tuple[Stale, ...]
    right: tuple[Stale, ...]


def sort_out(version: PolicyVersion) -> Sorted:
    """The sentences of a draft that still tell of the old value, by whether somebody said that they are right."""
    if version.based_on is None:
        return Sorted((), ())
    found = stale(parse_body(version.based_on.body), parse_body(version.body))
    made = list(PolicyChange.objects.filter(version=version)) if found else []
    right = tuple(one for one in found if _said_right(one, made))
    return Sorted(tuple(one for one in found if one not in right), right)


def say_right(
    version: PolicyVersion, base: Profile, draft: Profile, paths: Iterable[str], *, by: UUID, at: datetime
) -> int:
    """Write down that these sentences are right as they are; returns how many. One that is not old is passed over."""
    asked = set(paths)
    found = [one for one in stale(base, draft) if one.path in asked] if asked else []
    for one in found:
        told = _text(one.sentence)
        PolicyChange.objects.create(version=version, path=one.path + SUFFIX, old=told, new=told, by_id=by, at=at)
    return len(found)


def _said_right(one: Stale, made: Iterable[PolicyChange]) -> bool:
    """Whether somebody looked at this sentence, as it stands, since the last change of a value that it tells of."""
    told = _text(one.sentence)
    said = [row.at for row in made if row.path == one.path + SUFFIX and row.old == row.new == told]
    changed = [row.at for row in made if not row.path.endswith(SUFFIX) and f"{row.path}.".startswith(f"{one.path}.")]
    return bool(said) and max(said) >= max(changed, default=max(said))


def _text(sentence: str) -> str:
    """A sentence as the changes of a version hold it."""
    return json.dumps(sentence, ensure_ascii=False)
