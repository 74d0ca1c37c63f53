"""The pages of those who manage users in a real browser: accessible in both themes, and fit for a phone."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser

from tests.organisations.conftest import House
from tests.retention.test_browser import Desk, picture
from tests.web.chromium import chromium

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases="__all__")]
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(autouse=True)
def loop_of_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser's driver keeps an event loop in this thread; the queries here are ordinary ones."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started, ThreadPoolExecutor(1) as hand:
        Desk.hand = hand
        yield started
        hand.submit(connections.close_all).result()


def addresses(house: House) -> dict[str, str]:
    role = f"rol/{house.membership('noor')}/einde/"
    return {
        "staff": house.url("medewerkers/"),
        "invite": house.url("medewerkers/uitnodigen/"),
        "person": house.person("noor"),
        "own": house.person("joris"),
        "role": house.person("noor", "rol/"),
        "end": house.person("noor", role),
        "reset": house.person("noor", "tweede-stap/"),
        "units": house.url("teams/"),
        "unit": house.url(f"teams/{house.units['team Zuid']}/"),
    }


def looked_at(browser: Browser, client: Client, pages: dict[str, str], name: str, **how: Any) -> list[Any]:
    """What is wrong with any of these pages: for people with aids, on this width, or to the content policy."""
    desk, found = Desk(browser, client, **how), list[Any]()
    for key, address in pages.items():
        page = desk.open(address)
        picture(page, f"organisations-{key}-{name}")
        found += [(key, fault) for fault in desk.faults()]
        if page.evaluate(WIDER) > 0:
            found.append((key, "wider than the screen"))
    return found + desk.said


@pytest.mark.parametrize(("name", "how"), [("desk", {}), ("phone", {"width": 390})])
def test_every_page_is_accessible_and_fits(browser: Browser, house: House, name: str, how: dict[str, Any]) -> None:
    assert looked_at(browser, house.client("joris"), addresses(house), name, **how) == []
    assert looked_at(browser, Client(), {"invitation": "/inloggen/uitnodiging/"}, name, **how) == []
