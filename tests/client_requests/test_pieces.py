"""Of a part opens what somebody chose, and what was opened can be closed: the letter, the desk and the portal."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.accounts.models import User
from casemgmt.audit.models import AccessEvent
from casemgmt.base.errors import Conflict
from casemgmt.base.organisation import organisation
from casemgmt.letters.queries import opened
from casemgmt.vault.keys import load_keys
from client_requests import acts
from client_requests.acts import Ruling
from client_requests.inspection import given_pieces
from client_requests.models import ClientRequest
from dossiers.models import Dossier, Person, PortalAccess
from dossiers.verbs import Verb

from .story import NOW, SECRET, TODAY, House, employ

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

GIVEN, KEPT = "MERK-GEGEVEN: hij ging elke dag naar school.", "MERK-GEWEIGERD: hij woont nu ergens anders."
PART = {"outcome": "partly", "ground": "substantial_interest_of_other", "reason": "Wij geven de vermelding niet."}


def asked(house: House, asker: str = "samira", about: str = "fien") -> tuple[UUID, str]:
    """A request of somebody with a page of their own whose identity is known, and where it stands at the desk."""
    house.give_portal(asker)
    request_id = house.ask(asker, about)
    at = house.inside(f"verzoeken/{request_id}/")
    assert house.client("noor").post(at + "identiteit/", {"how": "document"}).status_code == 303
    return request_id, at


def grounds(house: House, at: str) -> str:
    return house.client("hanneke").get(at).content.decode()


def reads(house: House, request_id: UUID, who: str = "samira") -> str:
    answer = house.client(who).get(house.portal_url(f"verzoeken/{request_id}/inzage/"))
    return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)


def letter_of(house: House, request_id: UUID) -> str:
    row = house.request(request_id)
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        found = opened(house.dossier_id, row.letter_id)
        assert found is not None
        return " ".join(block.text for block in found.wording.blocks)


def partly(house: House, at: str, *entries: UUID) -> int:
    ticked = [f"{one}:1" for one in entries]
    answer: int = house.client("hanneke").post(at + "besluit/", {**PART, "pieces": ticked}).status_code
    return answer


@pytest.mark.rule("SH-3.4.7")
def test_of_a_part_only_the_chosen_piece_opens_and_the_letter_and_the_desk_say_the_same(house: House) -> None:
    given, _kept = house.entry(GIVEN, "fien"), house.entry(KEPT, "fien")
    request_id, at = asked(house)
    page = grounds(house, at)
    assert "MERK-GEGEVEN" in page and "MERK-GEWEIGERD" in page
    boxes = [line for line in page.split("<input") if 'name="pieces"' in line]
    assert len(boxes) == 2 and not any("checked" in box.split(">")[0] for box in boxes), "nothing is chosen beforehand"
    assert partly(house, at, given) == 303
    desk = house.client("noor").get(at + "inzage/").content.decode()
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    for text in (desk, reads(house, request_id)):
        assert "MERK-GEGEVEN" in text and "MERK-GEWEIGERD" not in text
    letter = letter_of(house, request_id)
    assert "1 van de 2 stukken die alleen over Fien Bakker gaan" in letter
    assert "1 stuk dat alleen over Fien Bakker gaat De reden staat" in letter
    # What was written about her afterwards was given by nobody.
    house.entry("MERK-LATER", "fien", at=NOW + timedelta(hours=1))
    assert "MERK-LATER" not in reads(house, request_id)


@pytest.mark.rule("SH-3.4.7")
def test_a_part_of_which_nothing_was_chosen_opens_nowhere(house: House) -> None:
    """Whoever forgets to choose gives nothing: the form asks again, and what is decided elsewhere stays closed."""
    house.entry(KEPT, "fien")
    request_id, at = asked(house)
    assert partly(house, at) == 422
    by, noor = house.actor("hanneke"), house.actor("noor")
    ruling = Ruling(**PART)
    house.change("hanneke", Verb.DECIDE_REQUEST, lambda d: acts.decide(d, request_id, ruling, by=by, at=NOW).id)
    letter = letter_of(house, request_id)
    assert "Dit krijgt u," not in letter and "klaar in het portaal" not in letter and "1 stuk dat alleen" not in letter
    assert "Wij maken een afspraak met u over het deel dat u wel krijgt" in letter
    assert 'value="portal"' not in house.client("noor").get(at).content.decode()
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 422
    with pytest.raises(Conflict):
        house.change(
            "noor",
            Verb.READ,
            lambda d: acts.start_execution(d, request_id, how="portal", words=None, by=noor, at=NOW).id,
        )
    assert "MERK-GEWEIGERD" not in reads(house, request_id)


def test_only_a_piece_of_this_request_in_the_wording_that_was_read_can_be_chosen(house: House) -> None:
    own, shared = house.entry(GIVEN, "fien"), house.entry("MERK-SAMEN", "fien", "daan")
    brother = house.entry("MERK-DAAN", "daan")
    request_id, at = asked(house)
    by = house.actor("hanneke")
    for wrong in ({shared: 1}, {brother: 1}, {uuid4(): 1}, {own: 2}, {own: 1, brother: 1}):
        ruling = Ruling(**PART, pieces=wrong)
        with pytest.raises(Conflict):
            house.change(
                "hanneke",
                Verb.DECIDE_REQUEST,
                lambda d, r=ruling: acts.decide(d, request_id, r, by=by, at=NOW).id,
            )
    assert partly(house, at, shared) == 422
    for odd in (f"{own}:2", f"{own}:x", "onzin", f"{own}"):
        answer = house.client("hanneke").post(at + "besluit/", {**PART, "pieces": odd})
        assert answer.status_code == 422, odd
    assert house.request(request_id).decided_at is None


@pytest.mark.rule("SH-3.4.4")
@pytest.mark.parametrize("outcome", ["granted", "partly"])
def test_only_what_was_asked_for_opens(house: House, outcome: str) -> None:
    """The asker named the category of care; what was recorded as basic data was not asked."""
    care = house.entry("MERK-ZORG", "fien", category="care")
    basic = house.entry("MERK-BASIS", "fien", category="basic")
    house.entry("MERK-BASIS-SAMEN", "fien", "daan", category="basic")
    request_id, at = asked(house)
    if outcome == "granted":
        # Also about another, but not asked for: it stands in no one's way.
        ruling = {"outcome": "granted", "reason": "U mag dit lezen."}
        assert house.client("hanneke").post(at + "besluit/", ruling).status_code == 303
    else:
        assert partly(house, at, basic) == 422
        assert partly(house, at, care) == 303
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    text = reads(house, request_id)
    assert "MERK-ZORG" in text and "MERK-BASIS" not in text
    assert "1 stuk dat alleen over Fien Bakker gaat" in letter_of(house, request_id)


def test_a_part_that_was_decided_before_the_pieces_were_written_down_opens_nothing(house: House) -> None:
    """Nobody can tell any more which part it was; of a whole yes everybody can."""
    entry = house.entry(KEPT, "fien")
    request_id, at = asked(house)
    assert partly(house, at, entry) == 303
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        row = ClientRequest.objects.select_related("dossier").get(id=request_id)
        row.decided = {name: value for name, value in row.decided.items() if name != "pieces"}
        assert given_pieces(row.dossier, row) == {}
        row.outcome = "granted"
        assert given_pieces(row.dossier, row) == {entry: 1}


def opened_for(house: House) -> tuple[UUID, str]:
    """An inspection that stands open in the portal."""
    house.entry(GIVEN, "fien")
    request_id, at = asked(house)
    ruling = {"outcome": "granted", "reason": "U mag dit lezen."}
    assert house.client("hanneke").post(at + "besluit/", ruling).status_code == 303
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    return request_id, at


@pytest.mark.parametrize("finished", [False, True])
def test_staff_close_what_was_opened_for_a_reason_and_the_asker_reads_that_it_is_closed(
    house: House, *, finished: bool
) -> None:
    request_id, at = opened_for(house)
    noor = house.client("noor")
    if finished:
        assert noor.post(at + "klaar/", {}).status_code == 303
    assert "MERK-GEGEVEN" in reads(house, request_id)
    for nothing in ("", "   "):
        assert noor.post(at + "sluiten/", {"why": nothing}).status_code == 422
    assert "MERK-GEGEVEN" in reads(house, request_id)
    assert noor.post(at + "sluiten/", {"why": "MERK-REDEN: moeder wordt bedreigd."}).status_code == 303
    assert reads(house, request_id) == "403"
    mine = house.client("samira").get(house.portal_url(f"verzoeken/{request_id}/")).content.decode()
    assert "Dit is nu gesloten" in mine and "U kunt het nu lezen" not in mine and "MERK-REDEN" not in mine
    page = noor.get(at).content.decode()
    assert "Weer gesloten op" in page
    happened = page[page.index('id="history"') :]
    assert "Inzage gesloten" in happened and "MERK-REDEN: moeder wordt bedreigd." in happened
    assert happened.count(house.staff["noor"].name) >= 2, "who took it down, and who closed it"
    assert noor.post(at + "sluiten/", {"why": "Nog eens."}).status_code == 409
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        row = AccessEvent.objects.get(data="inspection-closed", outcome="done")
        assert row.user_id == house.staff["noor"].id and row.object_id == request_id and row.sealed


def test_a_secret_address_in_the_reason_for_closing_is_not_for_who_may_not_see_it(house: House) -> None:
    """A director reads requests and no dossiers."""
    _request_id, at = opened_for(house)
    why = f"MERK-REDEN: hij stond bij {SECRET}."
    assert house.client("noor").post(at + "sluiten/", {"why": why}).status_code == 303
    employ(house, "dirk", "director")
    assert why in house.client("noor").get(at).content.decode()
    page = house.client("dirk").get(at).content.decode()
    assert "MERK-REDEN: hij stond bij [weggelaten]." in page and SECRET.split()[0] not in page


def test_who_may_not_handle_this_request_closes_and_opens_nothing(house: House) -> None:
    request_id, at = opened_for(house)
    for name in ("ida", "bas", "samira"):
        for rest in ("sluiten/", "vrijgeven/"):
            answer = house.client(name).post(at + rest, {"why": "Zomaar."})
            assert answer.status_code in (302, 403, 404), (name, rest)
    assert "MERK-GEGEVEN" in reads(house, request_id)


# Kees of the story: he has custody, a page of his own, and must not learn where the mother lives.
TOLD = "MERK-ADRES: hij woont nu bij zijn moeder, vlak naast de molen."
SAFE = "MERK-VEILIG: zij gaat graag naar school."


def for_the_father(house: House, *texts: str) -> tuple[UUID, str, list[UUID]]:
    """What was granted to a father with custody, while the address of the mother is secret; nobody read it yet."""
    house.custody("mark", "fien")
    entries = [house.entry(text, "fien") for text in texts]
    request_id, at = asked(house, "mark")
    ruling = {"outcome": "granted", "reason": "U mag dit lezen."}
    assert house.client("hanneke").post(at + "besluit/", ruling).status_code == 303
    return request_id, at, entries


def test_next_to_a_secret_address_each_piece_opens_only_after_somebody_read_and_released_it(house: House) -> None:
    request_id, at, (told, safe) = for_the_father(house, TOLD, SAFE)
    noor = house.client("noor")
    page = noor.get(at).content.decode()
    assert 'value="portal"' not in page and "lees eerst elk stuk" in page
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 422
    by = house.actor("noor")
    with pytest.raises(Conflict):
        house.change(
            "noor", Verb.READ, lambda d: acts.start_execution(d, request_id, how="portal", words=None, by=by, at=NOW).id
        )
    desk = noor.get(at + "inzage/").content.decode()
    assert f'value="{told}:1"' in desk and f'value="{safe}:1"' in desk and "checked" not in desk
    assert "In dit dossier is een adres geheim" in desk
    assert noor.post(at + "vrijgeven/", {}).status_code == 422
    assert noor.post(at + "vrijgeven/", {"pieces": [f"{safe}:1"]}).status_code == 303
    assert noor.post(at + "vrijgeven/", {"pieces": [f"{safe}:1"]}).status_code == 422, "it is open already"
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    text = reads(house, request_id, "mark")
    assert "MERK-VEILIG" in text and "MERK-ADRES" not in text and "Wij lezen 1 stuk eerst nog na" in text
    assert "geheim" not in text, "that there is a secret address is not his to know"
    with organisation(house.id), transaction.atomic():
        row = AccessEvent.objects.get(data="inspection-released", outcome="done")
        assert row.user_id == house.staff["noor"].id and row.object_id == request_id
    page = noor.get(at).content.decode()
    assert "1 stuk gelezen en vrijgegeven" in page[page.index('id="history"') :]


def secret(house: House, name: str, *, is_secret: bool) -> None:
    def act(dossier: Dossier) -> UUID:
        Person.objects.filter(dossier=dossier, id=house.people[name]).update(address_secret=is_secret)
        return UUID(str(dossier.id))

    house.change("noor", Verb.CHANGE, act)


def test_an_address_that_becomes_secret_closes_what_stood_open_until_somebody_reads_it_anew(house: House) -> None:
    secret(house, "samira", is_secret=False)
    request_id, at, (told,) = for_the_father(house, TOLD)
    noor = house.client("noor")
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 303, "no secret, so nothing waits"
    assert "MERK-ADRES" in reads(house, request_id, "mark")
    secret(house, "samira", is_secret=True)
    assert "MERK-ADRES" not in reads(house, request_id, "mark")
    assert noor.post(at + "vrijgeven/", {"pieces": [f"{told}:1"]}).status_code == 303
    assert "MERK-ADRES" in reads(house, request_id, "mark")
    # Who read it with one secret in mind did not read it with another.
    secret(house, "daan", is_secret=True)
    assert "MERK-ADRES" not in reads(house, request_id, "mark")
    assert f'value="{told}:1"' in noor.get(at + "inzage/").content.decode()


def moves(house: House, name: str, **contacts: str | bool) -> None:
    def act(dossier: Dossier) -> UUID:
        person = Person.objects.get(dossier=dossier, id=house.people[name])
        for field, value in contacts.items():
            setattr(person, field, value)
        person.save()
        return UUID(str(dossier.id))

    house.change("noor", Verb.CHANGE, act)


@pytest.mark.parametrize("contacts", [{"address": "Nieuwhof 3, 5038 AB Tilburg"}, {"phone": "06 12345678"}])
def test_a_move_of_who_lives_in_secret_closes_what_was_read_with_the_old_address_in_mind(
    house: House, contacts: dict[str, str]
) -> None:
    """What turns black in a piece that was read already would tell where she went, so all of it closes."""
    text = "MERK-STAD: zij gaat graag naar de markt in Tilburg."
    request_id, at, (piece,) = for_the_father(house, text)
    noor = house.client("noor")
    assert noor.post(at + "vrijgeven/", {"pieces": [f"{piece}:1"]}).status_code == 303
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    assert "naar de markt in Tilburg" in reads(house, request_id, "mark")
    moves(house, "samira", **contacts)
    after = reads(house, request_id, "mark")
    assert "MERK-STAD" not in after and "Wij lezen 1 stuk eerst nog na" in after
    assert f'value="{piece}:1"' in noor.get(at + "inzage/").content.decode()
    assert noor.post(at + "vrijgeven/", {"pieces": [f"{piece}:1"]}).status_code == 303
    assert "MERK-STAD" in reads(house, request_id, "mark")
    # Where somebody lives who hides it from nobody closes nothing; another look is asked when a secret ends.
    moves(house, "daan", address="Dorpsstraat 9, Oisterwijk")
    assert "MERK-STAD" in reads(house, request_id, "mark")
    secret(house, "samira", is_secret=False)
    assert "MERK-STAD" not in reads(house, request_id, "mark")


def test_what_is_kept_of_a_release_tells_no_address_and_one_that_kept_none_opens_nothing(house: House) -> None:
    request_id, at, (piece,) = for_the_father(house, SAFE)
    noor = house.client("noor")
    assert noor.post(at + "vrijgeven/", {"pieces": [f"{piece}:1"]}).status_code == 303
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    assert "MERK-VEILIG" in reads(house, request_id, "mark")
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        row = ClientRequest.objects.get(id=request_id)
        kept = row.details["released"][str(piece)]
        assert "Geheimlaan" not in str(kept)
        # As it was kept before: whose address was secret, and not which.
        released = {str(piece): {"number": 1, "secret": [str(house.people["samira"])]}}
        row.details = {**row.details, "released": released}
        row.save()
    assert "MERK-VEILIG" not in reads(house, request_id, "mark")
    assert f'value="{piece}:1"' in noor.get(at + "inzage/").content.decode()


def test_somebodys_own_secret_address_closes_nothing_for_themselves(house: House) -> None:
    house.entry(GIVEN, "fien")
    request_id, at = asked(house)
    ruling = {"outcome": "granted", "reason": "U mag dit lezen."}
    assert house.client("hanneke").post(at + "besluit/", ruling).status_code == 303
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    assert "MERK-GEGEVEN" in reads(house, request_id)


def test_who_lives_at_a_secret_address_reads_it_of_themselves_and_of_nobody_else(house: House) -> None:
    """Her own address and number are hers to read, also where her child has the same; those of another are not."""
    moves(house, "samira", phone="06 12345678", warning="Bel nooit naar 06 87654321.")
    moves(house, "fien", address=SECRET, address_secret=True)
    moves(house, "daan", address="Schuilpad 9", phone="06 11223344", address_secret=True)
    house.custody("mark", "fien")
    told = "Zij woont op de Geheimlaan 77 (06-12345678), Daan op het Schuilpad 9 (06-11223344). Niet: 06-87654321."
    piece = house.entry(told, "fien")
    for who in ("samira", "mark"):
        request_id, at = asked(house, who)
        ruling = {"outcome": "granted", "reason": "U mag dit lezen."}
        assert house.client("hanneke").post(at + "besluit/", ruling).status_code == 303
        desk = house.client("noor").get(at + "inzage/").content.decode()
        assert house.client("noor").post(at + "vrijgeven/", {"pieces": [f"{piece}:1"]}).status_code == 303
        assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
        for text in (desk, reads(house, request_id, who)):
            own = "op de Geheimlaan 77 (06-12345678)" in text
            assert own is (who == "samira"), who
            assert own or not any(one in text for one in ("Geheimlaan", "12345678"))
            assert not any(one in text for one in ("Schuilpad", "11223344", "87654321")), who


def way_in(house: House, name: str, **changed: object) -> None:
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        row = PortalAccess.objects.get(person_id=house.people[name])
        for field, value in changed.items():
            setattr(row, field, value)
        row.save()


@pytest.mark.parametrize("why", ["never invited", "never came in", "ended", "frozen", "frozen until yesterday"])
def test_the_portal_is_offered_only_to_who_can_come_in(house: House, why: str) -> None:
    house.entry(GIVEN, "daan")
    if why == "never invited":
        request_id = house.ask("daan")
        at = house.inside(f"verzoeken/{request_id}/")
        assert house.client("noor").post(at + "identiteit/", {"how": "document"}).status_code == 303
    else:
        request_id, at = asked(house, "daan", "daan")
    ruling: Client = house.client("hanneke")
    assert ruling.post(at + "besluit/", {"outcome": "granted", "reason": "Jij mag dit lezen."}).status_code == 303
    if why == "ended":
        way_in(house, "daan", ended_at=NOW)
    elif why == "never came in":
        User.objects.filter(id=house.clients["daan"].id).update(last_login=None)
    elif why != "never invited":
        until = TODAY - timedelta(days=1 if why == "frozen until yesterday" else 0)
        way_in(house, "daan", frozen_until=until, frozen_why="Onveilig.")
    house.release(request_id)
    there = why == "frozen until yesterday"
    page = house.client("noor").get(at).content.decode()
    assert ('value="portal"' in page) is there
    assert ("Het kan niet opengaan in het portaal" in page) is not there
    answer = house.client("noor").post(at + "uitvoeren/", {"how": "portal"})
    assert (answer.status_code == 303) is there
    assert (house.request(request_id).executed_how == "portal") is there
