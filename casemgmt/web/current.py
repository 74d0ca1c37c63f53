"""Which request is being answered, for the few things a template asks without being handed it.

Macros are imported without context, so `url()`, `words` and `csrf_input` look here. Decisions never do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest

_request: ContextVar[HttpRequest | None] = ContextVar("web_request", default=None)


def current_request() -> HttpRequest | None:
    """Give the request that is being answered, or None in a task or a command."""
    return _request.get()


@contextmanager
def answering(request: HttpRequest | None) -> Iterator[None]:
    """Make this the current request for the length of a block."""
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)
