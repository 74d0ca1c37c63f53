"""Nobody stops being a client while a request about them still runs; what ended stays readable afterwards."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.base.errors import Conflict
from casemgmt.base.organisation import organisation
from casemgmt.organisations.actors import Actor
from casemgmt.organisations.models import Organisation, Unit
from dossiers.access import change_dossier
from dossiers.models import Dossier, Person
from dossiers.people.acts import change_person, known_of, seen_mark
from dossiers.verbs import Verb
from tests.cast import make_actor

from .story import NOW, House
from .test_open_today import READY, for_the_mother
from .test_pieces import asked, secret

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

KIND = "dossier inzien"
REFUSED = {"outcome": "refused", "ground": "age_or_capacity", "reason": "MERK-REDEN: dat kan niet."}


def as_sister(house: House, name: str = "Fien Bakker", who: str = "fien") -> Any:
    """Save the form of a client as that of a sister."""
    noor, path = house.client("noor"), house.inside(f"personen/{house.people[who]}/")
    page = noor.get(path).content.decode()
    seen, born = (re.search(rf'name="{one}"[^>]*value="([^"]*)"', page) for one in ("seen", "birth_date"))
    assert seen and born
    return noor.post(path, {"role": "sibling", "name": name, "birth_date": born[1], "seen": seen[1]})


def role(house: House, who: str = "fien") -> str:
    with organisation(house.id), transaction.atomic():
        return str(Person.objects.get(id=house.people[who]).role)


def test_whom_a_request_is_about_stays_a_client_until_it_ended_and_the_form_says_so(house: House) -> None:
    noor, at = house.client("noor"), house.inside(f"verzoeken/{house.ask('samira', 'fien')}/")
    refused = as_sister(house, name="Fien Getypt")
    page = refused.content.decode()
    told = re.search(r'id="id_role-error">(.*?)</span>\s*<select', page, re.S)
    assert refused.status_code == 422 and 'value="Fien Getypt"' in page
    assert told and KIND in told[1] and "22 november 2026" in told[1], "which request, beside the field"
    assert role(house) == "client"
    assert noor.get(at).status_code == 200
    assert as_sister(house, who="milou", name="Milou Bakker").status_code == 303, "about her nothing runs"
    assert noor.post(at + "intrekken/").status_code == 303
    assert as_sister(house).status_code == 303
    assert role(house) == "sibling"


def test_a_request_that_was_refused_or_taken_back_can_be_read_by_staff_when_its_person_is_no_client_any_more(
    house: House,
) -> None:
    refused, taken_back = (house.inside(f"verzoeken/{house.ask(one, 'fien')}/") for one in ("mark", "samira"))
    noor, hanneke = house.client("noor"), house.client("hanneke")
    assert hanneke.post(refused + "besluit/", REFUSED).status_code == 303
    assert noor.post(taken_back + "intrekken/").status_code == 303
    assert as_sister(house).status_code == 303
    for who in (noor, hanneke):
        page = who.get(refused)
        assert page.status_code == 200 and "MERK-REDEN" in page.content.decode()
        page = who.get(taken_back)
        assert page.status_code == 200
        assert 'method="post"' not in page.content.decode().split("<main")[1].split("</main>")[0], (
            "no step can be taken here"
        )
    assert noor.get(house.inside("verzoeken/")).status_code == 200
    assert hanneke.post(taken_back + "besluit/", REFUSED).status_code in (409, 422)
    assert noor.post(refused + "intrekken/").status_code == 409
    assert house.client("bas").get(taken_back).status_code == 403, "a colleague without the right still does not"


def test_what_was_opened_about_a_child_stays_shut_when_it_is_no_client_any_more_and_the_desk_reads_what_was_done(
    house: House,
) -> None:
    request_id, at = for_the_mother(house)
    noor = house.client("noor")
    assert as_sister(house).status_code == 422, "it is still being carried out"
    assert noor.post(at + "klaar/").status_code == 303
    assert as_sister(house).status_code == 303
    asker = house.client("samira").get(house.portal_url(f"verzoeken/{request_id}/inzage/"))
    assert asker.status_code == 403 and "MERK-GEGEVEN" not in asker.content.decode()
    desk = noor.get(at)
    assert desk.status_code == 200 and "Open in het portaal" not in desk.content.decode()
    for link in re.findall(rf'href="({re.escape(at)}[^"]*)"', desk.content.decode()):
        assert noor.get(link).status_code == 200, link


def test_what_a_client_may_read_of_themselves_stands_open_no_more_once_they_are_no_client(house: House) -> None:
    """Nobody else's custody ends here, so only that they are no client any more closes it."""
    secret(house, "samira", is_secret=False)
    house.entry("MERK-GEGEVEN: zij slaapt slecht.", "milou")
    request_id, at = asked(house, "milou", "milou")
    ruling = {"outcome": "granted", "reason": "Je mag dit lezen."}
    assert house.client("hanneke").post(at + "besluit/", ruling).status_code == 303
    noor, own = house.client("noor"), house.portal_url(f"verzoeken/{request_id}/inzage/")
    assert noor.post(at + "uitvoeren/", {"how": "portal"}).status_code == 303
    assert noor.post(at + "klaar/").status_code == 303
    assert "MERK-GEGEVEN" in house.client("milou").get(own).content.decode()
    assert as_sister(house, who="milou", name="Milou Bakker").status_code == 303
    assert "MERK-GEGEVEN" not in house.client("milou").get(own).content.decode()
    assert READY not in house.client("milou").get(house.portal_url("verzoeken/")).content.decode()
    assert "Niet meer te lezen in het portaal" in noor.get(at).content.decode()


def test_who_may_not_see_requests_reads_that_something_runs_and_not_what(house: House) -> None:
    house.ask("samira", "fien")
    with organisation(house.id), transaction.atomic():
        place, unit = Organisation.objects.get(id=house.id), Unit.objects.get(id=house.unit_id)
        other = make_actor(place, unit, "administrative", frozenset({Verb.READ, Verb.CHANGE}), "Rik Hofstra")
    assert KIND in told_to(house, house.actor("noor"))
    assert not re.search(rf"{KIND}|\d", told_to(house, other))


def told_to(house: House, by: Actor) -> str:
    """What somebody of staff reads who makes a sister of the client."""
    fien = house.people["fien"]

    def act(dossier: Dossier) -> UUID:
        now = known_of(Person.objects.get(id=fien))
        new = replace(now, role="sibling")
        return UUID(str(change_person(dossier, fien, new, seen=seen_mark(now), by=by, at=NOW).id))

    with organisation(house.id), pytest.raises(Conflict) as told:
        change_dossier(by, house.dossier_id, Verb.CHANGE, act, data="person")
    return told.value.sentence
