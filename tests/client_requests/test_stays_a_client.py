"""Nobody stops being a client while a request about them still runs."""

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

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

KIND = "dossier inzien"


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
    asked = house.ask("samira", "fien")
    noor, at = house.client("noor"), house.inside(f"verzoeken/{asked}/")
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
