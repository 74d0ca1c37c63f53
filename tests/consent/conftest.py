"""Nobody who signed in for one test is still there in the next."""

from collections.abc import Iterator

import pytest

from casemgmt.audit import context


@pytest.fixture(autouse=True)
def circumstances() -> Iterator[None]:
    """Each test under circumstances of its own."""
    with context.circumstances(context.AuditContext()):
        yield
