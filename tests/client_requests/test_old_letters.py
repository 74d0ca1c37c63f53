"""A letter that was right on its day is not printed any more once an address in it became secret."""

import pytest

from casemgmt.base import jobs

from .story import SECRET, House, employ
from .test_acts import identified
from .test_pieces import moves, secret
from .test_secret_words import one_request

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)


def decided(house: House, asker: str, about: str, reason: str = f"U krijgt het. Haal het op bij {SECRET}.") -> str:
    """A decision with a letter that names an address; where that letter stands at the desk."""
    request_id = house.ask(asker, about)
    identified(house, request_id)
    ruling = {"outcome": "granted", "reason": reason}
    assert house.client("hanneke").post(house.inside(f"verzoeken/{request_id}/besluit/"), ruling).status_code == 303
    jobs.run_due()
    return house.inside(f"brieven/{house.request(request_id).letter_id}/")


@pytest.mark.parametrize("came_in", [True, False], ids=["in the portal", "on paper"])
def test_staff_print_no_letter_that_carries_an_address_out_which_became_secret(house: House, *, came_in: bool) -> None:
    if came_in:
        house.give_portal("milou")
    secret(house, "samira", is_secret=False)
    at = decided(house, "milou", "milou")
    noor = house.client("noor")
    assert noor.get(at + "pdf/").status_code == 200
    secret(house, "samira", is_secret=True)
    answer = noor.get(at + "pdf/")
    assert answer.status_code == 409 and "sinds die is geschreven" in answer.content.decode()
    assert SECRET in noor.get(at).content.decode(), "who may read the dossier reads what was sent"
    secret(house, "samira", is_secret=False)
    assert noor.get(at + "pdf/").status_code == 200


def test_a_letter_with_the_own_secret_address_of_whom_it_is_for_is_printed(house: House) -> None:
    assert house.client("noor").get(decided(house, "samira", "fien") + "pdf/").status_code == 200


def test_who_reads_no_dossiers_does_not_read_the_address_in_a_letter_either(house: House) -> None:
    secret(house, "samira", is_secret=False)
    at = decided(house, "milou", "milou")
    secret(house, "samira", is_secret=True)
    employ(house, "dirk", "director")
    dirk = house.client("dirk")
    request = house.inside(f"verzoeken/{one_request(house)}/")
    for page in (dirk.get(at).content.decode(), dirk.get(request).content.decode()):
        assert "Haal het op bij [weggelaten]" in page and SECRET.split()[0] not in page
    assert dirk.get(at + "pdf/").status_code == 403


def test_who_reads_a_letter_with_something_left_out_does_not_get_the_rest_in_its_print(house: House) -> None:
    """It may go to the mother, whose own address it is, but not by way of a desk that may not know it."""
    own, plain = decided(house, "samira", "fien"), decided(house, "milou", "milou", reason="U krijgt het.")
    employ(house, "dirk", "director")
    dirk = house.client("dirk")
    page = dirk.get(own).content.decode()
    assert "Haal het op bij [weggelaten]" in page and SECRET.split()[0] not in page
    answer = dirk.get(own + "pdf/")
    assert answer.status_code == 403 and "Vraag een collega die het dossier mag lezen" in answer.content.decode()
    assert dirk.get(plain + "pdf/").status_code == 200 and house.client("noor").get(own + "pdf/").status_code == 200


def test_who_reads_no_dossiers_does_not_read_the_address_above_a_letter_that_went_there_either(house: House) -> None:
    """It went by post to where she lived openly, and that became secret since; who may read the dossier prints it."""
    moves(house, "samira", address="Openweg 12, 5012 AB Tilburg", address_secret=False)
    at = decided(house, "samira", "fien", reason="U krijgt het.")
    employ(house, "dirk", "director")
    dirk, noor = house.client("dirk"), house.client("noor")
    above = "Samira El Idrissi, Openweg 12, 5012 AB Tilburg</p>"
    assert above in dirk.get(at).content.decode() and dirk.get(at + "pdf/").status_code == 200
    secret(house, "samira", is_secret=True)
    page = dirk.get(at).content.decode()
    assert "Samira El Idrissi</p>" in page
    assert not [part for part in ("Openweg", "5012", "Tilburg", "weggelaten") if part in page]
    answer = dirk.get(at + "pdf/")
    assert answer.status_code == 403 and "Vraag een collega die het dossier mag lezen" in answer.content.decode()
    assert above in noor.get(at).content.decode() and noor.get(at + "pdf/").status_code == 200
