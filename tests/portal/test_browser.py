"""Every page of requests and of the portal in a real browser: accessible on phone and desk, in light and dark."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.client_requests.story import House
from tests.portal.scenes import scenes
from tests.web.axe import faults, fits
from tests.web.test_browser import browser, opened

__all__ = ["browser"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases="__all__")]


@pytest.fixture
def pages(house: House) -> Iterator[dict[str, str]]:
    yield scenes(house)


def test_no_page_has_accessibility_faults(pages: dict[str, str], browser: Browser) -> None:
    found: list[tuple[str, int, str]] = []
    for name, html in pages.items():
        for width in (390,) if name.startswith("portal") else (390, 1280):
            page, said = opened(browser, html, width=width)
            found += [(name, width, fault) for fault in [*faults(page), *said]]
            if not fits(page):
                found.append((name, width, "scrolls sideways"))
            page.close()
    assert found == []


def test_targets_in_the_portal_are_large_enough_for_a_thumb(pages: dict[str, str], browser: Browser) -> None:
    small: list[Any] = []
    for name, html in pages.items():
        if not name.startswith("portal"):
            continue
        page, _said = opened(browser, html, width=390)
        # A link inside a sentence may be as small as its words.
        boxes = page.evaluate(
            "[...document.querySelectorAll('button, a.button, a.tile, a.back, .tabbar a, .choice, "
            ".why > summary, .withdraw > summary')].map(e => [e.textContent.trim().slice(0, 30), "
            "e.getBoundingClientRect().height]).filter(b => b[1] > 0 && b[1] < 43.5)"
        )
        small += [(name, *box) for box in boxes]
        page.close()
    assert small == []
