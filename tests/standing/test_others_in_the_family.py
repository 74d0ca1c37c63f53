"""One dossier holds a family: what one of them does or gets, the others do not read in "who looked".

A former partner must not learn there that somebody asked for inspection, got a
letter, took a yes back or was let in. So the page of each says of every event no
more than "the dossier" or "a list", but for what staff read of their own accord.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import translation

from casemgmt.audit import context, events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.audit.words import list_said_to_client, said_to_client, words
from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from dossiers.models import PortalAccess
from portal.loading import LOOKING
from tests.client_requests.conftest import confirmed, now, own_circumstances
from tests.client_requests.story import House, employ, make_house
from tests.portal.test_journey import MANDATE, ask, hidden

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
__all__ = ["confirmed", "now", "own_circumstances"]

# What staff read or write of their own accord: it tells of nobody in the family that they did or got something.
OF_THEIR_OWN_ACCORD = {
    *("timeline", "latest", "people", "entry", "entry-form", "draft", "versions", "dossier", "crash"),
    *("worklist", "name", "number", "bsn"),
}
# Shown to whoever made the visit, and to nobody else; what staff do for somebody's page is no visit.
BY_STAFF = {"portal-access", "portal-invited", "portal-renewed"}
OWN_VISITS = {word for word, _said in words if word.startswith("portal-")} - BY_STAFF
NEUTRAL = {
    *("het dossier", "las in uw dossier", "iets anders daarin", "een lijst"),
    *("zag de naam van uw dossier in een lijst", "zag ook de naam van uw dossier in een lijst"),
}
WHY = {"werkt in het team dat u helpt", "voor een taak voor iedereen hier", "werd toegevoegd om u te helpen"}


def rest_of(page: str) -> set[str]:
    """What "who looked" says beside who, when, on which ground, and the words that tell nothing."""
    said = re.findall(r'<li><b>[^<]*</b><span>[^<]*</span><span class="soft">(.*?)</span></li>', page, re.S)
    assert said, "nobody looked"
    phrases = {
        re.sub(r" \(\d+ keer\)", "", one).strip() for text in said for one in re.split("[.,:]", unescape(text).lower())
    }
    return phrases - NEUTRAL - WHY - {""}


def two_who_sign_in(slug: str) -> House:
    """Daan, who is 15, and his father Mark, who has rights over Fien alone; both have a page of their own."""
    house = make_house(slug)
    house.custody("mark", "fien")
    for name in ("daan", "mark"):
        house.give_portal(name)
    employ(house, "dirk", "director")
    assert house.client("noor").get(house.inside()).status_code == 200
    for staff in ("noor", "hanneke", "dirk"):
        assert house.client(staff).get(house.staff_url()).status_code == 200
    return house


def seen_by(house: House, name: str) -> set[str]:
    """What this person's pages say of who looked, but for the visits they made themselves."""
    found = set()
    for rest in ("wie-keek/", ""):
        page = house.client(name).get(house.portal_url(rest)).content.decode()
        others = re.sub(r"<li><b>U</b>.*?</li>", "", page, flags=re.S)
        found |= rest_of(others)
    return found


def live(house: House, name: str, about: str) -> None:
    """Everything that one of the family does and gets: a request, its decision, letters, access, consent."""
    me, noor, hanneke = house.client(name), house.client("noor"), house.client("hanneke")
    one = house.inside(f"verzoeken/{ask(me, house, about).rstrip('/').rsplit('/', 1)[1]}/")
    for staff in (noor, hanneke, house.client("dirk")):
        for page in ("", "verzoeken/", "taken/", "goedkeuren/"):
            staff.get(house.staff_url(page))
        staff.get(one)
    assert noor.get(house.inside("verzoeken/")).status_code == 200
    assert noor.post(one + "identiteit/", {"how": "portal"}).status_code == 303
    ruling = {"outcome": "granted", "ground": "", "reason": "U mag dit lezen.", **MANDATE}
    assert hanneke.post(one + "besluit/", ruling).status_code == 303
    assert noor.get(one + "inzage/").status_code == 200
    assert noor.post(one + "uitvoeren/", {"how": "portal", "done_words": ""}).status_code == 303
    assert noor.post(one + "sluiten/", {"why": "Vader dreigt."}).status_code == 303
    me.get(house.portal_url("brieven/"))
    _letters_and_access(house, name)
    _consent(house, name)


