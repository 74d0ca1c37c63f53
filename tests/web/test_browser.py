"""The gallery in a real browser: accessible in both themes, nothing refused by the content policy, keys that work."""

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from casemgmt.web.current import answering
from casemgmt.web.render import environment
from tests.web.axe import faults, fits
from tests.web.chromium import chromium
from tests.web.pages import ORGANISATIONS, gallery_page, sample_request

STATIC = Path(__file__).resolve().parents[2] / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def opened(browser: Browser, html: str, *, width: int = 1280) -> tuple[Page, list[str]]:
    """Open a page without a server: the html as given, static files from disk, everything else refused."""
    said: list[str] = []

    def answer(route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "font/woff2")
        elif path == "/geheim":
            route.fulfill(body=SHOWN, content_type="text/html; charset=utf-8")
        elif route.request.headers.get("hx-request") == "true":
            route.fulfill(body=f"<h2>Gehaald: {path}</h2>", content_type="text/html; charset=utf-8")
        elif path == "/":
            headers = {"Content-Security-Policy": POLICY, "Content-Type": "text/html; charset=utf-8"}
            route.fulfill(body=html, headers=headers)
        else:
            route.fulfill(body="<!doctype html><title>Weer</title>", content_type="text/html")

    page = browser.new_page(viewport={"width": width, "height": 900})
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.route("**/*", answer)
    page.goto("http://casemgmt.test/")
    return page, said


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("name", ["staff", "dossier", "portal"])
def test_the_gallery_has_no_accessibility_faults(browser: Browser, name: str, width: int) -> None:
    page, said = opened(browser, gallery_page(name), width=width)
    assert faults(page) == []
    assert fits(page)
    assert said == []
    page.close()


@pytest.mark.parametrize("slug", ORGANISATIONS)
def test_each_organisation_has_its_own_accent_and_stays_readable(browser: Browser, slug: str) -> None:
    page, _said = opened(browser, gallery_page("staff", slug))
    assert faults(page) == []
    page.close()


def test_the_keyboard_hides_names_opens_the_palette_and_closes_it(browser: Browser) -> None:
    page, _said = opened(browser, gallery_page("staff"))
    page.keyboard.press("F9")
    assert page.evaluate("document.documentElement.hasAttribute('data-blur')")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.id") == "palette-input"
    page.keyboard.type("bestaat niet")
    assert not page.locator("#palette [data-palette-pages]").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#palette").evaluate("dialog => dialog.open")
    page.close()


def test_names_stay_hidden_on_the_next_page_until_they_are_shown_again(browser: Browser) -> None:
    page, said = opened(browser, gallery_page("staff"))
    page.keyboard.press("F9")
    page.reload()
    assert page.evaluate("document.documentElement.hasAttribute('data-blur')")
    assert page.locator('[data-toggle="blur"]').first.get_attribute("aria-pressed") == "true"
    page.keyboard.press("F9")
    page.reload()
    assert not page.evaluate("document.documentElement.hasAttribute('data-blur')")
    assert said == []
    page.close()


SHOWN = '<span data-hide-after="0.6" tabindex="-1">Lindelaan 4</span>'
ASK = """{% extends "layouts/staff.html" %}{% from "components/acting.html" import reveal %}
{% block content %}<h1>Adres</h1>{{ reveal("/geheim", "adres van Samira") }}{% endblock %}"""


def test_what_was_shown_for_a_moment_can_be_asked_for_again_and_the_keyboard_keeps_its_place(browser: Browser) -> None:
    request = sample_request()
    with answering(request):
        html = environment().from_string(ASK).render({"request": request})
    page, said = opened(browser, html)
    button = page.locator("button.reveal")
    for _time in ("first", "again"):
        button.focus()
        page.keyboard.press("Enter")
        page.wait_for_selector("[data-hide-after]:focus", timeout=5000)
        assert not button.is_visible()
        page.wait_for_selector("text=Lindelaan 4", state="detached")
        assert button.evaluate("one => one === document.activeElement")
    assert said == []
    page.close()


