"""The shape of a regulation in lines a person reads: every key with what it holds, and every word a key may be.

    python -m tests.policy.shape > tests/policy/shape.txt

writes the record anew, once a step in `casemgmt/policy/shapes.py` reads what was stored before.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel

from casemgmt.policy.schema import Profile
from casemgmt.policy.schema.values import Strict

RECORD = Path(__file__).parent / "shape.txt"


def lines() -> list[str]:
    """One line for each key of a part ("!": it must be there), what a part is besides, and the vocabularies."""
    parts, words = _found(Profile)
    told = []
    for part in parts:
        told += [f"{part.__name__} is a {base.__name__}" for base in part.__bases__ if base in parts]
        told += [
            f"{part.__name__}.{name}{'!' if info.is_required() else ''}: {_said(info.annotation)}"
            for name, info in part.model_fields.items()
            if name in part.__annotations__
        ]
    return sorted(told) + [f"{word.__name__} is {' '.join(str(one.value) for one in word)}" for word in words]


def _found(top: type[BaseModel]) -> tuple[list[type[BaseModel]], list[type[Enum]]]:
    parts: set[type[BaseModel]] = set()
    words: set[type[Enum]] = set()
    left: list[Any] = [top]
    while left:
        kind = left.pop()
        if isinstance(kind, type) and issubclass(kind, Enum):
            words.add(kind)
        elif isinstance(kind, type) and issubclass(kind, BaseModel) and kind not in parts | {BaseModel, Strict}:
            made_of = kind.__pydantic_generic_metadata__
            if made_of["origin"]:
                left += [made_of["origin"], *made_of["args"]]
                continue
            parts.add(kind)
            left += [*kind.__bases__, *(one for info in kind.model_fields.values() for one in _within(info.annotation))]
    return list(parts), sorted(words, key=lambda word: word.__name__)


def _within(kind: Any) -> Iterator[Any]:
    """A type with everything it is made of."""
    yield kind
    for one in get_args(kind):
        yield from _within(one)


def _said(kind: Any) -> str:
    """A type in words."""
    origin, made_of = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _said(made_of[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join("nothing" if one is types.NoneType else _said(one) for one in made_of)
    if origin is tuple:
        return f"list of {_said(made_of[0])}"
    if origin is not None and issubclass(origin, Mapping):
        return f"table of {_said(made_of[1])} by {_said(made_of[0])}"
    generic = getattr(kind, "__pydantic_generic_metadata__", {})
    if generic.get("origin"):
        return f"{generic['origin'].__name__}[{', '.join(map(_said, generic['args']))}]"
    return str(getattr(kind, "__name__", kind))


if __name__ == "__main__":
    print("\n".join(lines()))
