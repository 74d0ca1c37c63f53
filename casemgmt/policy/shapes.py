"""Reading regulations that were stored, or written to a file, in the shape that an earlier release knew.

A published version is never rewritten: its body is evidence, and decisions name it by its hash. So whoever takes a key
away from the schema, renames one or asks for a new one adds a step here, which says what that key would be today.
Whether the result is a regulation is the schema's business, not decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Body = Mapping[str, Any]
_AUTHOR_ONLY = "Werkaantekeningen zijn alleen voor de schrijver."


@dataclass(frozen=True, slots=True)
class Step:
    """One change of shape: what it is called, why it was made, and what it makes of a body.

    ``change`` gives back the very same body where there is nothing to do, changes nothing in the one it was given, and
    takes whatever a file may hold: what is wrong in it the schema says, with its line.
    """

    name: str
    reason: str
    change: Callable[[Body], Body]


def of_today(body: Body) -> Body:
    """A body as this release writes it down; the very same one where it has that shape already."""
    for step in STEPS:
        body = step.change(body)
    return body


def _changed(body: Body, path: str, change: Callable[[Body], Body]) -> Body:
    """The body with the table at a path changed; as it was where no table stands there."""
    key, _dot, rest = path.partition(".")
    found = body.get(key)
    if not isinstance(found, Mapping):
        return body
    fresh = _changed(found, rest, change) if rest else change(found)
    return body if fresh is found else {**body, key: fresh}


def _working_notes(body: Body) -> Body:
    return _changed(body, "access.notes_author_only", _only_cited)


def _only_cited(rule: Body) -> Body:
    """Without its value; a house that had let others read would promise on its page what no longer happens."""
    kept = {key: value for key, value in rule.items() if key not in ("value", "bounds", "options")}
    if len(kept) == len(rule):
        return rule
    return {**kept, "sentence": _AUTHOR_ONLY} if rule.get("value") is False else kept


# In the order in which they came. A step stays as long as anybody may hold a body from before it.
STEPS = (
    Step(
        name="access.notes_author_only has no value",
        reason="A working note is its author's in every organisation: a rule that is cited, no longer a setting.",
        change=_working_notes,
    ),
)
