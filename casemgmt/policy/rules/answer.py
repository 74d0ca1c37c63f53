"""How every rule words its answer: articles once, sentences once, the facts it used, the version of the profile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casemgmt.policy.decision import Citation, DateSum, Decision, Fact
from casemgmt.policy.rules.facts import LABELS
from casemgmt.policy.rules.spoken import said
from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.values import Cited


def answer(
    profile: Profile,
    outcome: Mapping[str, Any],
    cited: Iterable[Cited],
    facts: tuple[Fact, ...],
    *,
    add: str = "",
    absolute: bool = False,
    overrule_by: str | None = None,
    sum: DateSum | None = None,
    would_change: Iterable[str] = (),
) -> Decision:
    """A decision whose explanation is the sentences of the rules that decided, and `add` (Dutch) after them."""
    citations = _once(citation for one in cited for citation in one.citations())
    sentences = list(dict.fromkeys([one.sentence for one in cited] + ([add] if add else [])))
    return Decision(
        outcome=outcome,
        articles=tuple(dict.fromkeys(citation.id for citation in citations)),
        explanation=" ".join(sentences),
        facts=facts,
        version=profile.version_id,
        absolute=absolute,
        overrule_by=overrule_by,
        sum=sum,
        would_change=tuple(would_change),
        citations=citations,
    )


def used(facts: object, *names: str) -> tuple[Fact, ...]:
    """The named facts with their values, in words too, and their Dutch labels, in that order."""
    return tuple(fact(name, getattr(facts, name)) for name in names)


def fact(name: str, value: Any) -> Fact:
    """One fact with its Dutch label and its value in words."""
    return Fact(name, value, LABELS.get(name) or name.replace("_", " "), said(name, value))


def _once(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(citations))
