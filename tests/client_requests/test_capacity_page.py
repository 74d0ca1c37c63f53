"""Who may record that a client cannot weigh own interests does it on one page, the same in every organisation."""

import re

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base.organisation import organisation
from dossiers.models import Person
from tests.client_requests.story import NOW, SLUGS, House, make_house

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def fien(house: House) -> tuple[bool, str, bool]:
    """Whether Fien can weigh own interests, who judged otherwise, and whether that was at this moment."""
    with organisation(house.id), transaction.atomic():
        row = Person.objects.get(id=house.people["fien"])
    by = next((name for name, user in house.staff.items() if user.id == row.capable_judged_by_id), "")
    return row.capable, by, row.capable_judged_at == NOW


def said(page: str) -> set[str]:
    """What the page of the people says of anybody's weighing own interests."""
    return set(re.findall("kan (?:de )?eigen belangen (?:niet )?afwegen", page))


@pytest.mark.rule("GT-22.4-a", "GT-1.w")
def test_the_leader_of_opsterland_judges_and_the_worker_and_another_team_may_not() -> None:
    house = make_house("gebiedsteam-opsterland")
    page = house.inside(f"personen/{house.people['fien']}/oordeel/")
    for name in ("noor", "bas", "ida"):
        browser = house.client(name)
        assert (browser.get(page).status_code, browser.post(page, {"judgement": "incapable"}).status_code) == (403, 403)
        assert page not in browser.get(house.inside("personen/")).content.decode()
    assert fien(house) == (True, "", False)
    leader = house.client("hanneke")
    assert page in leader.get(house.inside("personen/")).content.decode()
    assert said(leader.get(house.inside("personen/")).content.decode()) == set(), "nobody judged yet"
    assert "er geldt nu geen oordeel" in leader.get(page).content.decode()
    assert not re.search(r'name="judgement"[^>]* checked', leader.get(page).content.decode())
    assert "De leider van het gebiedsteam beoordeelt" in leader.get(page).content.decode()
    assert leader.post(page, {"judgement": "maybe"}).status_code == 422
    assert leader.post(page, {"judgement": "incapable"}).status_code == 303
    assert fien(house) == (False, "hanneke", True)
    assert "Hanneke van Dalen" in leader.get(page).content.decode()
    assert said(leader.get(house.inside("personen/")).content.decode()) == {"kan eigen belangen niet afwegen"}
    assert re.search(r'name="judgement"[^>]* value="incapable" checked', leader.get(page).content.decode())
    with organisation(house.id), transaction.atomic():
        told = AccessEvent.objects.filter(dossier_id=house.dossier_id, data="capacity", outcome="done")
        assert [event.user_id for event in told] == [house.staff["hanneke"].id]
    assert leader.post(page, {"judgement": "capable"}).status_code == 303
    assert fien(house) == (True, "", False)
    assert said(leader.get(house.inside("personen/")).content.decode()) == set()


@pytest.mark.parametrize("slug", SLUGS)
def test_the_form_of_a_person_judges_nobody_and_only_a_client_is_judged_about(slug: str) -> None:
    house = make_house(slug)
    assert (
        'name="capable"'
        not in house.client("noor").get(house.inside(f"personen/{house.people['fien']}/")).content.decode()
    )
    judge = house.client("hanneke" if slug == "gebiedsteam-opsterland" else "noor")
    mark = house.inside(f"personen/{house.people['mark']}/oordeel/")
    assert judge.get(mark).status_code == 404
    fiens = house.inside(f"personen/{house.people['fien']}/oordeel/")
    assert judge.post(fiens, {"judgement": "incapable"}).status_code == 303
    assert fien(house)[0] is False
