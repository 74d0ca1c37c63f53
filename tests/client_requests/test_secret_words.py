"""A secret address that was typed into a reason, or into what was done, does not reach who asked."""

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.vault.keys import load_keys
from client_requests import acts
from client_requests.for_clients import own_request
from client_requests.models import ClientRequest
from dossiers.models import Dossier, Person
from dossiers.verbs import Verb

from .story import NOW, SECRET, TODAY, House, employ
from .test_acts import identified

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
REASON = f"U krijgt het. De kinderen wonen nu op de {SECRET.replace(' ', '')}."
REFUSED = "dat geheim is of kan zijn"


@pytest.fixture(autouse=True)
def second_factor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casemgmt.entrance.has_second_factor", lambda request: True)


def kept(house: House) -> str:
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        row = ClientRequest.objects.get()
        return f"{row.state} {row.reason} {row.done_words}"


def test_a_reason_and_what_was_done_are_refused_with_a_secret_address_in_them(house: House) -> None:
    request_id = house.ask("milou")
    identified(house, request_id)
    one = house.inside(f"verzoeken/{request_id}/")
    noor, hanneke = house.client("noor"), house.client("hanneke")
    answer = hanneke.post(one + "besluit/", {"outcome": "granted", "reason": REASON})
    page = answer.content.decode()
    assert answer.status_code == 422 and REFUSED in page and REASON in page
    assert SECRET.split()[0] not in kept(house)
    assert hanneke.post(one + "besluit/", {"outcome": "granted", "reason": "U krijgt het."}).status_code == 303
    answer = noor.post(one + "uitvoeren/", {"how": "other", "done_words": REASON})
    assert answer.status_code == 422 and REASON in answer.content.decode()
    assert noor.post(one + "uitvoeren/", {"how": "appointment", "done_words": "Samen gelezen."}).status_code == 303
    answer = noor.post(one + "klaar/", {"done_words": REASON})
    assert answer.status_code == 422 and REFUSED in answer.content.decode()
    assert SECRET.split()[0] not in kept(house)


def test_who_may_not_see_the_address_learns_nothing_and_it_does_not_reach_the_asker(house: House) -> None:
    """A director decides and reads no dossiers: the words are kept, the letter and the portal do not give them."""
    request_id = house.ask("milou")
    identified(house, request_id)
    employ(house, "dirk", "director")
    one = house.inside(f"verzoeken/{request_id}/")
    ruling = {"outcome": "granted", "reason": REASON, "mandated_on": "01-11-2026"}
    answer = house.client("dirk").post(one + "besluit/", ruling)
    assert answer.status_code == 303 and "Geheimlaan77" in kept(house)
    assert "Geheimlaan" not in house.client("dirk").get(one).content.decode()
    by = house.actor("noor")
    words = f"Besproken op de {SECRET}."
    house.change(
        "noor", Verb.READ, lambda d: acts.start_execution(d, request_id, how="other", words=words, by=by, at=NOW).id
    )

    def read(dossier: Dossier) -> str:
        milou = Person.objects.get(dossier=dossier, id=house.people["milou"])
        seen = own_request(dossier, milou, request_id, TODAY)
        return f"{seen.reason} {seen.done_words}"

    portal = house.change("noor", Verb.READ, read)
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        letter = str(Letter.objects.get(kind="request_decision").body)
    assert "De kinderen wonen nu op de [weggelaten]" in letter and "Geheimlaan" not in letter
    assert "wonen nu op de [weggelaten]" in portal and "Besproken op de [weggelaten]" in portal


def test_whose_own_secret_address_it_is_reads_it(house: House) -> None:
    request_id = house.ask("samira", "fien")
    identified(house, request_id)
    one = house.inside(f"verzoeken/{request_id}/")
    sent = {"outcome": "granted", "reason": f"Wij sturen het naar {SECRET}."}
    assert house.client("hanneke").post(one + "besluit/", sent).status_code == 303
