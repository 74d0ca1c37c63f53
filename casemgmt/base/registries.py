"""Registries: how a lower package learns of a higher one without importing it."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class Registry(Generic[T]):
    """Named things that higher packages put in and a lower package takes out."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._entries: dict[str, T] = {}

    def add(self, name: str, entry: T) -> T:
        """Register ``entry``; raises ValueError when the name is taken by another."""
        known = self._entries.get(name)
        if known is not None and known is not entry:
            raise ValueError(f"{self._what} {name!r} is registered twice.")
        self._entries[name] = entry
        return entry

    def get(self, name: str) -> T:
        """The entry of that name; raises LookupError naming what was asked."""
        try:
            return self._entries[name]
        except KeyError:
            raise LookupError(f"No {self._what} {name!r} is registered.") from None

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return iter(sorted(self._entries.items(), key=lambda pair: pair[0]))

    def __contains__(self, name: object) -> bool:
        return name in self._entries
