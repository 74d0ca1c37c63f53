"""The smallest pieces of a profile: a value with its citation, and the frozen containers around it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, NoReturn, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    StringConstraints,
    model_validator,
)
from pydantic.fields import FieldInfo

from casemgmt.policy.decision import Citation, Kind
from casemgmt.policy.terms import Term

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


class FrozenTable(dict[K, V]):
    """A table that cannot be changed after it was read."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise TypeError("a profile is frozen")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        """By content, so that a frozen model that holds a table can be hashed."""
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[Any, ...]:
        """Copying makes a new table from the same content."""
        return (type(self), (dict(self),))


def _freeze(value: Mapping[K, V]) -> FrozenTable[K, V]:
    return FrozenTable(value)


Table = Annotated[Mapping[K, V], AfterValidator(_freeze)]


def _term(value: object) -> Term:
    if isinstance(value, Term):
        return value
    if not isinstance(value, str):
        raise ValueError("een termijn is tekst, zoals “4 weeks”, “3 months” of “15 years”")
    try:
        return Term.parse(value)
    except ValueError as error:
        raise ValueError("geen termijn: schrijf bijvoorbeeld “4 weeks”, “3 months” of “15 years”") from error


def unread(title: str, *, unit: str | None = None, **rest: Any) -> Any:
    """A field that a profile holds and no code acts on yet: shown as such, and nobody is asked to choose it.

    Whoever builds what reads it makes it an ordinary field; `tests/standing/test_profile_is_read.py` says when.
    """
    extra: dict[str, Any] = {"in_use": False} | ({"unit": unit} if unit else {})
    return Field(title=title, json_schema_extra=extra, **rest)


def in_use(info: FieldInfo) -> bool:
    """Whether anything acts on the value of a field."""
    extra = info.json_schema_extra
    return not (isinstance(extra, dict) and extra.get("in_use") is False)


TermValue = Annotated[Term, PlainValidator(_term), PlainSerializer(str, return_type=str)]
Sentence = Annotated[str, StringConstraints(min_length=3, max_length=600, strip_whitespace=True)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=160, strip_whitespace=True)]
RegisterId = Annotated[str, StringConstraints(pattern=r"^(SH|SHC|VT|GT|BT|X)-[A-Za-z0-9.\-]+$")]


class Strict(BaseModel):
    """Base of every piece: unknown keys are errors, nothing is coerced, nothing changes afterwards."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, validate_default=True)


class Cited(Strict):
    """Something the regulation (text), our reading of it, or the house says, with the sentence people see.

    `articles` are ids of the rule register; only a house rule may have none. `reading` is the number of the
    reading in chapter 6 of the register. `legal_review` says in Dutch why a jurist should look at it.
    """

    kind: Kind
    articles: tuple[RegisterId, ...] = ()
    sentence: Sentence
    reading: int | None = Field(default=None, ge=1, le=99)
    legal_review: Sentence | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    @model_validator(mode="after")
    def _is_cited(self) -> Self:
        if self.kind is not Kind.HOUSE_RULE and not self.articles:
            raise ValueError("hier hoort een artikel bij: vul “articles” of maak er een huisregel van")
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError("“valid_until” ligt voor “valid_from”")
        return self

    def holds_on(self, on: date) -> bool:
        """Whether this is valid on the day; both ends included."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )

    def citations(self) -> tuple[Citation, ...]:
        """One citation per article, all with this sentence."""
        return tuple(Citation(article, self.sentence, self.kind) for article in self.articles)


def _size(value: Any) -> Any:
    return value.rough_days if isinstance(value, Term) else value


class Valued(Cited, Generic[T]):
    """A single value. A house rule carries the bounds (lowest, highest) or options it must stay within."""

    value: T
    bounds: tuple[T, T] | None = None
    options: tuple[T, ...] | None = None

    @model_validator(mode="after")
    def _is_within(self) -> Self:
        if self.kind is Kind.HOUSE_RULE and self.bounds is None and self.options is None:
            raise ValueError("een huisregel heeft grenzen: vul “bounds” of “options”")
        if self.options is not None and self.value not in self.options:
            raise ValueError(f"{shown(self.value)} is geen van de keuzes: {listed(self.options)}")
        if self.bounds is not None:
            _check_bounds(self.value, *self.bounds)
        return self


class ValuedMany(Cited, Generic[T]):
    """Several values of one kind, each within the bounds."""

    value: tuple[T, ...]
    bounds: tuple[T, T] | None = None

    @model_validator(mode="after")
    def _is_within(self) -> Self:
        if self.kind is Kind.HOUSE_RULE and self.bounds is None:
            raise ValueError("een huisregel heeft grenzen: vul “bounds”")
        if self.bounds is not None:
            for one in self.value:
                _check_bounds(one, *self.bounds)
        return self


def _check_bounds(value: Any, low: Any, high: Any) -> None:
    if not _size(low) <= _size(value) <= _size(high):
        raise ValueError(f"{shown(value)} ligt buiten de grenzen: {shown(low)} tot en met {shown(high)}")


def shown(value: Any) -> str:
    """A value as an administrator reads it: yes and no, terms and amounts in Dutch."""
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, Term):
        return value.dutch()
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    if isinstance(value, tuple):
        return listed(value)
    return "geen" if value is None else str(value)


def listed(values: tuple[Any, ...]) -> str:
    """Several values in one line."""
    return ", ".join(shown(value) for value in values)
