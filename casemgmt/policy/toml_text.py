"""Reading line numbers from, and writing, the TOML of a profile; knows nothing of what a profile means.

The standard library parses TOML without positions and does not write it. `line_map` walks text that `tomllib` has
already accepted; `write` produces one key per line so that an error can always name its line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Path = tuple[str | int, ...]
_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


def line_map(text: str) -> dict[Path, int]:
    """For each key and list item its line, counted from 1. `text` must be valid TOML."""
    return _Lines(text.replace("\r\n", "\n")).read()


class _Lines:
    """A walker over valid TOML that only remembers where things stand."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        self.table: Path = ()

    def read(self) -> dict[Path, int]:
        while self._skip("\n"):
            if self._peek("["):
                self._header()
            else:
                self._pair(self.table)
        return self.found

    @property
    def line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def _peek(self, sign: str) -> bool:
        return self.text.startswith(sign, self.at)

    def _skip(self, extra: str = "") -> bool:
        """Move over blanks (and `extra`) and comments; whether anything is left."""
        while self.at < len(self.text):
            if self._peek("#"):
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            elif self.text[self.at] in " \t" + extra:
                self.at += 1
            else:
                return True
        return False

    def _header(self) -> None:
        many = self._peek("[[")
        self.at += 2 if many else 1
        line, names = self.line, self._key()
        self._skip()
        self.at += 2 if many else 1
        path = (*self._resolve(names[:-1]), names[-1])
        if many:
            self.counts[path] = self.counts.get(path, -1) + 1
            self.found.setdefault(path, line)
            path = (*path, self.counts[path])
        else:
            path = self._resolve(names)
        self.table = path
        self._remember(path, line)

    def _resolve(self, names: Sequence[str]) -> Path:
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self.counts:
                path = (*path, self.counts[path])
        return path

    def _remember(self, path: Path, line: int) -> None:
        for size in range(1, len(path) + 1):
            self.found.setdefault(path[:size], line)

    def _pair(self, base: Path) -> None:
        line, names = self.line, self._key()
        self._skip()
        self.at += 1  # the equals sign
        path = base + tuple(names)
        self._remember(path, line)
        self._value(path)

    def _key(self) -> list[str]:
        names = []
        while True:
            self._skip()
            names.append(self._string() if self.text[self.at] in "\"'" else self._bare())
            self._skip()
            if not self._peek("."):
                return names
            self.at += 1

    def _bare(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in _BARE:
            self.at += 1
        return self.text[start : self.at]

    def _string(self) -> str:
        quote = self.text[self.at]
        mark = quote * 3 if self._peek(quote * 3) else quote
        self.at += len(mark)
        start = self.at
        while not self._peek(mark):
            self.at += 2 if quote == '"' and self._peek("\\") else 1
        inner = self.text[start : self.at]
        self.at += len(mark)
        while len(mark) == 3 and self._peek(quote):  # up to two quotes may close a long string
            self.at += 1
        return inner

    def _value(self, path: Path) -> None:
        self._skip()
        if self.text[self.at] in "\"'":
            self._string()
        elif self._peek("["):
            self._array(path)
        elif self._peek("{"):
            self._inline(path)
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def _array(self, path: Path) -> None:
        self.at += 1
        index = 0
        while self._skip("\n,") and not self._peek("]"):
            self._remember((*path, index), self.line)
            self._value((*path, index))
            index += 1
        self.at += 1

    def _inline(self, path: Path) -> None:
        self.at += 1
        while self._skip("\n,") and not self._peek("}"):
            self._pair(path)
        self.at += 1


def write(content: Mapping[str, Any]) -> str:
    """TOML text of JSON-safe content: tables in the order given, one key per line, a blank line before a table."""
    return "\n".join(_table((), content)).lstrip("\n") + "\n"


def _table(path: tuple[str, ...], content: Mapping[str, Any]) -> Iterator[str]:
    plain = {key: item for key, item in content.items() if not _is_deep(item)}
    for key, item in plain.items():
        yield f"{_name(key)} = {_scalar(item)}"
    for key, item in content.items():
        if key in plain:
            continue
        inner = (*path, _name(key))
        if isinstance(item, Mapping):
            if not item or any(not _is_deep(one) for one in item.values()):
                yield f"\n[{'.'.join(inner)}]"
            yield from _table(inner, item)
        else:
            for one in item:
                yield f"\n[[{'.'.join(inner)}]]"
                yield from _table(inner, one)


def _is_deep(item: Any) -> bool:
    return isinstance(item, Mapping) or (isinstance(item, list) and bool(item) and isinstance(item[0], Mapping))


def _name(key: str) -> str:
    return key if key and set(key) <= _BARE else _scalar(key)


def _scalar(item: Any) -> str:
    if isinstance(item, list):
        return "[" + ", ".join(_scalar(one) for one in item) + "]"
    return json.dumps(item, ensure_ascii=False).replace("\x7f", "\\u007f")
