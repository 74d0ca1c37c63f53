"""Custody of one child gives no right to ask about another, in none of the four organisations."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base.errors import Conflict, NotThere, Refused
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import load_keys
from client_requests import acts
from client_requests.acts import Ruling
from client_requests.for_clients import about_whom, rights_over, would_be
from dossiers.models import Dossier, Person
from dossiers.people.acts import NewPerson, add_person
from dossiers.verbs import Verb

from .story import NOW, SLUGS, TODAY, House, make_house

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture(params=SLUGS)
def blended(request: pytest.FixtureRequest) -> House:
    """The family with a step-father who has custody of Fien (11) and not of Daan (15)."""
    house = make_house(request.param)
    house.stepfather()
    return house


def entitled(house: House, asker: str, about: str) -> bool:
    """Whether the rules let somebody ask inspection of what is about a child, as written down with the request."""
    return bool(house.request(house.ask(asker, about)).entitled["outcome"]["allowed"])


def names(house: House, who: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """About whom somebody can ask in the portal, and whose rights they exercise."""
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        dossier = Dossier.objects.get(id=house.dossier_id)
        person = Person.objects.get(id=house.people[who])
        whom = tuple(name for _id, name in about_whom(dossier, person, TODAY))
        return whom, tuple(name for _id, name in rights_over(dossier, person, TODAY).clients)


def test_a_stepfather_may_ask_about_the_child_of_whom_he_has_custody_and_about_no_other(blended: House) -> None:
    assert entitled(blended, "ruud", "fien")
    assert not entitled(blended, "ruud", "daan") and not entitled(blended, "ruud", "milou")
    assert names(blended, "ruud") == (("Fien",), ("Fien",))
    assert names(blended, "mark") == ((), ())


def test_custody_that_is_given_or_taken_counts_at_the_next_question(blended: House) -> None:
    blended.custody("ruud", "daan")
    assert not entitled(blended, "ruud", "fien")
    assert names(blended, "ruud")[0] == ("Daan",)
    blended.custody("ruud")
    assert names(blended, "ruud") == ((), ())


def test_nobody_can_grant_him_what_is_about_the_other_child(blended: House) -> None:
    request_id = blended.ask("ruud", "daan")
    noor, hanneke = blended.actor("noor"), blended.actor("hanneke")
    blended.change("noor", Verb.READ, lambda d: acts.verify_identity(d, request_id, how="document", by=noor, at=NOW).id)
    ruling = Ruling("granted", "", "Hij woont bij haar.", NOW.date())
    with pytest.raises((Refused, Conflict)):
        blended.change(
            "hanneke", Verb.DECIDE_REQUEST, lambda d: acts.decide(d, request_id, ruling, by=hanneke, at=NOW).id
        )
    row = blended.request(request_id)
    assert row.state == "assessing" and row.letter_id is None


@pytest.mark.parametrize("slug", ["gebiedsteam-opsterland", "buurteams-nijmegen"])
def test_where_both_must_ask_he_cannot_be_the_other(slug: str) -> None:
    """Of a child of fifteen these two want child and representative together (GT-22.2, BT)."""
    house = make_house(slug)
    house.stepfather()
    request_id, by = house.ask("daan"), house.actor("noor")

    def along(name: str) -> bool:
        joined = (house.people[name],)

        def act(dossier: Dossier) -> UUID:
            acts.find_out(dossier, request_id, answers=frozenset(), joined=joined, by=by, at=NOW)
            return request_id

        house.change("noor", Verb.READ, act)
        return bool(house.request(request_id).entitled["outcome"]["allowed"])

    assert along("samira") and not along("ruud")
    house.custody("ruud", "daan")
    assert along("ruud")


def test_staff_read_of_whom_the_asker_has_custody(house: House) -> None:
    house.stepfather()
    of_fien, of_daan = house.ask("ruud", "fien"), house.ask("ruud", "daan")
    noor = house.client("noor")
    assert "stiefouder, gezag" in noor.get(house.inside(f"verzoeken/{of_fien}/")).content.decode()
    assert "stiefouder, geen gezag over deze cliënt" in noor.get(house.inside(f"verzoeken/{of_daan}/")).content.decode()


def test_a_mother_who_is_a_client_herself_asks_for_herself_and_for_her_child(house: House) -> None:
    """In women's shelters parents are clients of the same dossier (SH-1.3)."""

    def act(dossier: Dossier) -> None:
        Person.objects.filter(dossier=dossier, id=house.people["samira"]).update(role="client")

    house.change("noor", Verb.CHANGE, act)
    house.custody("samira", "fien")
    assert names(house, "samira")[0] == ("Fien", "Samira")


def test_would_be_says_nothing_about_a_child_one_does_not_stand_for(house: House) -> None:
    house.stepfather()
    with organisation(house.id), transaction.atomic():
        load_keys([house.dossier_id])
        dossier, ruud = Dossier.objects.get(id=house.dossier_id), Person.objects.get(id=house.people["ruud"])
        would_be(dossier, ruud, "inspection", house.people["fien"], TODAY)
        for other in ("daan", "mark"):
            with pytest.raises(NotThere):
                would_be(dossier, ruud, "inspection", house.people[other], TODAY)


@pytest.mark.parametrize("capable", [True, False])
def test_a_parent_is_told_of_an_adult_client_only_where_the_ladder_lets_them_act(capable: bool) -> None:
    """Of an adult whom the leader judged unable, a parent may act where nobody else does (GT-22.4)."""
    house = make_house("gebiedsteam-opsterland")

    def act(dossier: Dossier) -> None:
        milou = Person.objects.get(dossier=dossier, id=house.people["milou"])
        milou.birth_date, milou.capable = date(1999, 1, 15), capable
        milou.capable_judged_at = None if capable else NOW
        milou.save()

    house.change("noor", Verb.CHANGE, act)
    assert ("Milou" in names(house, "samira")[0]) is not capable
    assert ("Milou" in names(house, "mark")[0]) is not capable


def test_a_partner_of_the_mother_is_offered_none_of_her_children(house: House) -> None:
    new = NewPerson("partner", "Ruud Peters", date(1987, 9, 2))
    house.people["ruud"] = house.change("noor", Verb.ADD, lambda d: add_person(d, new).id)
    assert names(house, "ruud") == ((), ())
