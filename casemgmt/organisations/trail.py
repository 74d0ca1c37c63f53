"""How what happens to units and people's work is written in the trail, which stands to our right.

`audit` says once how (``provide_trail``). Without it nothing is done: what cannot be written down must not happen.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, Protocol, TypeVar
from uuid import UUID

from casemgmt.base.errors import Refusal

P = ParamSpec("P")
R = TypeVar("R")


class Write(Protocol):
    """Writes one event in the open transaction; ``by`` is who it was where nobody is signed in."""

    def __call__(
        self, action: str, *, data: str, ground: str, object_id: UUID | None, denied: bool, by: UUID | None
    ) -> None:
        """Write it, or raise."""


_write: list[Write] = []


def provide_trail(write: Write) -> None:
    """Say how an event is written; called once, by `audit`."""
    _write[:] = [write]


def tell(action: str, data: str, ground: str, object_id: UUID | None, *, by: UUID | None = None) -> None:
    """Write one event that commits with what it tells of. All words are the code's own."""
    _written(action, data, ground, object_id, denied=False, by=by)


def refusals_told(action: str, data: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """An act whose refusals are written too, after its own transaction was undone."""

    def around(act: Callable[P, R]) -> Callable[P, R]:
        @wraps(act)
        def told(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return act(*args, **kwargs)
            except Refusal as refused:
                _written(action, data, refused.word, None, denied=True, by=None)
                raise

        return told

    return around


def _written(action: str, data: str, ground: str, object_id: UUID | None, *, denied: bool, by: UUID | None) -> None:
    if not _write:
        raise RuntimeError("Nobody said how the trail is written, so nothing is done.")
    _write[0](action, data=data, ground=ground, object_id=object_id, denied=denied, by=by)
