"""A piece that stays closed: its asker reads why, wherever the rest is read, and staff can still think better of it."""

from __future__ import annotations

import re

import pytest

from .story import House
from .test_pieces import SAFE, TOLD, for_the_father, reads, secret

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

SAID = "MERK-BEL: dit stuk blijft dicht. Bel ons."
CLOSED, WAITS = 'id="kept"', 'id="unread"'


def about(house: House, request_id: object) -> str:
    """The father's own page of his request."""
    text: str = house.client("mark").get(house.portal_url(f"verzoeken/{request_id}/")).content.decode()
    return text


def test_who_asked_reads_the_sentence_in_the_portal_also_when_each_piece_stays_closed(house: House) -> None:
    request_id, at, (piece,) = for_the_father(house, TOLD)
    noor = house.client("noor")
    assert noor.post(at + "dichthouden/", {"kept": f"{piece}:1", "said": SAID}).status_code == 303
    page = noor.get(at).content.decode()
    assert 'value="portal"' in page and "lees eerst elk stuk" not in page
    assert SAID in about(house, request_id), "before it opens as well"
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    assert SAID in reads(house, request_id, "mark") and SAID in about(house, request_id)
    assert "MERK-ADRES" not in reads(house, request_id, "mark")
    # Not theirs any more, or closed as a whole: then nothing is told of its pieces.
    house.custody("mark")
    assert SAID not in about(house, request_id)
    house.custody("mark", "fien")
    assert noor.post(at + "sluiten/", {"why": "Er is iets na te gaan."}).status_code == 303
    assert SAID not in about(house, request_id)


def test_who_asked_reads_the_sentence_also_when_the_rest_is_read_by_appointment(house: House) -> None:
    request_id, at, (piece, _safe) = for_the_father(house, TOLD, SAFE)
    noor = house.client("noor")
    assert noor.post(at + "dichthouden/", {"kept": f"{piece}:1", "said": SAID}).status_code == 303
    assert 'value="portal"' not in noor.get(at).content.decode(), "another piece waits to be read"
    sent = {"how": "appointment", "done_words": "Wij lezen het samen op 1 december."}
    assert noor.post(at + "uitvoeren/", sent).status_code == 303
    assert "1 stuk blijft dicht" in about(house, request_id) and SAID in about(house, request_id)
    house.custody("mark")
    assert SAID not in about(house, request_id)


def test_a_piece_that_stays_closed_waits_under_no_reader_and_can_be_released_after_all(house: House) -> None:
    _request_id, at, (told, safe) = for_the_father(house, TOLD, SAFE)
    noor = house.client("noor")
    assert noor.post(at + "dichthouden/", {"kept": f"{told}:1", "said": SAID}).status_code == 303
    desk = noor.get(at + "inzage/").content.decode()
    waits, stays = (
        desk[desk.index(WAITS) : desk.index(CLOSED)],
        desk[desk.index(CLOSED) : desk.index("</section>", desk.index(CLOSED))],
    )
    assert f"{safe}:1" in waits and f"{told}:1" not in waits
    assert f"{told}:1" in stays and f"{safe}:1" not in stays and SAID in stays
    assert not re.search(r"<input[^>]*checked", stays)
    assert noor.post(at + "vrijgeven/", {}).status_code == 422
    assert noor.post(at + "vrijgeven/", {"pieces": f"{told}:1"}).status_code == 422, "each in its own form"
    assert noor.post(at + "vrijgeven/", {"again": f"{told}:1"}).status_code == 303
    assert CLOSED not in noor.get(at + "inzage/").content.decode()
    assert noor.post(at + "dichthouden/", {"kept": f"{safe}:1", "said": SAID}).status_code == 303
    desk = noor.get(at + "inzage/").content.decode()
    assert WAITS not in desk and CLOSED in desk
    assert noor.post(at + "vrijgeven/", {}).status_code == 422
    assert noor.post(at + "vrijgeven/", {"again": f"{safe}:1"}).status_code == 303


@pytest.mark.parametrize("released", [True, False])
def test_a_piece_that_opened_in_haste_closes_by_itself_and_at_once(house: House, *, released: bool) -> None:
    secret(house, "samira", is_secret=released)
    request_id, at, (told, safe) = for_the_father(house, TOLD, SAFE)
    house.release(request_id)
    noor = house.client("noor")
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    assert "MERK-ADRES" in reads(house, request_id, "mark")
    desk = noor.get(at + "inzage/").content.decode()
    assert {f"{told}:1", f"{safe}:1"} == set(re.findall(r'name="kept"[^>]*value="([^"]+)"', desk))
    assert noor.post(at + "dichthouden/", {"kept": f"{told}:2", "said": SAID}).status_code == 422
    assert noor.post(at + "dichthouden/", {"kept": f"{told}:1", "said": SAID}).status_code == 303
    text = reads(house, request_id, "mark")
    assert "MERK-ADRES" not in text and SAID in text and "MERK-VEILIG" in text, "the other stays open"
    # An open piece is not released once more, and what closed can be.
    assert noor.post(at + "vrijgeven/", {"again": f"{safe}:1"}).status_code == 422
    assert noor.post(at + "vrijgeven/", {"again": f"{told}:1"}).status_code == 303
    assert "MERK-ADRES" in reads(house, request_id, "mark") and SAID not in reads(house, request_id, "mark")
