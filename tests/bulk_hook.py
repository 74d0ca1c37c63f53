"""A watch at work during every test: a write round the trail that nobody listed stops the test it happens in.

`tests/standing/test_bulk_writes.py` reads the code; this sees what is really called and sent, also by a name or in SQL
that was put together, so that reading and running agree on one list.
"""

import sys
from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from tests.sql_words import text_of, writes
from tests.standing.test_bulk_writes import PACKAGES, RAW, ROOT, listed

ROUND_THE_TRAIL = ("update", "bulk_create", "bulk_update", "_raw_delete")
_OURS = tuple(f"{ROOT / package}/" for package in PACKAGES)
_listed = lru_cache(listed)


class Unlisted(AssertionError):
    """A write that leaves no entry in the trail and stands in no list."""


def watch() -> None:
    """Look at every write of every test from now on; a second call changes nothing."""
    for name in ROUND_THE_TRAIL:
        if not hasattr(getattr(QuerySet, name), "watched"):
            setattr(QuerySet, name, _watched(getattr(QuerySet, name), name))
    for name in RAW:
        # Django's own, and for who goes round it psycopg's.
        for kind in (CursorWrapper, psycopg.Cursor, psycopg.Connection):
            if hasattr(kind, name) and not hasattr(getattr(kind, name), "watched"):
                setattr(kind, name, _watched(getattr(kind, name), name, _writes))


def _watched(
    original: Callable[..., Any], name: str, when: Callable[..., bool] = lambda *_: True
) -> Callable[..., Any]:
    @wraps(original)
    def watched(self: Any, *args: Any, **kwargs: Any) -> Any:
        call = _call_of_ours(sys._getframe(1), name)
        if call and call not in _listed() and when(self, *args, *kwargs.values()):
            raise Unlisted(f"{call} is not in tests/standing/bulk_writes.txt")
        return original(self, *args, **kwargs)

    watched.watched = True  # type: ignore[attr-defined]
    return watched


def _writes(cursor: Any, statement: Any, *_values: Any) -> bool:
    # Django's cursor, psycopg's own, or a connection itself: each is known to psycopg in another way.
    inner = getattr(cursor, "cursor", cursor) if isinstance(cursor, CursorWrapper) else cursor
    return writes(text_of(statement, getattr(inner, "connection", inner)))


def _call_of_ours(frame: FrameType | None, name: str) -> str:
    """`path function call` of whoever called it, as the list names it; "" when that was not our own code."""
    while frame is not None and frame.f_code.co_filename.endswith("django/db/models/manager.py"):
        frame = frame.f_back
    if frame is None or not frame.f_code.co_filename.startswith(_OURS) or "/migrations/" in frame.f_code.co_filename:
        return ""
    inside = [part for part in frame.f_code.co_qualname.split(".") if not part.startswith("<")]
    path = Path(frame.f_code.co_filename).relative_to(ROOT)
    return f"{path} {inside[-1] if inside else 'module'} {name}"
