"""However much was asked since: the oldest request stays in sight, of who asked it and of who decides on it."""

import re
from datetime import timedelta

import pytest

from client_requests.acts import withdraw
from client_requests.hooks import timeline
from dossiers.sections import Span
from dossiers.verbs import Verb
from tests.client_requests.story import NOW, House
from tests.walking import walk

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture(autouse=True)
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Five to a page and three in the inbox, so that a dozen requests are many."""
    for_clients, queries = "client_requests.for_clients", "client_requests.queries"
    for name in (f"{for_clients}.OWN_AT_ONCE", f"{for_clients}.OTHERS_AT_ONCE", f"{queries}.LONGEST"):
        monkeypatch.setattr(name, 5)
    monkeypatch.setattr("client_requests.hooks.MOST", 3)


ONE = r"/verzoeken/([0-9a-f-]{36})/"


def test_of_many_requests_each_can_be_reached_by_who_asked_by_who_it_is_about_and_by_who_decides(house: House) -> None:
    for name in ("fien", "samira"):
        house.give_portal(name)
    asked = [str(house.ask("samira", "fien")) for _ in range(12)]
    samira, fien, hanneke = (house.client(name) for name in ("samira", "fien", "hanneke"))
    own = walk(samira, house.portal_url("verzoeken/"), ONE)
    assert sorted(own) == sorted(asked)
    others = walk(fien, house.portal_url("verzoeken/"), "Samira El Idrissi")
    assert len(others) == 12
    assert sorted(walk(hanneke, house.staff_url("verzoeken/"), ONE)) == sorted(asked)
    inbox = hanneke.get(house.staff_url("goedkeuren/")).content.decode()
    main = inbox[inbox.index("<main") :]
    assert len(re.findall(ONE, main)) == 3
    assert "Op 12 besluiten van u wordt gewacht." in main and f'href="{house.staff_url("verzoeken/")}"' in main


def test_the_answer_that_a_client_waits_for_longest_is_on_the_first_page_whatever_they_asked_since(
    house: House,
) -> None:
    house.give_portal("milou")
    noor, first = house.actor("noor"), house.ask("milou", at=NOW - timedelta(minutes=1))
    for _ in range(7):
        later = house.ask("milou")
        house.change("noor", Verb.READ, lambda d, one=later: withdraw(d, one, by=noor, at=NOW).id)
    start = house.client("milou").get(house.portal_url("")).content.decode()
    assert "U hebt geen lopend verzoek" not in start and "Antwoord uiterlijk" in start, first


def test_an_older_part_of_a_timeline_tells_what_was_asked_then_however_much_was_asked_since(house: House) -> None:
    then = NOW - timedelta(days=30)
    first = house.ask("milou", on=then.date(), at=then)
    for _ in range(4):
        house.ask("milou")
    noor = house.actor("noor")

    def told(span: Span) -> set[str]:
        found = house.change("noor", Verb.READ, lambda d: timeline(d, noor, span))
        return {str(event.arguments["request_id"]) for event in found}

    assert told(Span(then + timedelta(days=1), then - timedelta(days=1))) == {str(first)}
    newest = told(Span(None, then + timedelta(days=1)))
    assert newest and str(first) not in newest
