"""Who is at it, from where: set per request or job, read by every event.

Nothing here is taken from the client: the request id is our own, the address is
the peer's, or the hop a trusted proxy added.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4


@dataclass(frozen=True, slots=True)
class AuditContext:
    """The circumstances of what is happening now."""

    request_id: UUID = field(default_factory=uuid4)
    user_id: UUID | None = None
    role: str = ""
    on_behalf_of_id: UUID | None = None
    ip: str | None = None
    source: str = "command"


_context: ContextVar[AuditContext | None] = ContextVar("audit_context", default=None)


def current() -> AuditContext:
    """The present circumstances; a fresh one of a command when nothing was set."""
    found = _context.get()
    if found is None:
        found = AuditContext()
        _context.set(found)
    return found


def start(context: AuditContext) -> Token[AuditContext | None]:
    """Set the circumstances by hand (middleware); give the token to ``end``."""
    return _context.set(context)


def end(token: Token[AuditContext | None]) -> None:
    """Forget the circumstances that ``start`` set."""
    _context.reset(token)


def learn(user_id: UUID | None, role: str) -> None:
    """Add who it is, once known, to the present circumstances."""
    _context.set(replace(current(), user_id=user_id, role=role))


@contextmanager
def circumstances(context: AuditContext) -> Iterator[None]:
    """Work under these circumstances for the length of the block."""
    token = start(context)
    try:
        yield
    finally:
        end(token)
