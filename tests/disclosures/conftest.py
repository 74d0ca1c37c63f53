"""A case at Sterk Huis for the tests of the machine; the other organisations are made where they matter."""

from collections.abc import Iterator

import pytest

from casemgmt.audit import context
from casemgmt.base.organisation import organisation
from tests.disclosures.story import Case, make_case


@pytest.fixture(autouse=True)
def circumstances() -> Iterator[None]:
    """Nobody who signed in for one test is still there in the next."""
    with context.circumstances(context.AuditContext()):
        yield


@pytest.fixture(autouse=True)
def confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everybody confirmed just now; `tests/accounts/test_confirm.py` asks what happens when not."""
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: True)


@pytest.fixture
def case() -> Iterator[Case]:
    """Sterk Huis, Yara of 14, her mother with custody and her brother."""
    made = make_case("sterk-huis")
    with organisation(made.place.id):
        yield made
