"""A working day in each organisation: record, disclose, ask, configure and let go, in a real browser."""

from collections.abc import Callable

import pytest

from tests.journeys.families import FAMILIES
from tests.journeys.recording import record
from tests.journeys.stack import Stack
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("slug", sorted(FAMILIES))
def test_a_working_day(slug: str, stack: Stack, visit: Callable[..., Visitor]) -> None:
    family = FAMILIES[slug]
    record(visit, slug, family)
