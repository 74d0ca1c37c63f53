"""The pages of staff: who may open them, what they do, and what bad input gets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction

from casemgmt.accounts.models import PortalInvitation, User
from casemgmt.audit.models import AccessEvent
from casemgmt.base.errors import Refused
from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.organisations.models import Membership, Unit
from casemgmt.policy.models import PolicyVersion
from casemgmt.vault.keys import destroy_dossier_key, load_keys
from client_requests.invitations import invite
from client_requests.queries import requests_for
from dossiers.models import Dossier, PortalAccess
from dossiers.verbs import Verb

from .story import NOW, House, employ, make_house

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

READ = ("verzoeken/", "verzoeken/opnemen/", "verzoeken/{request}/", "verzoeken/{request}/inzage/", "portaal/")
POSTS = (
    "verzoeken/opnemen/",
    "verzoeken/{request}/identiteit/",
    "verzoeken/{request}/nagaan/",
    "verzoeken/{request}/uitvoeren/",
    "verzoeken/{request}/klaar/",
    "verzoeken/{request}/intrekken/",
    "portaal/uitnodigen/",
    "portaal/{access}/opnieuw/",
    "portaal/{access}/bevriezen/",
    "portaal/{access}/openen/",
    "portaal/{access}/beeindigen/",
)
DECIDE = "verzoeken/{request}/besluit/"


@pytest.fixture
def ids(house: House) -> dict[str, Any]:
    """A request and an access, by name for an address."""
    user = house.give_portal("daan")
    with organisation(house.id), transaction.atomic():
        access = PortalAccess.objects.get(user_id=user.id).id
    return {"request": house.ask("daan"), "access": access}


def test_every_page_opens_for_who_works_there(house: House, ids: dict[str, Any]) -> None:
    noor = house.client("noor")
    for rest in READ:
        answer = noor.get(house.inside(rest.format(**ids)))
        assert answer.status_code == 200, (rest, answer.content.decode()[-600:])
        assert answer.headers["Cache-Control"].startswith("no-store")
    for show in ("", "?toon=decided", "?toon=ended", "?toon=onzin"):
        assert noor.get(house.staff_url(f"verzoeken/{show}")).status_code == 200


SUPERVISED = ("sterk-huis", "veilig-thuis-hm", "buurteams-nijmegen")


@pytest.mark.rule("SH-2.5.5")
@pytest.mark.parametrize("slug", SUPERVISED)
def test_who_reads_only_under_a_supervisor_is_not_offered_requests_that_stay_closed(slug: str) -> None:
    house = make_house(slug)
    house.ask("daan")
    employ(house, "sofie", "secretary")
    sofie, menu = house.client("sofie"), f'href="{house.staff_url("verzoeken/")}"'
    assert menu not in sofie.get(house.staff_url("")).content.decode()
    assert menu in house.client("noor").get(house.staff_url("")).content.decode()
    refused = (house.staff_url("verzoeken/"), house.inside("verzoeken/"), house.inside("verzoeken/opnemen/"))
    for address in refused:
        assert sofie.get(address).status_code == 403, address
    with organisation(house.id), transaction.atomic():
        rows = AccessEvent.objects.filter(user_id=house.staff["sofie"].id, outcome="denied")
        assert list(rows.values_list("ground", flat=True)) == ["role"] * len(refused)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("caseworker", True),  # reads by a role of their own
        ("director", True),  # decides
        ("records_administrator", False),  # reads, and still only under a supervisor
    ],
)
def test_with_a_second_role_a_secretary_sees_requests_exactly_where_the_door_opens(
    house: House, role: str, *, sees: bool
) -> None:
    """What the menu offers is what the list holds: nobody is shown a page that must stay empty."""
    request_id = house.ask("daan")
    sofie = employ(house, "sofie", "secretary")
    with organisation(house.id), transaction.atomic():
        team = Unit.objects.get(name="team Zuid")
        Membership.objects.create(user_id=sofie.id, unit=team, role=role, starts_on=date(2020, 1, 1))
    answer = house.client("sofie").get(house.staff_url("verzoeken/"))
    assert (answer.status_code == 200) is sees
    with organisation(house.id):
        held = [line.id for line in requests_for(house.actor("sofie"), "open").lines]
    assert held == ([request_id] if sees else [])


def test_a_desk_that_reads_no_dossiers_still_has_all_requests(house: House) -> None:
    request_id = house.ask("daan")
    employ(house, "rik", "records_administrator", "team Noord")
    assert str(request_id) in house.client("rik").get(house.staff_url("verzoeken/")).content.decode()


def test_the_page_shows_the_sum_and_the_article(house: House, ids: dict[str, Any]) -> None:
    text = house.client("hanneke").get(house.inside(f"verzoeken/{ids['request']}/")).content.decode()
    assert "20 december 2026" in text and "28 dagen" in text and "Artikel 3.4.5a" in text


def test_a_colleague_without_the_role_gets_403_and_changes_nothing(house: House, ids: dict[str, Any]) -> None:
    ida = house.client("ida")
    for rest in READ:
        assert ida.get(house.inside(rest.format(**ids))).status_code == 403, rest
    for rest in (*POSTS, DECIDE):
        assert ida.post(house.inside(rest.format(**ids))).status_code == 403, rest
    assert house.request(ids["request"]).state == "received"


def test_a_worker_of_another_team_gets_403(house: House, ids: dict[str, Any]) -> None:
    bas = house.client("bas")
    for rest in READ:
        assert bas.get(house.inside(rest.format(**ids))).status_code == 403, rest
    assert "Daan" not in bas.get(house.staff_url("verzoeken/")).content.decode()
    for rest in POSTS:
        assert bas.post(house.inside(rest.format(**ids))).status_code in (403, 422), rest
    assert house.request(ids["request"]).state == "received"


def test_a_worker_does_not_decide(house: House, ids: dict[str, Any]) -> None:
    ruling = {"outcome": "refused", "ground": "age_or_capacity", "reason": "Nee."}
    assert house.client("noor").post(house.inside(DECIDE.format(**ids)), ruling).status_code == 403
    assert house.request(ids["request"]).outcome == ""


def test_a_stranger_and_another_organisation_see_nothing(house: House, ids: dict[str, Any]) -> None:
    other = make_house("buurteams-nijmegen")
    noor = house.client("noor")
    for rest in READ:
        assert other.client("noor").get(house.inside(rest.format(**ids))).status_code == 404
        mixed = f"/o/{other.row.slug}/dossiers/{house.dossier_id}/" + rest.format(**ids)
        assert other.client("noor").get(mixed).status_code == 404
    assert noor.get(house.inside(f"verzoeken/{uuid4()}/")).status_code == 404
    assert noor.get(house.inside(f"brieven/{uuid4()}/")).status_code == 404


def test_a_client_of_the_portal_opens_no_page_of_staff(house: House, ids: dict[str, Any]) -> None:
    daan = house.client("daan")
    for rest in READ:
        assert daan.get(house.inside(rest.format(**ids))).status_code in (302, 403, 404), rest


def test_wrong_methods_are_refused(house: House, ids: dict[str, Any]) -> None:
    noor = house.client("noor")
    for rest in POSTS[1:]:
        assert noor.get(house.inside(rest.format(**ids))).status_code == 405, rest
    assert noor.post(house.staff_url("verzoeken/")).status_code == 405


@pytest.mark.parametrize(
    ("rest", "values"),
    [
        ("verzoeken/opnemen/", {"asker": "x", "kind": "onzin", "received_on": "31-02-2026"}),
        ("verzoeken/{request}/identiteit/", {"how": "raden"}),
        ("verzoeken/{request}/uitvoeren/", {"how": "other"}),
        ("portaal/uitnodigen/", {}),
        ("portaal/{access}/bevriezen/", {"until": "gisteren"}),
    ],
)
def test_bad_input_gets_the_page_back(house: House, ids: dict[str, Any], rest: str, values: dict[str, str]) -> None:
    answer = house.client("noor").post(house.inside(rest.format(**ids)), values)
    assert answer.status_code == 422
    assert "error-summary" in answer.content.decode()


@pytest.mark.parametrize(
    ("rest", "wrong", "right"),
    [
        ("bevriezen/", {"until": "gisteren", "why": "Op verzoek."}, {"until": "31-12-2026", "why": "Op verzoek."}),
        ("opnieuw/", {}, {"how": "document"}),
    ],
)
def test_nobody_types_a_password_for_a_form_that_comes_back(
    house: House,
    ids: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    rest: str,
    wrong: dict[str, str],
    right: dict[str, str],
) -> None:
    monkeypatch.setattr("casemgmt.accounts.confirm.confirmed", lambda request: False)
    noor, held = house.client("noor"), house.inside(f"portaal/{ids['access']}/{rest}")
    before, page = access_of(house, ids), noor.post(held, wrong)
    text = page.content.decode()
    assert page.status_code == 422 and "error-summary" in text and "confirm-password" not in text
    asked = noor.post(held, right)
    assert asked.status_code == 422 and 'name="confirm-password"' in asked.content.decode()
    assert access_of(house, ids) == before, "nothing is done before it is confirmed"
    assert house.client("ida").post(held, wrong).status_code in (403, 404), "the same door is asked first"


def access_of(house: House, ids: dict[str, Any]) -> tuple[Any, ...]:
    """Whether the portal is closed for somebody, and which letters were written."""
    with organisation(house.id), transaction.atomic():
        row = PortalAccess.objects.get(id=ids["access"])
        return row.frozen_until, row.ended_at, Letter.objects.count()


def test_a_decision_without_ground_or_reason_keeps_what_was_typed(house: House, ids: dict[str, Any]) -> None:
    hanneke = house.client("hanneke")
    answer = hanneke.post(house.inside(DECIDE.format(**ids)), {"outcome": "refused", "reason": "Bewaar mij."})
    assert answer.status_code == 422 and "Bewaar mij." in answer.content.decode()
    granted = hanneke.post(house.inside(DECIDE.format(**ids)), {"outcome": "granted", "reason": "Ja."})
    assert granted.status_code == 409 and "Stel eerst vast" in granted.content.decode()


def test_a_request_by_word_of_mouth_is_written_down_once(house: House) -> None:
    values = {
        "row_id": str(uuid4()),
        "asker": str(house.people["samira"]),
        "about": str(house.people["fien"]),
        "kind": "copy",
        "channel": "oral",
        "received_on": "20-11-2026",
        "words": "Zij wil een kopie.",
    }
    noor = house.client("noor")
    first = noor.post(house.inside("verzoeken/opnemen/"), values)
    second = noor.post(house.inside("verzoeken/opnemen/"), values)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["Location"] == second.headers["Location"]
    assert "18 december 2026" in noor.get(first.headers["Location"]).content.decode()


def test_a_request_from_before_the_birth_of_the_client_is_asked_about_again(house: House) -> None:
    values = {
        "row_id": str(uuid4()),
        "asker": str(house.people["samira"]),
        "about": str(house.people["fien"]),
        "kind": "copy",
        "channel": "oral",
        "received_on": "28-02-2015",
    }
    answer = house.client("noor").post(house.inside("verzoeken/opnemen/"), values)
    assert answer.status_code == 422 and "error-summary" in answer.content.decode()


def test_an_invitation_makes_an_account_a_place_and_a_letter(house: House) -> None:
    noor = house.client("noor")
    invited = {"person": str(house.people["samira"]), "seen": "on"}
    answer = noor.post(house.inside("portaal/uitnodigen/"), invited)
    assert answer.status_code == 303
    letter = noor.get(answer.headers["Location"])
    assert letter.status_code == 200 and "/mijn/sterk-huis/inloggen/brief/" in letter.content.decode()
    assert "Geheimlaan" not in letter.content.decode()
    again = noor.post(house.inside("portaal/uitnodigen/"), invited)
    assert again.status_code == 422
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        access = PortalAccess.objects.get(person_id=house.people["samira"])
        name = User.objects.get(id=access.user_id).username
        said = str(Letter.objects.get().body)
        assert name in said and "6 december 2026" in said, "the house rule says fourteen days"
        assert PortalInvitation.objects.get(user_id=access.user_id).expires_at == NOW + timedelta(days=14)
        access_id = access.id
    again = house.inside(f"portaal/{access_id}/opnieuw/")
    assert noor.post(again, {"how": "known"}).status_code == 303
    assert noor.post(house.inside(f"portaal/{access_id}/beeindigen/")).status_code == 303
    with organisation(house.id), transaction.atomic():
        assert not User.objects.get(id=access.user_id).is_active
    assert noor.post(again, {"how": "known"}).status_code == 409


def test_only_who_may_have_a_page_is_offered_and_the_letter_fits_whom_it_is_for(house: House) -> None:
    """Fien is eleven and father has no custody: neither is offered, and a request made by hand gives nothing."""
    noor, door = house.client("noor"), house.inside("portaal/uitnodigen/")
    page = noor.get(house.inside("portaal/")).content.decode()
    offered = {name for name, id_ in house.people.items() if f'value="{id_}"' in page}
    assert offered == {"daan", "milou", "samira"}
    for name in ("fien", "mark"):
        assert noor.post(door, {"person": str(house.people[name]), "seen": "on"}).status_code == 422
        with pytest.raises(Refused, match="vanaf deze leeftijd"):
            house.change("noor", Verb.INVITE_TO_PORTAL, lambda d, n=name: invited(house, d, n))  # type: ignore[misc]
    with organisation(house.id), transaction.atomic():
        assert not PortalAccess.objects.filter(person_id__in=[house.people["fien"], house.people["mark"]]).exists()
    bodies = {}
    for name in ("milou", "samira"):
        answer = noor.post(door, {"person": str(house.people[name]), "seen": "on"})
        bodies[name] = noor.get(answer.headers["Location"]).content.decode()
    assert "U kunt uw dossier nu op internet bekijken" in bodies["milou"]
    assert "uw dossier" not in bodies["samira"] and "voor wie u vertegenwoordigt" in bodies["samira"]


def invited(house: House, dossier: Dossier, name: str) -> object:
    return invite(dossier, house.people[name], address="https://example.org/", by=house.actor("noor"), at=NOW)


def test_a_new_code_asks_who_gets_it_and_the_client_reads_that_it_was_made(house: House, ids: dict[str, Any]) -> None:
    noor, again = house.client("noor"), house.inside(f"portaal/{ids['access']}/opnieuw/")
    user, before = house.clients["daan"], house.client("daan")
    PortalInvitation.objects.create(user_id=user.id, organisation_id=house.id, code_hash="x", expires_at=NOW)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    for guess in ({}, {"how": "portal"}):
        answer = noor.post(again, guess)
        assert answer.status_code == 422 and "error-summary" in answer.content.decode()
    assert Authenticator.objects.filter(user=user).exists(), "what is refused takes nothing from anybody"
    with organisation(house.id), transaction.atomic():
        assert not Letter.objects.filter(kind="portal_invitation").exists()
    assert "nieuwe code" not in before.get(house.portal_url("")).content.decode()
    assert noor.post(again, {"how": "known"}).status_code == 303
    assert before.get(house.portal_url("")).status_code == 302, "whoever was in is out with the next click"
    assert not Authenticator.objects.filter(user=user).exists()
    with organisation(house.id), transaction.atomic():
        row = AccessEvent.objects.get(data="portal-renewed")
    assert (row.ground, row.object_id, row.user_id) == ("known", ids["access"], house.staff["noor"].id)
    user.refresh_from_db()
    assert "nieuwe code" in house.client("daan").get(house.portal_url("")).content.decode()


def test_a_letter_with_a_code_is_read_by_who_may_invite_here_and_from_no_desk(
    house: House, ids: dict[str, Any]
) -> None:
    noor = house.client("noor")
    made = noor.post(house.inside(f"portaal/{ids['access']}/opnieuw/"), {"how": "document"})
    letter = made.headers["Location"]
    assert noor.get(letter).status_code == 200
    employ(house, "karel", "manager", "team Noord")
    for name in ("karel", "bas"):
        for address in (letter, f"{letter}pdf/"):
            assert house.client(name).get(address).status_code == 403, (name, address)
    with organisation(house.id), transaction.atomic():
        seen = AccessEvent.objects.filter(user_id=house.staff["karel"].id, data="letter")
        assert {row.outcome for row in seen} == {"denied"}


def test_a_request_waits_among_the_approvals_of_whoever_decides(house: House, ids: dict[str, Any]) -> None:
    text = house.client("hanneke").get(house.staff_url("goedkeuren/")).content.decode()
    assert "Dossier inzien" in text and f"verzoeken/{ids['request']}/" in text


def test_a_request_whose_dossier_lost_its_key_stands_in_the_lists_without_a_name(
    house: House, ids: dict[str, Any]
) -> None:
    with organisation(house.id):
        destroy_dossier_key(house.dossier_id)
    for name, page in (("noor", "verzoeken/"), ("hanneke", "goedkeuren/")):
        answer = house.client(name).get(house.staff_url(page))
        shown = answer.content.decode()
        assert answer.status_code == 200, page
        assert "kan niet worden geopend" in shown and "Bakker" not in shown, page
    assert house.client("noor").get(house.inside("verzoeken/")).status_code == 423


def test_a_stored_decision_names_the_version_of_its_own_day(house: House) -> None:
    """A rule was changed and given back what it was: the first and the third version say the same."""
    asked_on = date(2026, 3, 2)
    request_id = house.ask(on=asked_on, at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    with organisation(house.id), transaction.atomic():
        first = PolicyVersion.objects.get()
        days = (date(2026, 4, 1), date(2026, 5, 1))
        PolicyVersion.objects.filter(id=first.id).update(until_date=days[0], state="superseded")
        for number, begins, until, content in ((2, *days, "0" * 64), (3, days[1], None, first.body_hash)):
            PolicyVersion.objects.create(
                number=number,
                state="published",
                body=first.body,
                body_hash=content,
                source=f"{number}.toml",
                from_date=begins,
                until_date=until,
                made_at=NOW,
                published_at=NOW,
            )
    page = house.client("noor").get(house.inside(f"verzoeken/{request_id}/")).content.decode()
    stored, now = (f"Regels: versie {number}, vanaf" for number in (1, 3))
    assert page.count(stored) == 1, "the answer's last day was worked out by the first"
    assert page.count(now) >= 1, "what may be shown is judged today"
