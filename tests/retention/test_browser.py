"""Keeping and letting go in a real browser: accessible in both themes, also on a phone, nothing refused by the policy.

The pages come straight from Django's test client; the browser meets no server.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from django.db import connections, transaction
from django.test import Client
from playwright.sync_api import Browser, Page, Request, Route

from casemgmt.audit import context
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from retention import destruction, night
from retention.facts import Answers
from retention.models import Certificate, EndDate, Removal
from tests.retention.places import House, dossier, settle
from tests.web import axe
from tests.web.chromium import chromium

STATIC = Path(__file__).resolve().parents[2] / "static"
PICTURES = os.environ.get("CASEMGMT_PICTURES", "")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, databases="__all__")]


@pytest.fixture(autouse=True)
def circumstances(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: True)
    # The browser's driver keeps an event loop in this thread; the queries here are ordinary ones.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with context.circumstances(context.AuditContext()):
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started, ThreadPoolExecutor(1) as hand:
        Desk.hand = hand
        yield started
        hand.submit(connections.close_all).result()


class Desk:
    """A browser page that is answered by the test client of one person, in a thread of its own."""

    hand: ClassVar[ThreadPoolExecutor]

    def __init__(self, browser: Browser, client: Client, *, width: int = 1280) -> None:
        self.client, self.said = client, list[str]()
        self.page: Page = browser.new_page(viewport={"width": width, "height": 900})
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.route("**/*", self._answer)

    def _answer(self, route: Route) -> None:
        request, parts = route.request, urlsplit(route.request.url)
        if parts.path.startswith("/static/"):
            file = STATIC / parts.path.removeprefix("/static/")
            route.fulfill(body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "font/woff2")
            return
        answer = self.hand.submit(self._ask, request).result()
        headers = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
        route.fulfill(status=answer.status_code, body=answer.content, headers=headers)

    def _ask(self, request: Request) -> Any:
        parts = urlsplit(request.url)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        kept = {name: value for name, value in request.headers.items() if name.startswith("hx-")}
        if request.method == "POST":
            kind = request.headers.get("content-type", "application/x-www-form-urlencoded")
            answer = self.client.post(path, data=request.post_data or "", content_type=kind, headers=kept)
        else:
            answer = self.client.get(path, headers=kept)
        while answer.status_code in (302, 303):
            answer = self.client.get(answer["Location"])
        return answer

    def open(self, path: str) -> Page:
        self.page.goto("http://localhost" + path)
        return self.page

    def faults(self) -> list[str]:
        """What axe finds in the page, in both themes."""
        return axe.faults(self.page)


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


@pytest.fixture
def house(db: None) -> House:
    """Dossiers in every state there is, up to a certificate."""
    house = settle()
    for index in range(6):
        dossier(house, f"SH-2004-000{index}", closed_on=date(2010, 5, 1 + index))
    dossier(house, "SH-2012-0040", closed_on=date(2019, 3, 4))
    dossier(house, "SH-2012-0041", closed_on=date(2013, 3, 4))
    with organisation(house.id):
        night.propose_due(house.id)
    return house


def ids(house: House) -> dict[str, Any]:
    with organisation(house.id), transaction.atomic():
        rows = Removal.objects.order_by("due_on")
        return {str(index): row.id for index, row in enumerate(rows)}


def step(house: House, who: str, removal_id: Any, rest: str, data: dict[str, str]) -> None:
    answer = house.client(who).post(house.url(f"bewaren/lijst/{removal_id}/{rest}"), data)
    assert answer.status_code == 303


def arrange(house: House, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """One in each state: 0 destroyed, 1 cooling off, 2 and 3 reviewed, 4 kept, 5 to be reviewed."""
    found = ids(house)
    agree = {"judgement": "agree"}
    for index in ("0", "1", "2", "3"):
        step(house, "karin", found[index], "beoordelen/", agree)
    step(house, "karin", found["4"], "beoordelen/", {"judgement": "keep", "why": "Zus vroeg om inzage"})
    step(house, "ria", found["0"], "goedkeuren/", {"typed": "SH-2004-0000"})
    real = clock.now
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: real() + timedelta(days=8))
        with organisation(house.id):
            destruction.destroy(found["0"])
    step(house, "ria", found["1"], "goedkeuren/", {"typed": "SH-2004-0001"})
    return found


@pytest.mark.parametrize("width", [390, 1280])
def test_the_pages_have_no_accessibility_faults(
    browser: Browser, house: House, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    found = arrange(house, monkeypatch)
    with organisation(house.id), transaction.atomic():
        proof = Certificate.objects.get().id
        shut = EndDate.objects.order_by("due_on").last().dossier_id
    running = dossier(house, "SH-2020-0001")
    house.client("noor").post(house.url(f"dossiers/{shut}/bewaren/tegenhouden/"), {"why": "De klacht loopt nog"})
    pages = {
        "lijst": ("ria", "bewaren/"),
        "beoordelen": ("karin", f"bewaren/lijst/{found['5']}/"),
        "goedkeuren": ("ria", f"bewaren/lijst/{found['2']}/"),
        "zelf": ("karin", f"bewaren/lijst/{found['2']}/"),
        "bedenktijd": ("ria", f"bewaren/lijst/{found['1']}/"),
        "gebleven": ("hanneke", f"bewaren/lijst/{found['4']}/"),
        "vernietigd": ("ria", f"bewaren/lijst/{found['0']}/"),
        "vooruitzicht": ("ria", "bewaren/vooruitzicht/"),
        "verklaringen": ("ria", "bewaren/verklaringen/"),
        "verklaring": ("ria", f"bewaren/verklaringen/{proof}/"),
        "bewaren": ("noor", f"dossiers/{shut}/bewaren/"),
        "sluiten": ("noor", f"dossiers/{running}/bewaren/sluiten/"),
        "oordeel": ("noor", f"dossiers/{shut}/bewaren/oordeel/"),
    }
    for name, (who, path) in pages.items():
        desk = Desk(browser, house.client(who), width=width)
        page = desk.open(house.url(path))
        picture(page, f"{name}-{width}")
        assert desk.faults() == [], name
        assert axe.fits(page), name
        assert desk.said == [], name
        page.close()


def test_the_end_date_follows_what_one_fills_in(browser: Browser, db: None) -> None:
    house = settle("veilig-thuis-hm")
    made = dossier(house, "VT-2004-0001", born=(date(2004, 1, 1), date(2010, 6, 30)))
    desk = Desk(browser, house.client("noor"))
    page = desk.open(house.url(f"dossiers/{made}/bewaren/sluiten/"))
    page.get_by_label("Gesloten op").fill("01-05-2010")
    page.get_by_label("Gesloten op").blur()
    page.wait_for_selector("#then >> text=1 mei 2025")
    page.locator("#id_keeping_helps").check()
    page.locator("#id_why").fill("Zorgen over het jongste kind")
    page.locator("#id_why").blur()
    page.wait_for_selector("#then >> text=30 juni 2028")
    picture(page, "sluiten-vt")
    assert desk.faults() == []
    page.get_by_role("button", name="Sluiten").click()
    page.wait_for_selector("text=30 juni 2028")
    picture(page, "bewaren-vt")
    assert desk.faults() == []
    assert desk.said == []
    page.close()


def test_a_list_is_worked_through_without_leaving_it(browser: Browser, house: House) -> None:
    desk = Desk(browser, house.client("karin"))
    page = desk.open(house.url("bewaren/"))
    page.get_by_role("link", name="SH-2004-0003").click()
    page.wait_for_selector("#pane >> text=Waarom nu")
    assert page.locator("#pane input[type=radio]:checked").count() == 0
    page.locator("#pane").get_by_label("Akkoord").check()
    page.get_by_role("button", name="Vastleggen en volgende").click()
    page.wait_for_selector("text=SH-2004-0003: akkoord.")
    assert desk.said == []
    page.close()


def test_the_answer_of_an_adult_youth_is_taken_down(browser: Browser, db: None) -> None:
    house = settle("veilig-thuis-hm")
    answers = Answers(keeping_helps=True, why="Zorgen")
    made = dossier(house, "VT-2004-0001", born=(date(1998, 1, 1),), closed_on=date(2010, 5, 1), answers=answers)
    desk = Desk(browser, house.client("noor"))
    page = desk.open(house.url(f"dossiers/{made}/bewaren/"))
    picture(page, "jongere")
    assert desk.faults() == []
    page.get_by_label("Wat deed").select_option("inspected")
    page.get_by_role("button", name="Leg vast").click()
    page.wait_for_selector("text=Vastgelegd.")
    page.close()
