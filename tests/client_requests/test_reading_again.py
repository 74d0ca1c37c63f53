"""What closes in an open inspection is somebody's work, and the asker is told what is true of each piece."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from casemgmt.work.models import Task
from client_requests.vocabulary import READ_AGAIN
from dossiers.models import EntryAbout
from dossiers.recording.acts import Wording, reword_entry
from dossiers.verbs import Verb

from .story import NOW, SECRET, House
from .test_pieces import SAFE, TOLD, for_the_father, reads, secret

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

PROMISE = "Wij lezen 1 stuk eerst nog na"
SAID = "MERK-ZIN: dit stuk blijft dicht. Bel ons voor een afspraak."


def tasks(house: House, request_id: UUID) -> list[str]:
    """The states of the tasks to read again, the oldest first."""
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        rows = Task.objects.filter(kind=READ_AGAIN, object_id=request_id).order_by("made_at", "id")
        assert {row.capability for row in rows} <= {"request.handle"}
        return sorted(row.state for row in rows)


def open_for_the_father(house: House, *texts: str) -> tuple[UUID, str, list[UUID]]:
    """An inspection that stands open for the father, while nobody hides."""
    secret(house, "samira", is_secret=False)
    request_id, at, entries = for_the_father(house, *texts)
    assert house.client("noor").post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    return request_id, at, entries


def reword(house: House, entry_id: UUID, text: str, seen: int) -> None:
    by = house.actor("noor")
    house.change(
        "noor",
        Verb.CHANGE,
        lambda d: reword_entry(d, entry_id, Wording(text), seen_version=seen, why="", by=by, at=NOW).id,
    )


@pytest.mark.parametrize("cause", ["put right", "an address became secret"])
def test_who_is_promised_that_we_read_a_piece_again_is_on_the_list_of_who_can(house: House, cause: str) -> None:
    request_id, at, (piece,) = open_for_the_father(house, SAFE)
    assert tasks(house, request_id) == [] and PROMISE not in reads(house, request_id, "mark")
    if cause == "put right":
        reword(house, piece, "MERK-BETER: zij gaat naar school.", 1)
    else:
        secret(house, "samira", is_secret=True)
    assert PROMISE in reads(house, request_id, "mark")
    assert tasks(house, request_id) == ["open"]
    noor = house.client("noor")
    assert "Nalezen wat dichtging in een inzage: Mark" in noor.get(house.staff_url("")).content.decode()
    assert "1 stuk wacht tot iemand het heeft gelezen" in noor.get(at).content.decode()
    # Finishing the request is not reading.
    assert noor.post(at + "klaar/", {}).status_code == 303
    assert tasks(house, request_id) == ["open"]
    house.release(request_id)
    assert tasks(house, request_id) == ["done"]
    assert PROMISE not in reads(house, request_id, "mark")
    assert "wacht tot iemand" not in noor.get(at).content.decode()


def test_a_piece_stays_closed_with_a_sentence_for_the_asker_and_then_waits_for_nobody(house: House) -> None:
    request_id, at, (piece,) = open_for_the_father(house, TOLD)
    secret(house, "samira", is_secret=True)
    noor = house.client("noor")
    for wrong in ({"said": SAID}, {"kept": f"{piece}:1"}, {"kept": f"{piece}:2", "said": SAID}):
        assert noor.post(at + "dichthouden/", wrong).status_code == 422, wrong
    assert noor.post(at + "dichthouden/", {"kept": f"{piece}:1", "said": f"Zij woont op {SECRET}."}).status_code == 422
    assert tasks(house, request_id) == ["open"]
    assert noor.post(at + "dichthouden/", {"kept": f"{piece}:1", "said": SAID}).status_code == 303
    assert tasks(house, request_id) == ["done"]
    text = reads(house, request_id, "mark")
    assert "1 stuk blijft dicht" in text and SAID in text and PROMISE not in text and "MERK-ADRES" not in text
    # Also when the address is secret no more: nobody took back that it stays closed.
    secret(house, "samira", is_secret=False)
    assert "MERK-ADRES" not in reads(house, request_id, "mark") and tasks(house, request_id) == ["done"]
    page = noor.get(at).content.decode()
    assert "1 stuk gelezen en dichtgehouden" in page[page.index('id="history"') :] and SAID in page
    with organisation(house.id), transaction.atomic():
        row = AccessEvent.objects.get(data="inspection-kept-closed", outcome="done")
        assert row.user_id == house.staff["noor"].id and row.object_id == request_id
    # In other words it is another piece; and the last word about a piece holds.
    reword(house, piece, "MERK-ANDERS: hij gaat naar school.", 1)
    assert PROMISE in reads(house, request_id, "mark") and tasks(house, request_id) == ["done", "open"]
    house.release(request_id)
    assert "MERK-ANDERS" in reads(house, request_id, "mark") and tasks(house, request_id) == ["done", "done"]


def test_an_address_that_becomes_secret_later_is_taken_out_of_the_sentence(house: House) -> None:
    secret(house, "samira", is_secret=False)
    secret(house, "daan", is_secret=True)
    request_id, at, (told, safe) = for_the_father(house, TOLD, SAFE)
    noor, said = house.client("noor"), f"Het gaat over {SECRET}. Bel ons."
    assert noor.post(at + "dichthouden/", {"kept": f"{told}:1", "said": said}).status_code == 303
    assert noor.post(at + "vrijgeven/", {"pieces": f"{safe}:1"}).status_code == 303
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    assert said in reads(house, request_id, "mark")
    secret(house, "samira", is_secret=True)
    text = reads(house, request_id, "mark")
    assert "Het gaat over [weggelaten]" in text and SECRET not in text


@pytest.mark.parametrize("how", ["now about her brother too", "not there any more"])
def test_of_a_piece_that_cannot_be_given_any_more_nobody_promises_to_read_it(house: House, how: str) -> None:
    request_id, at, (piece, _safe) = open_for_the_father(house, TOLD, SAFE)

    def also_about_another(dossier: object) -> UUID:
        if how.startswith("now"):
            EntryAbout.objects.create(dossier=dossier, entry_id=piece, person_id=house.people["daan"])
        else:
            EntryAbout.objects.filter(dossier=dossier, entry_id=piece).delete()
        return piece

    house.change("noor", Verb.CHANGE, also_about_another)
    text = reads(house, request_id, "mark")
    assert "1 stuk staat niet meer open" in text and "afspraak" in text
    assert "lezen 1 stuk" not in text and "MERK-ADRES" not in text and "MERK-VEILIG" in text
    assert tasks(house, request_id) == []
    desk = house.client("noor").get(at + "inzage/").content.decode()
    assert "1 gegeven stuk kan niet meer worden gegeven" in desk


def test_what_was_closed_or_is_not_theirs_any_more_asks_nobody_to_read(house: House) -> None:
    request_id, at, (piece,) = open_for_the_father(house, SAFE)
    reword(house, piece, "MERK-BETER: zij gaat naar school.", 1)
    assert tasks(house, request_id) == ["open"]
    house.custody("mark")
    assert tasks(house, request_id) == ["done"], "custody ended"
    house.custody("mark", "fien")
    assert tasks(house, request_id) == ["done", "open"]
    assert house.client("noor").post(at + "sluiten/", {"why": "Er is iets na te gaan."}).status_code == 303
    assert tasks(house, request_id) == ["done", "done"], "closed"


def test_who_may_not_read_the_dossier_keeps_nothing_closed(house: House) -> None:
    request_id, at, (piece,) = open_for_the_father(house, SAFE)
    reword(house, piece, "MERK-BETER: zij gaat naar school.", 1)
    for name in ("ida", "bas", "mark"):
        answer = house.client(name).post(at + "dichthouden/", {"kept": f"{piece}:2", "said": SAID})
        assert answer.status_code in (302, 403, 404), name
    assert tasks(house, request_id) == ["open"] and SAID not in reads(house, request_id, "mark")


@pytest.mark.parametrize("since", ["before the decision", "after it opened"])
def test_a_given_piece_that_nobody_read_waits_on_when_the_address_is_secret_no_more(house: House, since: str) -> None:
    if since == "after it opened":
        request_id, at, (told, safe) = open_for_the_father(house, TOLD, SAFE)
        secret(house, "samira", is_secret=True)
    else:
        request_id, at, (told, safe) = for_the_father(house, TOLD, SAFE)
    noor = house.client("noor")
    assert noor.post(at + "vrijgeven/", {"pieces": f"{safe}:1"}).status_code == 303
    if since == "before the decision":
        assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    assert "MERK-VEILIG" in reads(house, request_id, "mark") and "MERK-ADRES" not in reads(house, request_id, "mark")
    secret(house, "samira", is_secret=False)
    text = reads(house, request_id, "mark")
    assert "MERK-ADRES" not in text and "MERK-VEILIG" not in text and "Wij lezen 2 stukken eerst nog na" in text
    assert tasks(house, request_id) == ["open"]
    desk = noor.get(at + "inzage/").content.decode()
    assert f'value="{told}:1"' in desk and f'value="{safe}:1"' in desk
    house.release(request_id)
    text = reads(house, request_id, "mark")
    assert "MERK-ADRES" in text and "MERK-VEILIG" in text and tasks(house, request_id) == ["done"]


def test_what_was_given_next_to_a_secret_address_opens_unread_for_nobody_when_that_ends_before_it_is_opened(
    house: House,
) -> None:
    request_id, at, _pieces = for_the_father(house, TOLD)
    secret(house, "samira", is_secret=False)
    noor = house.client("noor")
    page = noor.get(at + "inzage/").content.decode()
    assert "Sinds het besluit was hier een adres geheim" in page and "De aanvrager leest de oude tekst" not in page
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 422
    house.release(request_id)
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    assert "MERK-ADRES" in reads(house, request_id, "mark")
