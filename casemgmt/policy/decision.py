"""A decision and everything it stands on: outcome, articles, facts, version and the sum of its dates.

Nothing is judged here. A decision is a frozen value that can be stored and read back years later
(`to_dict` / `from_dict`), when the profile and the code that made it may be gone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from types import MappingProxyType
from typing import Any

from casemgmt.policy.terms import Term


class Kind(StrEnum):
    """Where a sentence comes from: the regulation's text, our reading of it, or a house rule."""

    TEXT = "text"
    READING = "reading"
    HOUSE_RULE = "house_rule"


class SumStep(StrEnum):
    """What one row of a date sum does with the date so far."""

    START = "start"
    ADD = "add"
    YEAR_END = "year_end"
    LATEST = "latest"
    EARLIEST = "earliest"


@dataclass(frozen=True)
class Fact:
    """One fact that was used: its name in the vocabulary, its value, its Dutch label, and the value in Dutch words.

    `said` is empty in decisions that were stored before facts were put into words.
    """

    name: str
    value: Any
    label: str
    said: str = ""


@dataclass(frozen=True)
class Citation:
    """A rule that decided: register id, our own sentence, and whether it is text, reading or house rule."""

    id: str
    sentence: str
    kind: Kind


@dataclass(frozen=True)
class SumRow:
    """One line of arithmetic: `add` a Term, or a date for the other steps."""

    op: SumStep
    value: date | Term
    label: str


@dataclass(frozen=True)
class DateSum:
    """A date with its arithmetic, row by row, so that both sides can check it."""

    rows: tuple[SumRow, ...]
    answer: date


@dataclass(frozen=True)
class Decision:
    """The answer to one question, for one version of a profile.

    `absolute` means that no person in the organisation may decide otherwise; `overrule_by` names the role that
    may, with a reason. `citations` says for each article what it says and whether it is text. `would_change`
    holds Dutch sentences: what would have to be different for another answer.
    """

    outcome: Mapping[str, Any]
    articles: tuple[str, ...]
    explanation: str
    facts: tuple[Fact, ...]
    version: str
    absolute: bool = False
    overrule_by: str | None = None
    sum: DateSum | None = None
    would_change: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()

    def __post_init__(self) -> None:
        """Freeze the outcome: a stored decision must not change under the hands that hold it."""
        object.__setattr__(self, "outcome", MappingProxyType(freeze(self.outcome)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle through the stored form (a mapping proxy cannot be pickled)."""
        return (Decision.from_dict, (self.to_dict(),))

    def plain(self) -> dict[str, Any]:
        """The outcome as plain JSON: dates as ISO text, amounts as text; for the command and the API."""
        result: dict[str, Any] = _plain(self.outcome)
        return result

    def to_dict(self) -> dict[str, Any]:
        """The whole decision as JSON-safe values; dates, amounts and terms are tagged so that they come back."""
        return {
            "outcome": _pack(self.outcome),
            "articles": list(self.articles),
            "explanation": self.explanation,
            "facts": [_pack_fact(fact) for fact in self.facts],
            "version": self.version,
            "absolute": self.absolute,
            "overrule_by": self.overrule_by,
            "sum": _pack_sum(self.sum),
            "would_change": list(self.would_change),
            "citations": [{"id": c.id, "sentence": c.sentence, "kind": c.kind.value} for c in self.citations],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Decision:
        """Read a stored decision; keys that later versions added may be absent."""
        return cls(
            outcome=_unpack(stored["outcome"]),
            articles=tuple(stored["articles"]),
            explanation=stored["explanation"],
            facts=tuple(_unpack_fact(fact) for fact in stored["facts"]),
            version=stored["version"],
            absolute=stored.get("absolute", False),
            overrule_by=stored.get("overrule_by"),
            sum=_unpack_sum(stored.get("sum")),
            would_change=tuple(stored.get("would_change", ())),
            citations=tuple(Citation(c["id"], c["sentence"], Kind(c["kind"])) for c in stored.get("citations", ())),
        )


def freeze(value: Any) -> Any:
    """The same value with lists as tuples and enum members as their text, at every depth."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): freeze(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(freeze(item) for item in value)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, (Decimal, Term)) else value


def _pack(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {key: _pack(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_pack(item) for item in value]
    if isinstance(value, date):
        return {"$date": value.isoformat()}
    if isinstance(value, Decimal):
        return {"$amount": str(value)}
    return {"$term": str(value)} if isinstance(value, Term) else value


_READERS: dict[str, Callable[[str], Any]] = {"$date": date.fromisoformat, "$amount": Decimal, "$term": Term.parse}


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_unpack(item) for item in value)
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1:
        ((tag, text),) = value.items()
        if tag in _READERS:
            return _READERS[tag](text)
    return {key: _unpack(item) for key, item in value.items()}


def _pack_fact(fact: Fact) -> dict[str, Any]:
    return {"name": fact.name, "value": _pack(fact.value), "label": fact.label, "said": fact.said}


def _unpack_fact(stored: Mapping[str, Any]) -> Fact:
    return Fact(stored["name"], _unpack(stored["value"]), stored["label"], stored.get("said", ""))


def _pack_sum(value: DateSum | None) -> dict[str, Any] | None:
    if value is None:
        return None
    rows = [{"op": row.op.value, "value": _pack(row.value), "label": row.label} for row in value.rows]
    return {"rows": rows, "answer": value.answer.isoformat()}


def _unpack_sum(stored: Mapping[str, Any] | None) -> DateSum | None:
    if stored is None:
        return None
    rows = tuple(SumRow(SumStep(row["op"]), _unpack(row["value"]), row["label"]) for row in stored["rows"])
    return DateSum(rows, date.fromisoformat(stored["answer"]))
