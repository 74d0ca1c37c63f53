"""Whether an inspection stands open today is said in one way: in the portal, on its list, and at the desk."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from casemgmt.accounts.models import User

from .story import NOW, SECRET, TODAY, House
from .test_pieces import asked, opened_for, secret, way_in
from .test_reading_again import tasks

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

READY, READ, GONE = "Het staat voor u klaar", "U kunt het nu lezen", "U kunt dit niet meer lezen"
CLOSED = "Dit is nu gesloten"
WAITS = "wacht tot iemand"


def mine(house: House, rest: str = "") -> str:
    """A page of the mother's own, as she reads it."""
    text: str = house.client("samira").get(house.portal_url(rest)).content.decode()
    return text


def for_the_mother(house: House) -> tuple[UUID, str]:
    """An inspection about her daughter that stands open for her; nobody hides here."""
    secret(house, "samira", is_secret=False)
    return opened_for(house)


def test_what_stands_open_is_said_to_be_ready_on_every_page(house: House) -> None:
    request_id, at = for_the_mother(house)
    assert READY in mine(house) and READY in mine(house, "verzoeken/")
    assert READ in mine(house, f"verzoeken/{request_id}/")
    assert "MERK-GEGEVEN" in mine(house, f"verzoeken/{request_id}/inzage/")
    page = house.client("noor").get(at).content.decode()
    assert '<details class="more"><summary>Deze inzage sluiten' in page, "folded as everything else is"
    desk = house.client("noor").get(at + "inzage/").content.decode()
    assert "Wat er in het portaal openstaat" in desk and "Wat er in het portaal opengaat" not in desk


def test_what_was_closed_is_nowhere_said_to_be_ready_and_its_old_address_says_that_it_is_closed(house: House) -> None:
    request_id, at = for_the_mother(house)
    noor = house.client("noor")
    why = f"MERK-REDEN bij {SECRET}."
    assert noor.post(at + "sluiten/", {"why": why}).status_code == 303
    assert READY not in mine(house) and "Er wordt er één uitgevoerd" not in mine(house)
    assert CLOSED in mine(house, "verzoeken/") and READY not in mine(house, "verzoeken/")
    assert CLOSED in mine(house, f"verzoeken/{request_id}/") and READ not in mine(house, f"verzoeken/{request_id}/")
    answer = house.client("samira").get(house.portal_url(f"verzoeken/{request_id}/inzage/"))
    text = answer.content.decode()
    assert answer.status_code == 403 and CLOSED in text
    assert not [one for one in ("MERK-REDEN", "MERK-GEGEVEN", SECRET) if one in text]
    desk = noor.get(at + "inzage/").content.decode()
    assert "Wat er in het portaal openstond" in desk and "opengaat" not in desk
    # To anybody else it is what it always was: nothing.
    house.give_portal("mark")
    for name, which in (("mark", request_id), ("samira", uuid4())):
        assert house.client(name).get(house.portal_url(f"verzoeken/{which}/inzage/")).status_code == 404, name


def test_after_custody_ended_no_page_says_that_the_inspection_can_be_read(house: House) -> None:
    request_id, at = for_the_mother(house)
    house.custody("samira", "daan", "milou")
    assert READY not in mine(house)
    assert GONE in mine(house, "verzoeken/") and READY not in mine(house, "verzoeken/")
    page = mine(house, f"verzoeken/{request_id}/")
    assert GONE in page and READ not in page and CLOSED not in page
    assert house.client("samira").get(house.portal_url(f"verzoeken/{request_id}/inzage/")).status_code == 403
    desk = house.client("noor").get(at + "inzage/").content.decode()
    assert "Wat er in het portaal openstond" in desk and "Daarvan is in het portaal niets te lezen" in desk
    assert "Niet meer te lezen in het portaal" in house.client("noor").get(at).content.decode()
    # With custody again it is theirs again: nobody closed it.
    house.custody("samira", "fien", "daan", "milou")
    assert READY in mine(house, "verzoeken/") and READ in mine(house, f"verzoeken/{request_id}/")


def test_before_it_opens_nothing_is_ready_and_there_is_no_page_of_it(house: House) -> None:
    house.give_portal("samira")
    request_id = house.ask("samira", "fien")
    assert READY not in mine(house) + mine(house, "verzoeken/")
    assert house.client("samira").get(house.portal_url(f"verzoeken/{request_id}/inzage/")).status_code == 404


