"""The same small world for every attack: one organisation, or two of them, each with a family's dossier."""

import pytest

from tests.dossiers.conftest import nobody
from tests.dossiers.pages import World, make_world

__all__ = ["nobody"]


@pytest.fixture
def world(transactional_db: None) -> World:
    """One organisation with its people signed in."""
    return make_world()


@pytest.fixture
def worlds(transactional_db: None) -> tuple[World, World]:
    """Two organisations that know nothing of each other."""
    return make_world("sterk-huis"), make_world("veilig-thuis-hm")
