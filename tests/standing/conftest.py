"""The world of the standing checks, made once for each module that asks for it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.standing.world import Site, world


@pytest.fixture(scope="module")
def sites(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Site]]:
    """Four organisations; the database is open to every test of the module."""
    with world(django_db_blocker) as made:
        yield made
