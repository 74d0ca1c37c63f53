"""A house, and its clock."""

from collections.abc import Iterator

import pytest

from casemgmt.audit import context

from .story import NOW, House, make_house


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.base.clock.now", lambda: NOW)


@pytest.fixture(autouse=True)
def own_circumstances() -> Iterator[None]:
    with context.circumstances(context.AuditContext()):
        yield


@pytest.fixture(autouse=True)
def confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody confirmed just now; `tests/accounts/test_confirm.py` asks what happens when not."""
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: True)


@pytest.fixture
def house() -> House:
    return make_house()
