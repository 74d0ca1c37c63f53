"""What was secret stays secret until a person says that this very address is open, and a guess learns nothing."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from client_requests import acts
from client_requests.for_clients import own_request
from disclosures.guarded import guard_for
from dossiers.models import Dossier, Person
from dossiers.people.acts import change_person, known_of, seen_mark
from dossiers.verbs import Verb

from .story import NOW, SECRET, TODAY, House, employ
from .test_acts import identified
from .test_pieces import for_the_father, moves, reads

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
TOLD = f"MERK-ADRES: hij haalde haar op bij {SECRET} en belde 06 12345678."
BLACK = "[zwart: adres of nummer]"


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)


def put_right(house: House, name: str, /, **changes: Any) -> None:
    """A colleague puts right what is known of somebody."""

    def act(dossier: Dossier) -> UUID:
        known = known_of(found := Person.objects.get(dossier=dossier, id=house.people[name]))
        new, by = replace(known, **changes), house.actor("noor")
        return UUID(str(change_person(dossier, found.id, new, seen=seen_mark(known), by=by, at=NOW).id))

    house.change("noor", Verb.CHANGE, act)


def opened(house: House, *texts: str) -> tuple[UUID, str, list[UUID]]:
    """Pieces that somebody read and released to the father, and that stand open in his portal."""
    request_id, at, entries = for_the_father(house, *texts)
    release(house, at, *entries)
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    return request_id, at, entries


def release(house: House, at: str, *entries: UUID) -> None:
    pieces = {"pieces": [f"{one}:1" for one in entries]}
    assert house.client("noor").post(at + "vrijgeven/", pieces).status_code == 303


def outsiders(house: House, text: str) -> str:
    """A sentence as somebody outside reads it in a letter."""
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        return guard_for(house.dossier_id).words(text)


GONE = {"address": None, "address_secret": False}
OPEN_ELSEWHERE = {"address": "Dorpsweg 4, Boxtel", "address_secret": False}
SECRET_ELSEWHERE = {"address": "Nieuwhof 3, Boxtel", "phone": "06 87654321"}


@pytest.mark.parametrize("change", [GONE, OPEN_ELSEWHERE, SECRET_ELSEWHERE])
def test_a_secret_address_that_is_taken_away_or_left_opens_for_nobody(house: House, change: dict[str, Any]) -> None:
    moves(house, "samira", phone="06 12345678")
    request_id, at, entries = opened(house, TOLD)
    assert BLACK in reads(house, request_id, "mark")
    put_right(house, "samira", **change)
    before = reads(house, request_id, "mark")
    assert "Geheimlaan" not in before and "12345678" not in before
    if change is SECRET_ELSEWHERE:
        assert "MERK-ADRES" not in before, "another address is secret: somebody reads it once more first"
        release(house, at, *entries)
    after = reads(house, request_id, "mark")
    assert "MERK-ADRES" in after and BLACK in after and "Geheimlaan" not in after and "12345678" not in after
    assert "Geheimlaan" not in outsiders(house, TOLD) and "12345678" not in outsiders(house, TOLD)


def test_only_the_tick_taken_off_an_address_that_stays_opens_it_and_a_release_of_before_is_read_again(
    house: House,
) -> None:
    request_id, at, (piece,) = opened(house, TOLD)
    put_right(house, "samira", **GONE)
    put_right(house, "samira", address=SECRET)
    assert "Geheimlaan" not in outsiders(house, TOLD), "typed without the tick, it may still be a secret of before"
    put_right(house, "samira", address_secret=True)
    put_right(house, "samira", address_secret=False)
    assert "Geheimlaan" in outsiders(house, TOLD)
    assert "MERK-ADRES" not in reads(house, request_id, "mark"), "what is secret changed, so nobody read it as it is"
    assert f'value="{piece}:1"' in house.client("noor").get(at + "inzage/").content.decode()


def test_an_address_that_is_opened_leaves_the_one_of_before_secret(house: House) -> None:
    put_right(house, "samira", address="Nieuwhof 3, Boxtel", warning="Bel nooit naar 06 11223344.")
    put_right(house, "samira", address_secret=False, warning=None)
    text = outsiders(house, f"Eerst {SECRET}, nu Nieuwhof 3, Boxtel; niet 06 11223344.")
    assert "Geheimlaan" not in text and "11223344" not in text and "Nieuwhof 3" in text


def test_a_reason_and_what_was_done_tell_no_address_of_before_a_move_from_one_secret_to_another(house: House) -> None:
    request_id = house.ask("milou")
    identified(house, request_id)
    employ(house, "dirk", "director")
    ruling = {"outcome": "granted", "reason": f"Zij wonen op de {SECRET}.", "mandated_on": "01-11-2026"}
    at = house.inside(f"verzoeken/{request_id}/")
    assert house.client("dirk").post(at + "besluit/", ruling).status_code == 303
    by, words = house.actor("noor"), f"Besproken op de {SECRET}."
    house.change(
        "noor", Verb.READ, lambda d: acts.start_execution(d, request_id, how="other", words=words, by=by, at=NOW).id
    )
    put_right(house, "samira", address="Nieuwhof 3, Boxtel")

    def read(dossier: Dossier) -> str:
        milou = Person.objects.get(dossier=dossier, id=house.people["milou"])
        seen = own_request(dossier, milou, request_id, TODAY)
        return f"{seen.reason} {seen.done_words}"

    portal = house.change("noor", Verb.READ, read)
    assert "Zij wonen op de [weggelaten]" in portal and "Besproken op de [weggelaten]" in portal


def test_who_gives_a_guess_as_their_own_address_does_not_read_whether_it_is_right(house: House) -> None:
    request_id, _at, _entries = opened(house, TOLD)
    put_right(house, "mark", address=SECRET)
    text = reads(house, request_id, "mark")
    assert "MERK-ADRES" in text and BLACK in text and "Geheimlaan" not in text


@pytest.mark.parametrize("guess", [SECRET, "Dorpsweg 4, Boxtel"], ids=["right", "wrong"])
def test_who_asks_that_a_guess_be_secret_as_their_own_address_waits_until_somebody_read_it_again_right_or_wrong(
    house: House, guess: str
) -> None:
    request_id, at, entries = opened(house, TOLD)
    put_right(house, "mark", address=guess, address_secret=True)
    assert "MERK-ADRES" not in reads(house, request_id, "mark"), "a piece that closes for a right guess alone tells it"
    release(house, at, *entries)
    assert ("Geheimlaan" in reads(house, request_id, "mark")) is (guess == SECRET), "somebody read it as he does"
    put_right(house, "mark", address="Nieuwhof 3, Boxtel")
    assert "MERK-ADRES" not in reads(house, request_id, "mark")
    release(house, at, *entries)
    text = reads(house, request_id, "mark")
    assert "MERK-ADRES" in text and BLACK in text and "Geheimlaan" not in text, "a guess of before opens nothing"


HIDES = {"address": "Schuilpad 9, 5045 ZZ Tilburg"}
TOWN = "MERK-STAD: Fien gaat sinds deze week in Tilburg naar school."


def test_a_town_that_turns_readable_because_another_lives_there_openly_closes_a_piece_until_it_is_read_again(
    house: House,
) -> None:
    put_right(house, "samira", address_secret=False)
    put_right(house, "samira", **HIDES, address_secret=True)
    request_id, at, entries = opened(house, TOWN)
    assert f"sinds deze week in {BLACK} naar school" in reads(house, request_id, "mark")
    put_right(house, "daan", address="Dorpsweg 4, 5012 AB Tilburg")
    assert "MERK-STAD" not in reads(house, request_id, "mark")
    release(house, at, *entries)
    assert "in Tilburg naar school" in reads(house, request_id, "mark"), "somebody read it, and Daan lives there openly"


@pytest.mark.parametrize(
    ("whose", "address"),
    [("mark", "Dorpsweg 4, 5012 AB Tilburg"), ("fien", HIDES["address"]), ("fien", "Schuilpad 9 Tilburg")],
    ids=["the reader", "her child without the tick", "the same, typed otherwise"],
)
def test_the_address_of_the_reader_and_one_that_is_the_secret_one_open_no_town(
    house: House, whose: str, address: str
) -> None:
    put_right(house, "samira", **HIDES)
    request_id, _at, _entries = opened(house, TOWN)
    put_right(house, whose, address=address)
    text = reads(house, request_id, "mark")
    assert f"sinds deze week in {BLACK} naar school" in text and "Tilburg" not in text


OWN = "Dorpsweg 4, 5012 AB Tilburg"


@pytest.mark.parametrize(
    ("hides", "town"),
    [(HIDES["address"], BLACK), ("Schuilpad 9, 4811 ZZ Breda", "Tilburg")],
    ids=["there", "elsewhere"],
)
def test_where_the_reader_lives_reads_the_same_in_whichever_town_another_hides(
    house: House, hides: str, town: str
) -> None:
    put_right(house, "mark", address=OWN)
    put_right(house, "samira", address=hides)
    request_id, _at, _entries = opened(house, f"MERK-EIGEN: vader woont op {OWN} en haalde haar op in Tilburg.")
    assert f"vader woont op {OWN} en haalde haar op in {town}." in reads(house, request_id, "mark")


@pytest.mark.parametrize("guess", ["Tilburg", "Tilburg 9", HIDES["address"], "Schuilpad 9, Tilburg"])
def test_who_gives_the_town_or_the_secret_address_itself_as_their_own_reads_neither(house: House, guess: str) -> None:
    put_right(house, "samira", **HIDES)
    put_right(house, "mark", address=guess)
    told = f"MERK-GOK: zij wonen in Tilburg 9 jaar, op {HIDES['address']}, kort Schuilpad 9, Tilburg."
    request_id, _at, _entries = opened(house, told)
    text = reads(house, request_id, "mark")
    assert "MERK-GOK" in text and "Tilburg" not in text and "Schuilpad" not in text
