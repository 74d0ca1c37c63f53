"""What somebody meets on their own page: its language, its errors, its letters, and what it says where one is."""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.accounts.models import User
from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.letters.vocabulary import State
from casemgmt.web import errors
from client_requests import invitations
from dossiers.models import PortalAccess
from dossiers.verbs import Verb
from tests.client_requests.story import NOW, SLUGS, House, make_house
from tests.web.pages import sample_request

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
NOT_THERE = UUID("77478abe-1fbb-4468-a1da-46fe0dac48a5")


def press_english(browser: Client, page: str) -> str:
    """Press "English" on a page of the portal; the page that comes then."""
    shown = browser.get(page).content.decode()
    assert 'lang="nl"' in shown.split("<head>")[0]
    form = re.search(r'<form action="([^"]*/taal/)" method="post">.*?</form>', shown, re.DOTALL)
    assert form is not None and 'value="en"' in form[0]
    back = re.search(r'name="next" value="([^"]*)"', form[0])
    assert back is not None
    answer = browser.post(form[1], {"language": "en", "next": back[1]})
    assert answer.status_code == 303
    return browser.get(answer["Location"]).content.decode()


def is_english(page: str) -> bool:
    return '<html lang="en"' in page


@pytest.mark.parametrize("rest", ["", "brieven/", f"brieven/{NOT_THERE}/"])
def test_whoever_presses_english_reads_english_from_the_next_page_on(house: House, rest: str) -> None:
    house.give_portal("milou")
    browser = house.client("milou")
    assert is_english(press_english(browser, house.portal_url(rest)))
    assert is_english(browser.get(house.portal_url("over-mij/")).content.decode())


def test_english_can_be_chosen_before_signing_in(house: House) -> None:
    assert is_english(press_english(Client(), house.portal_url("inloggen/")))


def test_the_language_of_the_portal_is_not_that_of_the_pages_of_staff(house: House) -> None:
    """One browser, both doors: each session has its own language."""
    house.give_portal("milou")
    browser = house.client("noor")
    browser.cookies["casemgmt_portal"] = house.client("milou").cookies["casemgmt_portal"].value
    assert is_english(press_english(browser, house.portal_url("")))
    assert not is_english(browser.get(house.staff_url("dossiers/")).content.decode())
    assert browser.post("/voorkeur/taal/", {"language": "en", "next": "/"}).status_code == 303
    assert browser.post("/mijn/voorkeur/taal/", {"language": "nl", "next": "/"}).status_code == 303
    assert is_english(browser.get(house.staff_url("dossiers/")).content.decode())


def test_an_error_in_the_portal_keeps_the_quick_exit_and_leads_to_no_page_of_staff(house: House) -> None:
    house.give_portal("milou")
    answer = house.client("milou").get(house.portal_url(f"brieven/{uuid4()}/"))
    page = answer.content.decode()
    assert answer.status_code == 404 and "<title>Mijn omgeving</title>" in page
    assert "data-quick-exit" in page and f'href="{house.portal_url()}"' in page and 'href="/"' not in page
    away = errors.answer(sample_request(house.portal_url()), 503).content.decode()
    assert "data-quick-exit" in away and 'href="/"' not in away
    assert "data-quick-exit" not in errors.answer(sample_request("/o/sterk-huis/"), 404).content.decode()
    for nowhere in ("/mijn/%3Cb/", "/mijn/voorkeur/taal/"):
        lost = errors.answer(sample_request(nowhere), 404).content.decode()
        assert "data-quick-exit" in lost and "error-way" not in lost


def test_an_error_in_the_portal_does_not_tell_which_places_exist(house: House) -> None:
    house.give_portal("milou")
    theirs = make_house("buurteams-nijmegen").row.slug

    def seen(slug: str) -> str:
        page = house.client("milou").get(f"/mijn/{slug}/").content.decode()
        return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page).replace(slug, "X")

    assert "data-quick-exit" in seen(theirs) and seen(theirs) == seen("bestaat-niet")


