"""Who received data, as each who may read that list reads it: nobody is told of a yes that they never said."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction

from casemgmt.accounts.models import User
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation
from casemgmt.vault.keys import load_keys
from disclosures.models import Disclosure, DisclosureRegisterRow
from disclosures.vocabulary import State
from tests.cast import MOMENT
from tests.client_requests.story import House
from tests.disclosures.story import Case, agreed, approve, hand_over, make_case
from tests.disclosures.test_pages import text
from tests.disclosures.test_secret_words import father
from tests.walking import walk

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def portal_of(case: Case, **people: UUID) -> House:
    """The portal of this case for these people."""
    worker = User.objects.get(id=case.place.worker.user_id)
    row = Organisation.objects.get(id=case.place.id)
    house = House(row, case.place.unit_id, {"noor": worker}, people=people, dossier_id=case.dossier_id)
    for name in people:
        house.give_portal(name)
    return house


@pytest.mark.rule("SH-3.7.7")
def test_only_who_said_yes_reads_that_it_went_with_their_yes() -> None:
    case = make_case("sterk-huis")
    with organisation(case.place.id):
        row = agreed(case)
        approve(case, row)
        hand_over(case, row)
        kees = father(case)  # he has custody from now on, and nobody asked him then
        house = portal_of(case, yara=case.client, samira=case.mother, kees=kees)
    for name in ("yara", "samira", "kees"):
        page = text(house.client(name).get(house.portal_url("wie-kreeg/")))
        assert "Huisartsenpraktijk De Linde" in page and "Zonder ja" not in page
        assert ("Met uw ja." in page) is (name != "kees"), name
        assert ("Met toestemming." in page) is (name == "kees"), name


@transaction.atomic
def lines_told(case: Case, number: int, about: UUID | None = None, *, told: bool = True) -> list[str]:
    """So many lines of the register, each a minute after the one before; the ids of their disclosures."""
    load_keys([case.dossier_id])
    made = []
    for minute in range(1, number + 1):
        at = MOMENT + timedelta(minutes=minute)
        row = Disclosure.objects.create(
            dossier_id=case.dossier_id,
            about_id=about or case.client,
            state=State.WITHDRAWN,
            recipient_kind="gp",
            recipient={"name": "", "organisation": ""},
            purpose="x",
            answers={},
            proposed_by_id=case.place.worker.user_id,
            proposed_at=at,
            informed_at=at if told else None,
        )
        words = ("about", "name", "purpose", "ground", "explanation", "version", "approved_by", "handed_over_by", "how")
        DisclosureRegisterRow.objects.create(
            dossier_id=case.dossier_id,
            disclosure=row,
            about_id=about or case.client,
            at=at,
            recipient_kind="gp",
            with_consent=True,
            content=dict.fromkeys(words, "x")
            | {"organisation": f"Praktijk {minute} {'gezegd' if told else 'verzwegen'}", "proposed_by": "x"}
            | {"kinds": ["feit"], "articles": ["SH-3.7.6"]},
        )
        made.append(str(row.id))
    return made


def test_a_client_can_read_of_everybody_who_received_data_and_of_nothing_that_was_put_off() -> None:
    case = make_case("sterk-huis")
    with organisation(case.place.id):
        lines_told(case, 205)
        lines_told(case, 3, told=False)
        lines_told(case, 2, case.brother)
        house = portal_of(case, yara=case.client)
    yara, here = house.client("yara"), house.portal_url("wie-kreeg/")
    found = walk(yara, here, r"<b>Praktijk (\d+ \w+)")
    assert found == [f"{number} gezegd" for number in range(205, 0, -1)]
    assert "Over Sem" not in text(yara.get(here, {"over": str(case.brother)})), "an address is no way to another's"
