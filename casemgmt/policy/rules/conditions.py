"""The little language in which profiles write conditions over facts.

"necessary" · "not anonymised" · "recipient in school|gp" · "fields within bsn|sex" ·
"consulted_before has team_leader" · alternatives joined by " or ".
Names are attributes of the facts or derived values handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from casemgmt.policy.schema.people import Test


def holds(test: str, facts: object, derived: Mapping[str, Any] | None = None) -> bool:
    """Whether a condition is true; raises AttributeError for a name that is neither a fact nor derived."""
    return any(_one(part.strip(), facts, derived or {}) for part in test.split(" or "))


def unmet(tests: Iterable[Test], facts: object, derived: Mapping[str, Any] | None = None) -> tuple[str, ...]:
    """The questions (Dutch) of the conditions that are not met."""
    return tuple(one.question for one in tests if not holds(one.test, facts, derived))


_OPERATORS: dict[str, Callable[[Any, set[str]], bool]] = {
    "in": lambda value, options: value is not None and str(value) in options,
    "within": lambda value, options: {str(one) for one in value} <= options,
    "has": lambda value, options: bool({str(one) for one in value} & options),
}


def _one(test: str, facts: object, derived: Mapping[str, Any]) -> bool:
    words = test.split(" ")
    if words[0] == "not":
        return not _one(" ".join(words[1:]), facts, derived)
    value = _value(words[0], facts, derived)
    if len(words) == 1:
        return bool(value)
    return _OPERATORS[words[1]](value, set(words[2].split("|")))


def _value(name: str, facts: object, derived: Mapping[str, Any]) -> Any:
    if name in derived:
        return derived[name]
    node: Any = facts
    for part in name.split("."):
        node = getattr(node, part)
    return node
