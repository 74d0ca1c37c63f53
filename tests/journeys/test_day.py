"""A working day in each organisation: record, disclose, ask, configure and let go, in a real browser."""

from collections.abc import Callable

import pytest

from tests.journeys.asking import ask
from tests.journeys.disclosing import disclose
from tests.journeys.families import FAMILIES
from tests.journeys.keeping import configure, let_go
from tests.journeys.recording import record
from tests.journeys.stack import Stack
from tests.journeys.visitor import Visitor

# Minutes of a real browser each, on two busy cores: with ./test --long until they have proved steady in the gate.
pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.mark.parametrize("slug", sorted(FAMILIES))
def test_a_working_day(slug: str, stack: Stack, visit: Callable[..., Visitor]) -> None:
    family = FAMILIES[slug]
    dossier = record(visit, slug, family)
    disclose(visit, slug, family, dossier)
    ask(visit, slug, family, dossier)
    configure(visit, slug)
    let_go(visit, stack, slug, family)
