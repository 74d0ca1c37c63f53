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

pytestmark = [pytest.mark.browser]

# Nearly three minutes of a real browser each: the gate lives one day with all its roles, ./test --long all four.
IN_THE_GATE = "sterk-huis"
DAYS = [pytest.param(slug, marks=[] if slug == IN_THE_GATE else [pytest.mark.long]) for slug in sorted(FAMILIES)]


@pytest.mark.parametrize("slug", DAYS)
def test_a_working_day(slug: str, stack: Stack, visit: Callable[..., Visitor]) -> None:
    family = FAMILIES[slug]
    dossier = record(visit, slug, family)
    disclose(visit, slug, family, dossier)
    ask(visit, slug, family, dossier)
    configure(visit, slug)
    let_go(visit, stack, slug, family)
