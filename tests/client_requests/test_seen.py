"""Who decides on a request or releases a piece gives what stood on their own page, and nothing that came after."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from casemgmt.base.errors import Conflict
from client_requests import acts
from client_requests.acts import Ruling
from dossiers.models import Dossier, EntryVersion
from dossiers.verbs import Verb

from .story import NOW, House, seen_on
from .test_pieces import GIVEN, asked, for_the_father, letter_of, moves, secret

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

AGAIN = "kijk opnieuw wat de aanvrager krijgt"


def reworded(house: House, entry: UUID, text: str) -> None:
    """A colleague words an entry anew."""

    def act(dossier: Dossier) -> UUID:
        made = EntryVersion.objects.create(
            dossier=dossier, entry_id=entry, number=2, text=text, made_by_id=house.staff["noor"].id, made_at=NOW
        )
        return UUID(str(made.entry_id))

    house.change("noor", Verb.ADD, act)


@pytest.mark.parametrize("what", ["an entry more", "another wording", "an address became secret"])
def test_who_grants_gives_only_what_stood_on_their_page(house: House, what: str) -> None:
    """A colleague adds an entry while the decision is being written: nobody read it with the eyes of the asker."""
    secret(house, "samira", is_secret=False)
    entry = house.entry(GIVEN, "fien")
    request_id, at = asked(house, "mark", "fien")
    house.custody("mark", "fien")
    hanneke = house.client("hanneke")
    ruling = {"outcome": "granted", "reason": "U mag dit lezen: MERK-REDEN.", "seen": seen_on(hanneke, at)}
    assert ruling["seen"]
    if what == "an entry more":
        house.entry("MERK-LATER: zij is weggelopen.", "fien")
    elif what == "another wording":
        reworded(house, entry, "MERK-ANDERS: hij ging nooit naar school.")
    else:
        secret(house, "samira", is_secret=True)
    answer = hanneke.post(at + "besluit/", ruling)
    page = answer.content.decode()
    assert answer.status_code == 422 and AGAIN in page
    assert "MERK-REDEN" in page, "what was typed is still there"
    assert house.request(request_id).decided_at is None
    # The page that came back shows it, so now it was seen.
    again = re.search(r'name="seen" value="([^"]+)"', page)
    assert again is not None
    assert hanneke.post(at + "besluit/", {**ruling, "seen": again[1]}).status_code == 303


def test_a_form_without_the_mark_of_its_page_grants_nothing(house: House) -> None:
    house.entry(GIVEN, "fien")
    request_id, at = asked(house)
    for seen in ("", "onzin"):
        ruling = {"outcome": "granted", "reason": "U mag dit lezen.", "seen": seen}
        assert house.client("hanneke").post(at + "besluit/", ruling).status_code == 422
    by, stale = house.actor("hanneke"), Ruling("granted", "", "U mag dit lezen.", seen="onzin")
    with pytest.raises(Conflict):
        house.change("hanneke", Verb.DECIDE_REQUEST, lambda d: acts.decide(d, request_id, stale, by=by, at=NOW).id)
    assert house.request(request_id).decided_at is None


@pytest.mark.parametrize("kind", ["inspection", "copy"])
def test_a_letter_promises_no_pieces_where_there_are_none(house: House, kind: str) -> None:
    house.entry("MERK-SAMEN", "milou", "daan", category="basic")
    request_id = house.ask("milou", kind=kind)
    at = house.inside(f"verzoeken/{request_id}/")
    assert house.client("noor").post(at + "identiteit/", {"how": "document"}).status_code == 303
    concept = house.client("hanneke").get(at).content.decode()
    ruling = {"outcome": "granted", "reason": "Je mag het lezen."}
    assert house.client("hanneke").post(at + "besluit/", ruling).status_code == 303
    for text in (concept, letter_of(house, request_id)):
        assert "er geen stuk dat alleen over Milou Bakker gaat" in text and "U krijgt geen stukken" in text
        assert "klaar in het portaal" not in text and "Wij voeren uit" not in text


def test_the_form_that_carries_out_a_copy_does_not_send_staff_to_pages_that_are_not_there(house: House) -> None:
    """What is read and released is an inspection; a copy goes on paper, where an address is secret as well."""
    house.entry(GIVEN, "fien")
    house.custody("mark", "fien")
    request_id = house.ask("mark", "fien", kind="copy")
    at = house.inside(f"verzoeken/{request_id}/")
    noor = house.client("noor")
    assert noor.post(at + "identiteit/", {"how": "document"}).status_code == 303
    ruling = {"outcome": "granted", "reason": "U krijgt een kopie."}
    assert house.client("hanneke").post(at + "besluit/", ruling).status_code == 303
    page = noor.get(at).content.decode()
    assert 'name="how"' in page
    assert "opengaan in het portaal" not in page, "nor why it would not"
    assert noor.get(at + "inzage/").status_code == 404


@pytest.mark.parametrize(
    "contacts", [{"address": "Schuilpad 9, Breda", "address_secret": True}, {"phone": "06 11223344"}]
)
def test_who_releases_read_it_with_the_addresses_in_mind_that_are_secret_now(
    house: House, contacts: dict[str, str | bool]
) -> None:
    request_id, at, (piece,) = for_the_father(house, "MERK-PAD: zij loopt graag over het Schuilpat.")
    noor = house.client("noor")
    sent = {"pieces": [f"{piece}:1"], "seen": seen_on(noor, at + "inzage/")}
    moves(house, "daan" if "address" in contacts else "samira", **contacts)
    answer = noor.post(at + "vrijgeven/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422 and AGAIN in page
    assert f'value="{piece}:1" checked' in page, "what was ticked is still there"
    assert "released" not in house.request(request_id).details
    assert noor.post(at + "vrijgeven/", {**sent, "seen": ""}).status_code == 422
    # The page that came back was read with the new address in mind.
    again = re.search(r'name="seen" value="([^"]+)"', page)
    assert again is not None
    assert noor.post(at + "vrijgeven/", {**sent, "seen": again[1]}).status_code == 303
    assert str(piece) in house.request(request_id).details["released"]