def test_the_letter_that_led_here_is_new_on_no_page(house: House) -> None:
    by, milou = house.actor("noor"), house.people["milou"]
    invited = house.change(
        "noor",
        Verb.INVITE_TO_PORTAL,
        lambda d: invitations.invite(d, milou, address="https://example.org/", by=by, at=NOW),
    )
    with organisation(house.id), transaction.atomic():
        user_id = PortalAccess.objects.get(person_id=milou).user_id
    house.clients["milou"] = User.objects.get(id=user_id)
    browser = house.client("milou")
    page = browser.get(house.portal_url("brieven/")).content.decode()
    assert f"brieven/{invited.id}/" in page and "nieuw" not in page
    house.ask("milou")
    assert browser.get(house.portal_url("brieven/")).content.decode().count("nieuw") == 1
    assert "1 nieuwe brief" in browser.get(house.portal_url("")).content.decode()


def text_of_request(house: House, request_id: UUID) -> str:
    return house.client("milou").get(house.portal_url(f"verzoeken/{request_id}/")).content.decode()


def test_a_request_says_what_is_done_now_and_marks_sample_text_as_such(house: House) -> None:
    house.give_portal("milou")
    page = text_of_request(house, house.ask("milou"))
    assert "Wij controleren of u het bent" in page and "Wij weten dat u het bent" not in page
    assert "Duurt het te lang?" in page


@pytest.mark.parametrize("slug", SLUGS)
def test_only_where_there_is_a_decision_the_page_speaks_of_it_and_marks_sample_text_as_such(slug: str) -> None:
    house = make_house(slug)
    house.give_portal("mark")
    mark, request_id = house.client("mark"), house.ask("mark", "milou")
    page = house.portal_url(f"verzoeken/{request_id}/")
    waiting = mark.get(page).content.decode()
    assert "dit besluit" not in waiting and "straks niet eens" in waiting and "Welke regel is dat?" in waiting
    ruling = {
        "outcome": "refused",
        "ground": "age_or_capacity",
        "reason": "Milou beslist zelf.",
        "mandated_on": "02-01-2020",
    }
    assert house.client("hanneke").post(house.inside(f"verzoeken/{request_id}/besluit/"), ruling).status_code == 303
    decided = mark.get(page).content.decode()
    assert "met dit besluit" in decided and "straks niet eens" not in decided
    assert "Voorbeeldtekst." not in decided and "voorbeeldtekst" in decided


def test_a_request_taken_back_before_a_decision_speaks_of_none(house: House) -> None:
    house.give_portal("milou")
    request_id = house.ask("milou")
    taken_back = house.client("milou").post(house.portal_url(f"verzoeken/{request_id}/intrekken/"))
    assert taken_back.status_code == 303
    page = text_of_request(house, request_id)
    assert "besluit" not in page and "Duurt het te lang?" not in page and "niet mee eens" not in page


def test_what_is_wrong_stands_below_what_the_page_asks(house: House) -> None:
    house.give_portal("milou")
    asked = {"soort": "inspection", "over": str(house.people["milou"])}
    answer = house.client("milou").post(house.portal_url("vragen/nakijken/"), asked)
    page = answer.content.decode()
    assert answer.status_code == 422 and 0 < page.index("<h1>") < page.index("error-summary")


def test_a_letter_of_which_no_file_could_be_made_says_so_and_offers_paper(house: House) -> None:
    """Coming back in a minute would never help: nobody makes it any more."""
    house.give_portal("milou")
    house.ask("milou")
    with organisation(house.id), transaction.atomic():
        letter = Letter.objects.get()
    milou, at = house.client("milou"), house.portal_url(f"brieven/{letter.id}/")
    assert "Kom over een minuut terug" in milou.get(at).content.decode()
    with organisation(house.id), transaction.atomic():
        Letter.objects.filter(id=letter.id).update(state=State.FAILED)
    answer = milou.get(at + "pdf/")
    assert answer.status_code == 409
    for page in (milou.get(at).content.decode(), answer.content.decode()):
        assert "Wilt u hem op papier" in page and "minuut" not in page
