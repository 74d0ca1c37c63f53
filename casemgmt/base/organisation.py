"""The current organisation: one context variable that the database backend believes.

Whoever touches an organisation's table does so inside ``with organisation(id):``.
The scope also carries what may live no longer than the block, such as opened
dossier keys: leaving the block drops them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID


class OutsideOrganisation(RuntimeError):
    """An organisation's table was asked for without an organisation, or without a transaction."""


@dataclass(slots=True)
class Scope:
    """One stay inside an organisation; ``store`` ends with it."""

    organisation_id: UUID
    store: dict[str, Any] = field(default_factory=dict)


_scope: ContextVar[Scope | None] = ContextVar("organisation_scope", default=None)


def current() -> UUID:
    """The id of the organisation this code works for; raises OutsideOrganisation when there is none."""
    return current_scope().organisation_id


def current_scope() -> Scope:
    """The scope of the current organisation; raises OutsideOrganisation when there is none."""
    scope = _scope.get()
    if scope is None:
        raise OutsideOrganisation("No organisation is current: use `with organisation(id):`.")
    return scope


def current_or_none() -> UUID | None:
    """The id of the current organisation, or None outside of one."""
    scope = _scope.get()
    return scope.organisation_id if scope else None


def enter(organisation_id: UUID) -> Token[Scope | None]:
    """Start a stay by hand (middleware); give the token to ``leave``."""
    return _scope.set(Scope(organisation_id))


def leave(token: Token[Scope | None]) -> None:
    """End the stay that ``enter`` began and drop what it carried."""
    scope = _scope.get()
    if scope is not None:
        scope.store.clear()
    _scope.reset(token)


@contextmanager
def organisation(organisation_id: UUID) -> Iterator[Scope]:
    """Work for one organisation; everything it carried ends with the block."""
    token = enter(organisation_id)
    try:
        yield current_scope()
    finally:
        leave(token)
