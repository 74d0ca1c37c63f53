"""Decisions and date sums in the words of a page: facts by name, articles by number, roles as they are called here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from casemgmt.letters.wording import article_name
from casemgmt.policy.decision import DateSum, Decision, Fact, SumRow, SumStep
from casemgmt.policy.labels import dutch
from casemgmt.policy.schema.vocabulary import Judge, Person, Reason, RequestKind
from casemgmt.policy.terms import Term, Unit
from casemgmt.policy.versions import version_label
from casemgmt.policy.words import role_label

_CODES: dict[str, type[StrEnum]] = {
    "request": RequestKind,
    "requested_by": Person,
    "reason": Reason,
    "capacity_judged_by": Judge,
}
# What a reader of a request need not be told: it was not asked, or says nothing.
_QUIET = frozenset({"item"})


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One line of arithmetic as it is printed."""

    op: str
    value: Any
    label: str


@dataclass(frozen=True, slots=True)
class ShownSum:
    """A date with its arithmetic, ready to print."""

    rows: tuple[ShownRow, ...]
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A decision as the macro ``why`` prints it."""

    explanation: str
    articles: tuple[str, ...]
    facts: tuple[Fact, ...]
    version: str
    absolute: bool
    overrule_by: str | None
    sum: ShownSum | None
    would_change: tuple[str, ...]
    outcome: Mapping[str, Any]


def shown(decision: Decision, on: date, *, answer_label: str = "", made_on: date | None = None) -> ShownDecision:
    """A decision in words; ``answer_label`` says what the date of its sum is for.

    ``made_on`` is the day of a decision that was stored: of two versions with the same content it names that day's.
    """
    return ShownDecision(
        explanation=decision.explanation,
        articles=tuple(upper(article_name(article)) for article in decision.articles),
        facts=tuple(_fact(fact) for fact in decision.facts if fact.name not in _QUIET and fact.value not in (None, ())),
        version=version_label(decision.version, made_on or on),
        absolute=decision.absolute,
        overrule_by=upper(role_label(decision.overrule_by, on)) if decision.overrule_by else None,
        sum=shown_sum(decision.sum, answer_label) if decision.sum else None,
        would_change=decision.would_change,
        outcome=decision.outcome,
    )


def shown_sum(sum: DateSum, answer_label: str = "") -> ShownSum:
    """The arithmetic of a date; weeks also as the days that they are."""
    rows = [_row(row, first=index == 0) for index, row in enumerate(sum.rows)]
    return ShownSum(tuple(rows), {"value": sum.answer, "label": answer_label or _("last day")})


def upper(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def _row(row: SumRow, *, first: bool) -> ShownRow:
    if isinstance(row.value, Term):
        term = row.value
        if term.unit is Unit.WEEKS:
            days = _("%(days)s days") % {"days": term.amount * 7}
            return ShownRow("+", days, row.label)
        return ShownRow("+", term.dutch(), row.label)
    return ShownRow("" if first or row.op is SumStep.START else "→", row.value, row.label)


def _fact(fact: Fact) -> Fact:
    # Decisions from before facts had words carry only their keys.
    kind = None if fact.said else _CODES.get(fact.name)
    if kind is None:
        return fact
    many = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    return Fact(fact.name, ", ".join(_word(kind, one) for one in many), fact.label)


def _word(kind: type[StrEnum], value: Any) -> str:
    try:
        return dutch(kind(value))
    except ValueError:
        return str(value)
