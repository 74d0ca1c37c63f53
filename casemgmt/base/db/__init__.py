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
    """A query function: runs in a transaction, so that row security knows the organisation."""

    @wraps(function)
    def inside(*args: P.args, **kwargs: P.kwargs) -> R:
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
