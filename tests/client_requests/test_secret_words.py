"""A secret address that was typed into a reason, or into what was done, does not reach who asked."""

import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from casemgmt.base import jobs
from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.vault.keys import load_keys
from client_requests import acts
from client_requests.for_clients import own_request
from client_requests.models import ClientRequest
from client_requests.vocabulary import Channel
from dossiers.models import Dossier, Person
from dossiers.people.acts import NewPerson, add_person
from dossiers.verbs import Verb

from .story import NOW, SECRET, TODAY, House, employ
from .test_acts import identified
from .test_pieces import secret

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


ASKED = f"Ik wil weten of moeder en de kinderen op de {SECRET} wonen."


def taken(house: House, who: str, asker: str, about: str) -> tuple[int, str]:
    """A request by word of mouth, as somebody of staff writes it down, and the page that comes back."""
    sent = {
        "row_id": str(uuid4()),
        "asker": str(house.people[asker]) if asker else "",
        "about": str(house.people[about]),
        "kind": "inspection",
        "channel": "oral",
        "received_on": "20-11-2026",
        "categories": "care",
        "words": ASKED,
    }
    answer = house.client(who).post(house.inside("verzoeken/opnemen/"), sent)
    return answer.status_code, answer.content.decode()


def read_back(house: House, name: str, request_id: UUID) -> str:
    """What somebody reads in the portal of their own words."""
    return str(
        house.change(
            "noor",
            Verb.READ,
            lambda d: own_request(d, Person.objects.get(id=house.people[name]), request_id, TODAY).words,
        )
    )


def test_what_was_asked_is_refused_with_the_secret_address_of_another_in_it(house: House) -> None:
    for asker in ("mark", ""):
        status, page = taken(house, "noor", asker, "milou")
        assert status == 422 and ASKED in page
        assert (REFUSED in page) is bool(asker), "who asks is missing, so whose address it is nobody knows yet"
    with organisation(house.id), transaction.atomic():
        assert not ClientRequest.objects.exists()
    assert taken(house, "noor", "samira", "fien")[0] == 303, "it is her own"


def one_request(house: House) -> UUID:
    with organisation(house.id), transaction.atomic():
        return UUID(str(ClientRequest.objects.get().id))


def test_what_a_desk_without_dossiers_wrote_down_reaches_neither_the_asker_nor_that_desk(house: House) -> None:
    employ(house, "dirk", "director")
    assert taken(house, "dirk", "mark", "milou")[0] == 303
    request_id = one_request(house)
    at = house.inside(f"verzoeken/{request_id}/")
    desk = house.client("dirk").get(at).content.decode()
    assert "Alleen wie het dossier mag lezen, leest wat op papier of mondeling is gevraagd." in desk
    assert "Ik wil weten" not in desk and "[weggelaten]" not in desk
    assert ASKED in house.client("noor").get(at).content.decode()
    assert read_back(house, "mark", request_id) == ""


@pytest.mark.parametrize("channel", [Channel.ORAL, Channel.WRITTEN])
@pytest.mark.parametrize(
    "words",
    [
        "Wie heeft ons gemeld: Jan de Vries, Piet Klaassen of Truus Overweg?",
        f"Wonen zij op de Dorpsweg 4, de Kerkstraat 9 of de {SECRET}?",
    ],
)
def test_a_list_of_guesses_on_paper_is_answered_nowhere_by_what_is_left_out_of_it(
    house: House, channel: str, words: str
) -> None:
    """A gap where one of three names or addresses stood would say which of the three is the right one."""
    new = NewPerson("reporter", "Truus Overweg", date(1960, 5, 5), address="Kaagstraat 5")
    house.change("noor", Verb.ADD, lambda d: add_person(d, new).id)
    house.give_portal("mark")
    request_id = house.ask("mark", "milou", channel=channel, words=words)
    employ(house, "dirk", "director")
    own = house.client("mark").get(house.portal_url(f"verzoeken/{request_id}/")).content.decode()
    for page in (own, house.client("dirk").get(house.inside(f"verzoeken/{request_id}/")).content.decode()):
        assert "[weggelaten]" not in page
        assert not [one for one in ("Jan de Vries", "Klaassen", "Overweg", "Kerkstraat", "Dorpsweg") if one in page]
    assert "Wat u vroeg, ligt bij ons." in own


def test_what_somebody_sent_through_the_portal_stays_in_their_own_words(house: House) -> None:
    request_id = house.ask("mark", "milou", channel=Channel.PORTAL, words=ASKED)
    assert read_back(house, "mark", request_id) == ASKED
    employ(house, "dirk", "director")
    assert ASKED in house.client("dirk").get(house.inside(f"verzoeken/{request_id}/")).content.decode()


def test_whose_own_secret_address_it_is_reads_it(house: House) -> None:
    request_id = house.ask("samira", "fien")
    identified(house, request_id)
    one = house.inside(f"verzoeken/{request_id}/")
    sent = {"outcome": "granted", "reason": f"Wij sturen het naar {SECRET}."}
    assert house.client("hanneke").post(one + "besluit/", sent).status_code == 303


def test_a_letter_written_before_an_address_became_secret_no_longer_tells_it(house: House) -> None:
    """The letter was right on its day; since then somebody had to go into hiding at the address that it names."""
    house.give_portal("milou")
    secret(house, "samira", is_secret=False)
    request_id = house.ask("milou")
    identified(house, request_id)
    ruling = {"outcome": "granted", "reason": f"Je krijgt het. Haal het op bij {SECRET}."}
    assert house.client("hanneke").post(house.inside(f"verzoeken/{request_id}/besluit/"), ruling).status_code == 303
    jobs.run_due()
    milou = house.client("milou")
    at = house.portal_url(f"brieven/{house.request(request_id).letter_id}/")
    assert SECRET in milou.get(at).content.decode() and "pdf/" in milou.get(at).content.decode()
    assert milou.get(at + "pdf/").status_code == 200
    secret(house, "samira", is_secret=True)
    page, answer = milou.get(at).content.decode(), milou.get(at + "pdf/")
    assert SECRET.split()[0] not in page and "Haal het op bij [weggelaten]" in page and at + "pdf/" not in page
    assert answer.status_code == 409 and "niet downloaden" in answer.content.decode()
    # The letter of the receipt names no address, so it stays a download.
    listed = re.findall(r"brieven/([0-9a-f-]{36})/", milou.get(house.portal_url("brieven/")).content.decode())
    others = set(listed) - {str(house.request(request_id).letter_id)}
    assert others and all(milou.get(house.portal_url(f"brieven/{one}/pdf/")).status_code == 200 for one in others)


def test_a_letter_with_somebodys_own_secret_address_stays_whole_for_them(house: House) -> None:
    house.give_portal("samira")
    request_id = house.ask("samira", "fien")
    identified(house, request_id)
    ruling = {"outcome": "granted", "reason": f"Wij sturen het naar {SECRET}."}
    assert house.client("hanneke").post(house.inside(f"verzoeken/{request_id}/besluit/"), ruling).status_code == 303
    jobs.run_due()
    at = house.portal_url(f"brieven/{house.request(request_id).letter_id}/")
    assert SECRET in house.client("samira").get(at).content.decode()
    assert house.client("samira").get(at + "pdf/").status_code == 200
