"""Each test begins as nobody: signing in by hand leaves its mark on the circumstances of the trail."""

from collections.abc import Iterator

import pytest

from casemgmt.audit import context


@pytest.fixture(autouse=True)
def nobody() -> Iterator[None]:
    with context.circumstances(context.AuditContext()):
        yield