def test_while_each_piece_waits_to_be_read_no_page_says_that_it_is_ready(house: House) -> None:
    secret(house, "samira", is_secret=False)
    house.custody("mark", "fien")
    house.entry("MERK-GEGEVEN: hij ging elke dag naar school.", "fien")
    request_id, at = asked(house, "mark")
    ruling = {"outcome": "granted", "reason": "U mag dit lezen."}
    assert house.client("hanneke").post(at + "besluit/", ruling).status_code == 303
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    father = house.client("mark")
    pages = [house.portal_url(rest) for rest in ("", "verzoeken/", f"verzoeken/{request_id}/")]
    assert all(READY in text or READ in text for text in (father.get(one).content.decode() for one in pages))
    secret(house, "samira", is_secret=True)
    texts = [father.get(one).content.decode() for one in pages]
    assert not any(READY in text or READ in text for text in texts)
    assert all("Hier is nu niets te lezen" in text for text in texts[1:])
    assert "Daarvan is nu niets te lezen" in house.client("noor").get(at).content.decode()
    house.release(request_id)
    assert all(READY in text or READ in text for text in (father.get(one).content.decode() for one in pages))


@pytest.mark.parametrize("why", ["ended", "frozen"])
def test_while_the_asker_cannot_come_into_the_portal_staff_read_so(house: House, why: str) -> None:
    _request_id, at = for_the_mother(house)
    noor = house.client("noor")
    assert "Open in het portaal" in noor.get(at).content.decode()
    gone = {"ended_at": NOW} if why == "ended" else {"frozen_until": TODAY, "frozen_why": "Onveilig."}
    way_in(house, "samira", **gone)
    page, desk = (noor.get(one).content.decode() for one in (at, at + "inzage/"))
    assert "Open in het portaal" not in page and "Nu niet te lezen in het portaal" in page
    assert "Deze inzage sluiten" in page, "what they could read when they come back can still be closed"
    assert "Wat er in het portaal openstaat" not in desk and "Daarvan is in het portaal niets te lezen" in desk


def test_a_change_that_closes_a_piece_asks_nobody_to_read_it_for_an_asker_whose_way_in_ended(house: House) -> None:
    request_id, at = for_the_mother(house)
    way_in(house, "samira", ended_at=NOW)
    secret(house, "daan", is_secret=True)
    assert tasks(house, request_id) == [] and WAITS not in house.client("noor").get(at).content.decode()


@pytest.mark.parametrize("closed", ["before the freeze", "while frozen"])
def test_a_portal_that_is_frozen_until_a_day_leaves_no_promise_without_a_task_when_that_day_is_over(
    house: House, closed: str
) -> None:
    request_id, at = for_the_mother(house)
    if closed == "before the freeze":
        secret(house, "daan", is_secret=True)
    way_in(house, "samira", frozen_until=TODAY, frozen_why="Onveilig.")
    secret(house, "daan", is_secret=True)
    page = house.client("noor").get(at).content.decode()
    assert tasks(house, request_id) == ["open"] and WAITS in page and "Nu niet te lezen in het portaal" in page
    assert "Als de aanvrager er weer in kan" in page and "Wie het vroeg, leest dat" not in page
    # The day passes by itself: nobody changes anything in the dossier.
    way_in(house, "samira", frozen_until=TODAY - timedelta(days=1))
    assert "Wij lezen 1 stuk eerst nog na" in mine(house, f"verzoeken/{request_id}/inzage/")
    assert tasks(house, request_id) == ["open"]
    house.release(request_id)
    assert tasks(house, request_id) == ["done"] and "MERK-GEGEVEN" in mine(house, f"verzoeken/{request_id}/inzage/")


def test_who_comes_in_for_the_first_time_by_a_new_way_reads_no_promise_without_a_task(house: House) -> None:
    request_id, _at = for_the_mother(house)
    User.objects.filter(id=house.clients["samira"].id).update(last_login=None)
    secret(house, "daan", is_secret=True)
    User.objects.filter(id=house.clients["samira"].id).update(last_login=NOW)
    assert "Wij lezen 1 stuk eerst nog na" in mine(house, f"verzoeken/{request_id}/inzage/")
    assert tasks(house, request_id) == ["open"]
