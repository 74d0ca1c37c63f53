"""What axe finds in a page, in both themes: one way of asking for all tests with a browser."""

from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

_AXE = Axe()
# All that axe knows in the one theme; in the other only what colours decide, for nothing else differs.
_EVERYTHING: dict[str, object] = {"resultTypes": ["violations"]}
_COLOURS = {**_EVERYTHING, "runOnly": ["color-contrast", "link-in-text-block"]}
_THEMES: tuple[tuple[Literal["light", "dark"], dict[str, object]], ...] = (("light", _EVERYTHING), ("dark", _COLOURS))
_DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def faults(page: Page) -> list[str]:
    """The faults of a page as it stands, as "theme, rule: element"; leaves it in the light theme."""
    found: list[str] = []
    for theme, options in _THEMES:
        turn(page, theme)
        violations = _AXE.run(page, options=options).response["violations"]
        found += [f"{theme}, {fault['id']}: {fault['nodes'][0]['html'][:160]}" for fault in violations]
    turn(page, "light")
    return found


def turn(page: Page, theme: Literal["light", "dark"]) -> None:
    """Show a page in a theme, without movement: a colour on its way to the other theme is no colour to judge."""
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    page.evaluate(_DRAWN)


def fits(page: Page) -> bool:
    """Whether nothing makes the page scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
