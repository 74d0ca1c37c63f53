"""A request from receipt to hand-over: whose it is, until when, who decides, and what the letter says."""

import pytest

from .story import House

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_first(house: House) -> None:
    row = house.request(house.ask("daan"))
    assert row.due_on.isoformat() == "2026-12-20"
