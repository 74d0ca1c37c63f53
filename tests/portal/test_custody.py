"""What a step-father with custody of one child meets in the portal: that child, and nothing of another."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base.organisation import organisation
from client_requests.acts import Ruling, decide, start_execution, verify_identity
from client_requests.models import ClientRequest
from dossiers.models import Dossier, Person
from dossiers.people.representing import Represented, represent
from dossiers.verbs import Verb
from tests.client_requests.story import NOW, TODAY, House

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
PAGES = (
    "",
    "brieven/",
    "wie-keek/",
    "wie-kreeg/",
    "over-mij/",
    "vragen/",
    "vragen/voor/?soort=inspection",
    "verzoeken/",
)
OTHERS = ("Daan", "Milou", "MERK-DAAN")


@pytest.fixture
def blended(house: House) -> House:
    """Ruud has custody of Fien; there are entries about Fien and about Daan."""
    house.stepfather()
    house.entry("MERK-FIEN ging naar zwemles.", "fien")
    house.entry("MERK-DAAN was boos op Ruud.", "daan")
    house.give_portal("ruud")
    return house


def given(house: House, about: str) -> str:
    """An inspection asked by the step-father, granted and opened in the portal: its address."""
    request_id = house.ask("ruud", about)
    noor, hanneke = house.actor("noor"), house.actor("hanneke")
    ruling = Ruling("granted", "", "Hij heeft gezag.", NOW.date())
    house.change("noor", Verb.READ, lambda d: verify_identity(d, request_id, how="document", by=noor, at=NOW).id)
    house.change("hanneke", Verb.DECIDE_REQUEST, lambda d: decide(d, request_id, ruling, by=hanneke, at=NOW).id)
    house.release(request_id)
    house.change(
        "noor", Verb.READ, lambda d: start_execution(d, request_id, how="portal", words=None, by=noor, at=NOW).id
    )
    return house.portal_url(f"verzoeken/{request_id}/inzage/")


def text(answer: object) -> str:
    return str(answer.content.decode())  # type: ignore[attr-defined]


def events(house: House) -> dict[UUID, str]:
    """What came of everything in the trail; the clock stands still here, so the newest cannot be told by its time."""
    with organisation(house.id), transaction.atomic():
        return dict(AccessEvent.objects.values_list("id", "outcome"))


@pytest.mark.parametrize("rest", PAGES)
def test_no_page_names_another_child(blended: House, rest: str) -> None:
    answer = blended.client("ruud").get(blended.portal_url(rest))
    assert answer.status_code == 200
    assert [word for word in OTHERS if word in text(answer)] == []


def test_who_looked_and_who_received_are_for_the_child_of_whom_he_has_custody(blended: House) -> None:
    page = text(blended.client("ruud").get(blended.portal_url("wie-kreeg/")))
    assert "Fien" in page and "Deze lijst is niet voor u" not in page
    blended.custody("ruud")
    page = text(blended.client("ruud").get(blended.portal_url("wie-kreeg/")))
    assert "Deze lijst is niet voor u" in page and not re.search("Fien|Daan|Milou", page)


@pytest.mark.parametrize("step", ["wat", "nakijken", "versturen"])
def test_asking_for_another_child_is_asking_for_somebody_who_is_not_there_and_leaves_a_row(
    blended: House, step: str
) -> None:
    ruud, over = blended.client("ruud"), str(blended.people["daan"])
    sent = {"soort": "inspection", "over": over, "categories": ["care"], "words": "Ik wil het lezen."}
    address = blended.portal_url(f"vragen/{step}/")
    before = events(blended)
    answer = ruud.get(address, sent) if step == "wat" else ruud.post(address, sent)
    assert answer.status_code == 404 and "Daan" not in text(answer)
    after = events(blended)
    assert [after[one] for one in after.keys() - before.keys()] == ["unknown"]
    with organisation(blended.id), transaction.atomic():
        assert not ClientRequest.objects.exists()


def test_he_reads_what_is_about_his_child_until_custody_ends_and_not_a_click_longer(blended: House) -> None:
    address, ruud = given(blended, "fien"), blended.client("ruud")
    page = text(ruud.get(address))
    assert "MERK-FIEN" in page and "MERK-DAAN" not in page
    blended.custody("ruud", "daan")
    over = ruud.get(address)
    assert over.status_code == 403 and "MERK-FIEN" not in text(over)
    # Why not, with the article; what the dossier knows of the child is not his any more.
    assert "1 maart 2015" not in text(over) and "01-03-2015" not in text(over)


def test_custody_with_a_last_day_opens_the_portal_on_that_day_and_not_on_the_next(
    blended: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, ruud = given(blended, "fien"), blended.client("ruud")

    def act(dossier: Dossier) -> None:
        person = Person.objects.get(dossier=dossier, id=blended.people["ruud"])
        represent(dossier, person, [Represented(blended.people["fien"], None, TODAY)])

    blended.change("noor", Verb.CHANGE, act)
    assert ruud.get(address).status_code == 200
    monkeypatch.setattr("casemgmt.base.clock.now", lambda: NOW.replace(day=NOW.day + 1))
    assert blended.client("ruud").get(address).status_code == 403


def test_a_request_on_paper_about_another_child_tells_him_the_rule_and_nothing_of_the_child(blended: House) -> None:
    request_id = blended.ask("ruud", "daan")
    page = text(blended.client("ruud").get(blended.portal_url(f"verzoeken/{request_id}/")))
    assert "rtikel" in page
    assert not re.search("30 juni 2011|30-06-2011|2011", page)
