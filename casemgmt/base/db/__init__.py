"""Our thin database backend and the two small words every query stands in.

``reads`` opens the transaction a query function needs; ``act`` is the one
transaction of something a person does. The backend itself is in ``base.py``.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

P = ParamSpec("P")
R = TypeVar("R")


def reads(function: Callable[P, R]) -> Callable[P, R]:
    """A query function: runs in a transaction, so that row security knows the organisation.

    Inside somebody's open transaction it opens nothing of its own: a savepoint
    for each query function cost a page some forty statements.
    """

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        if _in_own_transaction():
            return function(*args, **kwargs)
        with transaction.atomic():
            return function(*args, **kwargs)

    return inside


def act(function: Callable[P, R]) -> Callable[P, R]:
    """Something a person or time does: one transaction, wholly done or not at all."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            return function(*args, **kwargs)

    return inside


def _in_own_transaction() -> bool:
    """Whether the code itself has a transaction open; the one around a TestCase does not count."""
    return any(not block._from_testcase for block in transaction.get_connection().atomic_blocks)