def test_only_one_explanation_is_open_at_a_time(browser: Browser) -> None:
    page, _said = opened(browser, gallery_page("staff"))
    page.locator("details.why > summary").first.click()
    page.wait_for_function("document.querySelectorAll('details.why[open]').length === 1")
    page.close()


def test_a_wide_table_names_each_value_on_a_phone_and_stays_a_table_to_whoever_listens(browser: Browser) -> None:
    page, _said = opened(browser, gallery_page("staff"), width=390)
    table = page.get_by_role("table", name="Wie kreeg wat")
    assert table.get_by_role("columnheader").all_inner_texts() == ["Wie", "Wanneer", "Bladzijden"]
    value = table.get_by_role("row").nth(1).get_by_role("cell").nth(1)
    assert value.evaluate("cell => getComputedStyle(cell, '::before').content") == '"Bladzijden"'
    beside = "cell => cell.getBoundingClientRect().top > cell.previousElementSibling.getBoundingClientRect().top"
    assert value.evaluate(beside)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert not value.evaluate(beside)
    assert value.evaluate("cell => getComputedStyle(cell, '::before').content") == "none"
    page.close()


SAID = """{% extends "layouts/staff.html" %}{% from "components/lists.html" import answers, panel %}
{% block content %}<h1>Verzoek</h1><div class="cols-main"><div></div><div class="stack">
{% call panel("Gevraagd", id="asked") %}
{{ answers([{"label": "Welke gegevens", "value": "Zorg- en hulpverleningsgegevens, persoonsgegevens"}], tight=tight) }}
<p>{{ "Hulpverleningsgegevens" * 4 }}</p>{% endcall %}</div></div>{% endblock %}"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("tight", [True, False])
def test_a_long_word_stays_inside_the_panel_beside_the_page(browser: Browser, tight: bool, width: int) -> None:
    request = sample_request()
    with answering(request):
        html = environment().from_string(SAID).render({"request": request, "tight": tight})
    page, _said = opened(browser, html, width=width)
    for part in page.locator(".answers dd, .panel p").all():
        assert part.evaluate("one => one.scrollWidth <= one.clientWidth"), part.inner_text()
    page.close()


LIST = """{% extends "layouts/staff.html" %}{% from "components/lists.html" import split, row %}
{% block content %}<h1>Taken</h1>{% call(part) split() %}{% if part == "list" %}
<ul>{{ row("Een", "/taak/1", pane="pane") }}{{ row("Twee", "/taak/2", pane="pane", current=true) }}</ul>
{% else %}<h2>Twee</h2>{% endif %}{% endcall %}{% endblock %}"""


def test_a_row_fills_the_pane_beside_the_list_and_gets_an_address(browser: Browser) -> None:
    request = sample_request()
    with answering(request):
        html = environment().from_string(LIST).render({"request": request})
    page, said = opened(browser, html)
    page.get_by_role("link", name="Een").click()
    page.wait_for_selector("#pane >> text=Gehaald: /taak/1")
    assert page.url.endswith("/taak/1")
    assert page.locator(".row[data-current] a").inner_text() == "Een"
    page.keyboard.press("j")
    page.wait_for_selector("#pane >> text=Gehaald: /taak/2")
    page.set_viewport_size({"width": 390, "height": 800})
    assert not page.locator(".split .list").is_visible()
    page.get_by_role("link", name="Terug naar de lijst").or_(page.get_by_role("link", name="Back to the list")).click()
    assert page.locator(".split .list").is_visible()
    assert said == []
    page.close()


def test_quick_exit_leaves_no_way_back_to_the_page(browser: Browser) -> None:
    page, _said = opened(browser, gallery_page("portal"))
    before = page.evaluate("history.length")
    page.locator("[data-quick-exit]").click()
    page.wait_for_url("https://www.knmi.nl/**")
    assert page.evaluate("history.length") == before
    page.close()
