"""Who reported stays who reported: putting right what is known of them opens no old name, address or number."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from consent.facts import circle
from disclosures.guarded import Guard, guard_for, guard_of_writer, guard_on_paper
from disclosures.package import secrets_around
from dossiers.models import Dossier
from dossiers.people.acts import NewPerson, add_person
from dossiers.verbs import Verb
from tests.cast import of

from .story import TODAY, House
from .test_once_secret import outsiders, put_right
from .test_pieces import asked, for_the_father, reads

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
BY_NAME = "MERK-NAAM: gemeld door Truus Overweg."
BY_PLACE = "MERK-PLEK: gemeld door iemand van Kaagstraat 5, tel. 06 44556677."
SOURCE = ("Truus", "Overweg", "Kaagstraat", "44556677")
ELSEWHERE = {"address": "Dorpsweg 4, Boxtel", "phone": "06 11223344"}


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)


@pytest.fixture(autouse=True)
def reporter(house: House) -> None:
    """No address is secret here, and a neighbour reported."""
    put_right(house, "samira", address_secret=False)
    neighbour(house)


def neighbour(house: House, role: str = "reporter", name: str = "Truus Overweg") -> None:
    def act(dossier: Dossier) -> UUID:
        new = NewPerson(role, name, date(1960, 5, 5), address="Kaagstraat 5", phone="06 44556677")
        return UUID(str(add_person(dossier, new).id))

    house.people["truus"] = house.change("noor", Verb.ADD, act)


CHANGES: dict[str, list[dict[str, Any]]] = {
    "no name any more": [{"name": "Anonieme melder"}],
    "another address and number": [ELSEWHERE],
    "both gone": [{"address": None, "phone": None}],
    "another part": [{"role": "network", "relevance": "Buurvrouw"}],
    "another part and name at once": [{"role": "network", "relevance": "Buurvrouw", "name": "T. Overweg"}],
    "another part, and then the rest": [{"role": "parent"}, {"name": "A. Non", **ELSEWHERE}],
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
def test_who_reported_is_read_by_nobody_outside_also_after_what_is_known_of_them_was_put_right(
    house: House, changes: list[dict[str, Any]]
) -> None:
    request_id, at, _entries = for_the_father(house, BY_NAME, BY_PLACE)
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    before = reads(house, request_id, "mark")
    for change in changes:
        put_right(house, "truus", **change)
    after = reads(house, request_id, "mark")
    for text in (before, after, outsiders(house, f"{BY_NAME} {BY_PLACE}")):
        assert "MERK-NAAM" in text and "MERK-PLEK" in text, "nothing closes: that would tell that something changed"
        assert not [one for one in SOURCE if one in text]


def guards(house: House) -> tuple[Guard, Guard, Guard]:
    """Of an outsider, of a colleague who types, and of paper that goes to who reported under their old name."""

    def act(dossier: Dossier) -> tuple[Guard, Guard, Guard]:
        to_her = {"organisation": "", "name": "Mevrouw Overweg", "address": ""}
        found = guard_for(dossier.id), guard_of_writer(dossier, house.actor("noor"))
        return *found, guard_on_paper(dossier.id, "reporter", to_her)

    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        return act(Dossier.objects.get(id=house.dossier_id))


@pytest.mark.parametrize("change", [{"name": "Anonieme melder", **ELSEWHERE}, {"role": "network"}])
def test_nobody_is_told_who_reported_by_words_that_are_refused_or_a_letter_that_is_held_back(
    house: House, change: dict[str, Any]
) -> None:
    put_right(house, "truus", **change)
    outside, writer, to_her = guards(house)
    told = f"{BY_NAME} {BY_PLACE} Mail naar hulp@voorbeeld.example."
    assert not writer.holds(told) and not outside.of_secrets().holds(told)
    assert "hulp@voorbeeld.example" in outside.words(told), "no address is secret, so other addresses stay"
    on_paper = to_her.words(told)
    assert "Truus Overweg" in on_paper and "Kaagstraat" not in on_paper and "44556677" not in on_paper


def test_who_is_made_the_one_who_reported_and_loses_their_name_at_once_is_not_read_under_it_either(
    house: House,
) -> None:
    neighbour(house, "network", "Riet Zomerdijk")
    put_right(house, "truus", role="reporter", name="Anonieme melder")
    text = outsiders(house, "MERK-NAAM: gemeld door Riet Zomerdijk.")
    assert "MERK-NAAM" in text and "Riet" not in text and "Zomerdijk" not in text


def test_the_tick_taken_off_opens_no_address_of_who_reported(house: House) -> None:
    for change in ({"address_secret": True}, {"address_secret": False}, {"role": "parent"}, ELSEWHERE):
        put_right(house, "truus", **change)
    put_right(house, "truus", address="Kaagstraat 5", phone="06 44556677", address_secret=True)
    put_right(house, "truus", address_secret=False)
    text = outsiders(house, BY_PLACE)
    assert "MERK-PLEK" in text and not [one for one in SOURCE if one in text]


@pytest.mark.parametrize("changes", [[], [{"role": "network", "relevance": "Buurvrouw"}]], ids=["now", "before"])
def test_who_gives_the_address_of_who_reported_as_their_own_does_not_read_whether_it_is_right(
    house: House, changes: list[dict[str, Any]]
) -> None:
    for change in changes:
        put_right(house, "truus", **change)
    request_id, at, _entries = for_the_father(house, BY_PLACE)
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    put_right(house, "mark", address="Kaagstraat 5", phone="06 44556677")
    text = reads(house, request_id, "mark")
    assert "MERK-PLEK" in text and not [one for one in SOURCE if one in text]


HOME = {"address": "Nieuwhof 3, 5038 AB Tilburg", "phone": "013 5556677"}
AT_HOME = "MERK-THUIS: {} woont op Nieuwhof 3, 5038 AB Tilburg, tel. 013 5556677."


def test_where_the_asker_lived_at_the_decision_stays_theirs_when_another_of_their_house_turns_out_to_have_reported(
    house: House,
) -> None:
    put_right(house, "mark", **HOME)
    request_id, at, _entries = for_the_father(house, AT_HOME.format("vader"))
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    put_right(house, "truus", **HOME)
    assert AT_HOME.format("vader") in reads(house, request_id, "mark"), "a gap at his own door would tell who reported"


def test_a_housemate_who_hides_at_the_same_address_makes_no_gap_either(house: House) -> None:
    neighbour(house, "network", "Riet Zomerdijk")
    hidden = {**HOME, "address_secret": True}
    for person in ("mark", "truus"):
        put_right(house, person, role="parent" if person == "mark" else "network", **hidden)
    request_id, at, _entries = for_the_father(house, AT_HOME.format("vader"))
    house.release(request_id)
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    told = reads(house, request_id, "mark")
    put_right(house, "truus", role="reporter")
    assert AT_HOME.format("vader") in told and AT_HOME.format("vader") in reads(house, request_id, "mark")


def test_an_address_that_another_hides_stays_black_for_who_openly_gave_it_as_theirs_when_the_other_reported(
    house: House,
) -> None:
    neighbour(house, "network", "Riet Zomerdijk")
    put_right(house, "truus", role="network", address_secret=True, **HOME)
    put_right(house, "mark", **HOME)
    request_id, at, _entries = for_the_father(house, AT_HOME.format("vader"))
    house.release(request_id)
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    for role in ("network", "reporter"):
        put_right(house, "truus", role=role)
        text = reads(house, request_id, "mark")
        assert "MERK-THUIS" in text and "Nieuwhof" not in text and "5556677" not in text


@pytest.mark.parametrize("changes", [[], [{"role": "network", "relevance": "Buurvrouw"}]], ids=["now", "before"])
@pytest.mark.parametrize("hides", [False, True])
def test_who_asks_anew_with_the_address_of_who_reported_as_their_own_does_not_read_whether_it_is_right(
    house: House, changes: list[dict[str, Any]], hides: bool
) -> None:
    for change in changes:
        put_right(house, "truus", **change)
    put_right(house, "truus", address_secret=hides)
    put_right(house, "mark", address="Kaagstraat 5", phone="06 44556677", address_secret=hides)
    request_id, at, _entries = for_the_father(house, BY_PLACE)
    if hides:
        house.release(request_id)
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    text = reads(house, request_id, "mark")
    assert "MERK-PLEK" in text and not [one for one in SOURCE if one in text]


def test_a_decision_counts_for_the_address_that_its_page_showed(house: House) -> None:
    house.entry(AT_HOME.format("vader"), "fien")
    _request, at = asked(house)
    page = house.client("hanneke").get(at).content.decode()
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    put_right(house, "samira", **HOME)
    answer = house.client("hanneke").post(at + "besluit/", {"outcome": "granted", "reason": "Ja.", "seen": seen})
    told = answer.content.decode()
    assert answer.status_code == 422 and "Ja." in told and "Er is niets bewaard" in told


def test_who_once_reported_reads_their_own_name_and_nobody_else_does(house: House) -> None:
    put_right(house, "samira", represents=())
    put_right(house, "samira", role="reporter")
    put_right(house, "samira", role="parent", represents=of(house.people["fien"]))
    house.entry("MERK-ZELF: Samira bracht Fien naar school.", "fien")
    request_id, at = asked(house)
    assert house.client("hanneke").post(at + "besluit/", {"outcome": "granted", "reason": "Ja."}).status_code == 303
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    assert "MERK-ZELF: Samira bracht Fien naar school." in reads(house, request_id, "samira")
    assert "Samira" not in outsiders(house, "MERK-ZELF: Samira bracht Fien naar school.")


@pytest.mark.parametrize("reported", [False, True])
def test_that_a_client_once_reported_takes_their_open_address_out_of_no_package(house: House, reported: bool) -> None:
    put_right(house, "milou", **HOME)
    for role in ("reporter", "client") if reported else ():
        put_right(house, "milou", role=role)
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        around = circle(Dossier.objects.get(id=house.dossier_id), house.people["milou"], TODAY)
        assert around is not None
        text = AT_HOME.format("Milou")
        assert secrets_around(house.dossier_id, around).black(text) == []