def _letters_and_access(house: House, name: str) -> None:
    noor = house.client("noor")
    with organisation(house.id), transaction.atomic():
        letters = list(Letter.objects.filter(to_person_id=house.people[name]).values_list("id", flat=True))
        access = PortalAccess.objects.get(person_id=house.people[name]).id
    assert letters
    for letter in letters:
        assert noor.get(house.inside(f"brieven/{letter}/")).status_code == 200
        noor.get(house.inside(f"brieven/{letter}/pdf/"))
    held = house.inside(f"portaal/{access}/")
    assert noor.get(house.inside("portaal/")).status_code == 200
    assert noor.post(held + "bevriezen/", {"until": "24-11-2026", "why": "Vader dreigt."}).status_code == 303
    assert noor.post(held + "openen/", {}).status_code == 303
    assert noor.post(held + "opnieuw/", {"how": "known"}).status_code == 303
    house.clients[name].refresh_from_db()  # the new letter put them out, and with it they come in again


def _consent(house: House, name: str) -> None:
    noor, here, person = house.client("noor"), house.inside("toestemming/"), str(house.people[name])
    fien = str(house.people["fien"])
    page = noor.get(here, {"over": fien, "doel": "care"}).content.decode()
    said = {"row_id": hidden(page, "row_id"), "about": fien, "purpose": hidden(page, "purpose"), "person": person}
    said |= {"state": "given", "form": "oral", "given_on": "22-11-2026"}
    said |= {"recipient_kind": "gp", "recipient": "De Linde", "what_for": "Samen kijken naar het slapen."}
    assert noor.post(f"{here}vastleggen/", said).status_code == 303
    assert noor.post(f"{here}{said['row_id']}/intrekken/", {"form": "oral"}).status_code == 303


@pytest.mark.parametrize("slug", ["sterk-huis", "veilig-thuis-hm"])
def test_what_a_child_of_fifteen_does_and_gets_her_father_does_not_read_and_the_other_way_round(slug: str) -> None:
    house = two_who_sign_in(slug)
    before = {name: seen_by(house, name) for name in ("daan", "mark")}
    assert before == {"daan": {"de tijdlijn", "de werklijst"}, "mark": {"de tijdlijn", "de werklijst"}}
    live(house, "daan", "daan")
    assert seen_by(house, "mark") == before["mark"]
    live(house, "mark", "fien")
    assert seen_by(house, "daan") == before["daan"]


@contextmanager
def as_staff(house: House) -> Iterator[None]:
    """Events of somebody of staff, in one transaction."""
    who = context.AuditContext(user_id=UUID(str(house.staff["noor"].id)), role="caseworker", source="web")
    with organisation(house.id), context.circumstances(who), transaction.atomic():
        yield


def test_no_word_of_the_trail_tells_another_more_than_the_dossier_or_a_list() -> None:
    house = two_who_sign_in("sterk-huis")
    before = seen_by(house, "mark")
    with as_staff(house):
        for word in {word for word, _said in words} - OF_THEIR_OWN_ACCORD - OWN_VISITS:
            events.record(Action.READ, outcome=Outcome.SHOWN, data=word, subjects=[house.dossier_id])
            for action in LOOKING:
                events.record(action, outcome=Outcome.SHOWN, dossier_id=house.dossier_id, data=word, object_id=uuid4())
    assert seen_by(house, "mark") == before


def test_every_other_word_was_looked_at_with_that_eye() -> None:
    with translation.override("nl"):
        told = {
            word
            for word, _said in words
            if said_to_client(word) != "het dossier" or list_said_to_client(word) != "een lijst"
        }
    assert told - OWN_VISITS == OF_THEIR_OWN_ACCORD
