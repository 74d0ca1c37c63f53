"""One running application and one browser for all journeys of a test process."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.stack import Stack, running_stack
from tests.journeys.visitor import Visitor
from tests.web.chromium import chromium


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The application with its worker and its clock."""
    with running_stack() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it."""
    with chromium() as started:
        yield started


@pytest.fixture
def visit(stack: Stack, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Finds visitors: ``visit("sterk-huis", "caseworker")``; closes their browsers afterwards."""
    made: dict[tuple[str, str, bool], Visitor] = {}

    def make(organisation: str, part: str, *, phone: bool = False) -> Visitor:
        # One browser a person: the digits of an authenticator app work once.
        key = organisation, part, phone
        if key not in made:
            made[key] = Visitor(browser, stack, stack.person(organisation, part), phone)
        return made[key]

    yield make
    for visitor in made.values():
        visitor.leave()
