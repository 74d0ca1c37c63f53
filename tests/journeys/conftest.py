"""One running application and one browser for all journeys of a test process."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.stack import Stack, running_stack
from tests.journeys.visitor import Visitor

QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The application with its worker and its clock."""
    with running_stack() as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as the machine has it; only one Playwright may run in a test process at a time."""
    places = (
        os.environ.get("CHROMIUM", ""),
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    )
    found = next((place for place in places if place and Path(place).exists()), None)
    with sync_playwright() as playwright:
        options = QUIET + (["--no-sandbox"] if os.geteuid() == 0 else [])
        started = playwright.chromium.launch(executable_path=found, args=options)
        yield started
        started.close()


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
