"""Who comes to what in the portal: the child, the mother, the father, a stranger, another organisation, staff."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.audit.models import AccessEvent
from casemgmt.base.clock import AMSTERDAM
from casemgmt.base.organisation import organisation
from client_requests.acts import Ruling, decide, start_execution, verify_identity
from dossiers.models import Person, PortalAccess
from dossiers.people.acts import NewPerson, add_person
from dossiers.recording.acts import Wording, reword_entry
from dossiers.verbs import Verb
from tests.client_requests.story import NOW, TODAY, House, make_house

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

PAGES = (
    "",
    "brieven/",
    "wie-keek/",
    "wie-kreeg/",
    "over-mij/",
    "vragen/",
    "vragen/voor/?soort=inspection",
    "verzoeken/",
)
MARKERS = ("Geheimlaan", "MERK-ANDER", "MERK-NOTITIE", "buurvrouw", "Mark Bakker")

CLOSED = "Wij lezen 1 stuk eerst nog na"

# What a worker might well write in an entry about one child alone.
LEAKING = "MERK-EIGEN. Mark Bakker belde 06-12345678; moeder woont op Geheimlaan 77. Zijn BSN is 123456782, zus Bo ook."


def granted(house: House, asker: str, about: str = "") -> UUID:
    """A request that was granted in part and opened in the portal."""
    request_id = house.ask(asker, about)
    noor, hanneke = house.actor("noor"), house.actor("hanneke")
    ruling = Ruling("partly", "privacy_of_other", "Alles over jezelf.", NOW.date(), house.pieces(request_id))
    house.change("noor", Verb.READ, lambda d: verify_identity(d, request_id, how="document", by=noor, at=NOW).id)
    house.change("hanneke", Verb.DECIDE_REQUEST, lambda d: decide(d, request_id, ruling, by=hanneke, at=NOW).id)
    house.release(request_id)
    house.change(
        "noor", Verb.READ, lambda d: start_execution(d, request_id, how="portal", words=None, by=noor, at=NOW).id
    )
    return request_id


@pytest.fixture
def family(house: House) -> House:
    """Three with a page of their own; one entry about one, one about two, and one that says too much."""
    house.change("noor", Verb.ADD, lambda d: add_person(d, NewPerson("sibling", "Bo Bakker")).id)

    def reachable(_dossier: object) -> UUID:
        mark = Person.objects.get(id=house.people["mark"])
        mark.phone, mark.bsn = "+31 6 1234 5678", "123456782"
        mark.save()
        return UUID(str(mark.id))

    house.change("noor", Verb.CHANGE, reachable)
    house.entry(LEAKING, "milou")
    house.entry("MERK-ANDER over Fien", "fien")
    house.entry("MERK-ANDER over beiden", "milou", "fien")
    for name in ("milou", "samira", "mark"):
        house.give_portal(name)
    return house


@pytest.mark.parametrize("name", ["milou", "samira", "mark"])
def test_every_page_opens_and_none_tells_of_another(family: House, name: str) -> None:
    browser = family.client(name)
    for rest in PAGES:
        answer = browser.get(family.portal_url(rest))
        assert answer.status_code == 200, rest
        assert answer.headers["Cache-Control"].startswith("no-store")
        text = answer.content.decode()
        assert "<title>Mijn omgeving</title>" in text
        own = {"mark": ("Mark Bakker",)}.get(name, ())
        assert [mark for mark in MARKERS if mark in text and mark not in own] == [], rest


def test_an_opened_inspection_holds_own_entries_only(family: House) -> None:
    request_id = granted(family, "milou")
    family.entry("MERK-NADIEN", "milou", at=NOW + timedelta(hours=1))
    text = family.client("milou").get(family.portal_url(f"verzoeken/{request_id}/inzage/")).content.decode()
    assert "MERK-EIGEN" in text and "MERK-NADIEN" not in text
    assert [mark for mark in (*MARKERS, "Mark", "12345678", "zus Bo") if mark in text] == []
    assert "[zwart: gaat over een ander] Bakker belde [zwart: adres of nummer]" in text


def test_a_piece_put_right_after_the_decision_is_closed_until_somebody_reads_and_releases_it(family: House) -> None:
    """The wording that was put right no longer holds, and the new one was weighed by nobody."""
    entry_id, by = family.entry("MERK-EERST", "milou", at=NOW - timedelta(hours=2)), family.actor("noor")

    def reword(text: str, seen: int, at: datetime) -> None:
        family.change(
            "noor",
            Verb.CHANGE,
            lambda d: reword_entry(d, entry_id, Wording(text), seen_version=seen, why="", by=by, at=at).id,
        )

    reword("MERK-BESLIST", 1, NOW)
    request_id = granted(family, "milou")
    reword("MERK-NADIEN", 2, NOW + timedelta(microseconds=1))
    page, noor = family.portal_url(f"verzoeken/{request_id}/inzage/"), family.client("noor")

    def seen() -> set[str]:
        text = family.client("milou").get(page).content.decode()
        marks = ("MERK-EERST", "MERK-BESLIST", "MERK-NADIEN", CLOSED)
        return {mark for mark in marks if mark in text}

    assert seen() == {CLOSED}
    desk, give = (family.inside(f"verzoeken/{request_id}/{rest}/") for rest in ("inzage", "vrijgeven"))
    offered = noor.get(desk).content.decode()
    assert f'value="{entry_id}:3"' in offered and "MERK-NADIEN" in offered and "checked" not in offered
    for wrong in ("", f"{entry_id}:2", f"{uuid4()}:1", "onzin"):
        assert noor.post(give, {"pieces": wrong}).status_code == 422, wrong
    reword("MERK-LATER", 3, NOW + timedelta(microseconds=2))
    assert noor.post(give, {"pieces": f"{entry_id}:3"}).status_code == 422, "it was changed while it was read"
    assert seen() == {CLOSED}
    reword("MERK-NADIEN, beter", 4, NOW + timedelta(microseconds=3))
    assert noor.post(give, {"pieces": f"{entry_id}:5"}).status_code == 303
    assert seen() == {"MERK-NADIEN"}
    assert "MERK-NADIEN" in family.client("noor").get(family.inside()).content.decode(), "the dossier goes on"


def test_staff_sees_beforehand_what_is_black_in_the_portal(family: House) -> None:
    request_id = family.ask("milou")
    text = family.client("noor").get(family.inside(f"verzoeken/{request_id}/inzage/")).content.decode()
    assert "MERK-EIGEN" in text
    assert [mark for mark in ("Geheimlaan", "12345678", "zus Bo") if mark in text] == []


def test_another_of_the_same_dossier_gets_404(family: House) -> None:
    request_id = granted(family, "milou")
    letter_id = family.request(request_id).letter_id
    for name in ("samira", "mark"):
        browser = family.client(name)
        for rest in (
            f"verzoeken/{request_id}/",
            f"verzoeken/{request_id}/inzage/",
            f"brieven/{letter_id}/",
            f"brieven/{letter_id}/pdf/",
        ):
            assert browser.get(family.portal_url(rest)).status_code == 404, rest
        assert browser.post(family.portal_url(f"verzoeken/{request_id}/intrekken/")).status_code == 404
    assert family.request(request_id).state == "executing"


def test_the_father_without_custody_does_not_see_who_looked(family: House) -> None:
    family.client("noor").get(family.inside("verzoeken/"))
    assert "Noor van Dalen" not in family.client("mark").get(family.portal_url("wie-keek/")).content.decode()
    assert "Noor van Dalen" in family.client("milou").get(family.portal_url("wie-keek/")).content.decode()


def test_nobody_sees_that_the_other_parent_was_here(family: House) -> None:
    family.client("samira").get(family.portal_url(""))
    family.client("mark").get(family.portal_url(""))
    text = family.client("samira").get(family.portal_url("wie-keek/")).content.decode()
    assert "Mark" not in text


def test_when_custody_is_lost_the_mother_can_no_longer_read(family: House) -> None:
    request_id = granted(family, "samira", "fien")
    address = family.portal_url(f"verzoeken/{request_id}/inzage/")
    assert family.client("samira").get(address).status_code == 200
    family.custody("samira", "daan", "milou")
    answer = family.client("samira").get(address)
    assert answer.status_code == 403 and "MERK-ANDER" not in answer.content.decode()


def test_a_child_is_told_that_somebody_asked_about_its_data(family: House) -> None:
    family.ask("samira", "milou")
    assert "Samira El Idrissi" in family.client("milou").get(family.portal_url("verzoeken/")).content.decode()
    assert "Samira El Idrissi" not in family.client("mark").get(family.portal_url("verzoeken/")).content.decode()


def test_staff_and_strangers_come_to_no_page_of_the_portal(family: House) -> None:
    other = make_house("buurteams-nijmegen")
    other.give_portal("milou")
    staff = Client()
    staff.force_login(family.staff["noor"])
    for rest in PAGES:
        assert staff.get(family.portal_url(rest)).status_code in (302, 403, 404), rest
        assert other.client("milou").get(family.portal_url(rest)).status_code == 404, rest


def test_ended_access_is_gone_and_frozen_access_says_until_when(family: House, monkeypatch: pytest.MonkeyPatch) -> None:
    user = family.clients["milou"]

    def change(**values: object) -> None:
        with organisation(family.id), transaction.atomic():
            from casemgmt.vault.keys import load_keys

            load_keys([family.dossier_id])
            access = PortalAccess.objects.get(user_id=user.id)
            for name, value in values.items():
                setattr(access, name, value)
            access.save()

    change(frozen_until=TODAY + timedelta(days=3), frozen_why="MERK-NOTITIE")
    answer = family.client("milou").get(family.portal_url(""))
    assert answer.status_code == 403
    assert "25 november 2026" in answer.content.decode() and "MERK-NOTITIE" not in answer.content.decode()
    # Up to and including its day, as staff reads beside the field: to the last second, and not one more.
    change(frozen_until=TODAY)
    midnight = datetime(2026, 11, 23, tzinfo=AMSTERDAM)
    for moment, status in ((NOW, 403), (midnight - timedelta(seconds=1), 403), (midnight, 200)):
        with monkeypatch.context() as then:
            then.setattr("casemgmt.base.clock.now", lambda m=moment: m)
            answer = family.client("milou").get(family.portal_url(""))
            assert answer.status_code == status, moment
            assert ("22 november 2026" in answer.content.decode()) is (status == 403)
    change(frozen_until=TODAY - timedelta(days=1))
    assert family.client("milou").get(family.portal_url("")).status_code == 200
    change(ended_at=NOW)
    assert family.client("milou").get(family.portal_url("")).status_code == 404


def test_wrong_methods_and_bad_input(family: House) -> None:
    milou, over = family.client("milou"), str(family.people["milou"])
    for rest in ("vragen/nakijken/", "vragen/versturen/", f"verzoeken/{uuid4()}/intrekken/"):
        assert milou.get(family.portal_url(rest)).status_code == 405
    for rest in ("", "brieven/", "verzoeken/", "wie-keek/"):
        assert milou.post(family.portal_url(rest)).status_code == 405
    for rest in ("vragen/nakijken/", "vragen/versturen/"):
        bad = milou.post(family.portal_url(rest), {"soort": "inspection", "over": over, "words": "a\x00b"})
        assert bad.status_code == 422
        strange = milou.post(family.portal_url(rest), {"soort": "inspection", "over": str(family.people["fien"])})
        assert strange.status_code == 404
    assert milou.get(family.portal_url("vragen/voor/"), {"soort": "onzin"}).status_code == 422
    assert milou.get(family.portal_url("vragen/wat/"), {"soort": "onzin", "over": over}).status_code == 404


def test_a_visit_leaves_a_row_of_the_client_in_the_trail(family: House) -> None:
    family.client("milou").get(family.portal_url("brieven/"))
    with organisation(family.id), transaction.atomic():
        row = AccessEvent.objects.filter(data="portal-letters").get()
    assert (row.user_id, row.role, row.ground, row.outcome) == (family.clients["milou"].id, "portal", "own", "shown")


def test_an_account_leads_to_one_page_and_no_address_leads_to_another(family: House) -> None:
    """Two pages are two accounts: nobody says that two dossiers hold the same person, and no page leads across."""
    with organisation(family.id), transaction.atomic():
        pages = {row.person_id: row for row in PortalAccess.objects.all()}
    mine, hers = pages[family.people["milou"]], pages[family.people["samira"]]
    assert len({row.user_id for row in pages.values()}) == len(pages) == 3
    browser = family.client("milou")
    for access in (mine, hers):
        assert browser.post(family.portal_url(f"over-mij/{access.id}/")).status_code == 404
    assert f"{access.id}" not in browser.get(family.portal_url("over-mij/")).content.decode()
