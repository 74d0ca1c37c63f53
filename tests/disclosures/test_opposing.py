"""A disclosure that still needs its dossier keeps it from being destroyed."""

from datetime import timedelta

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from retention.oppositions import running
from tests.disclosures.story import ON, Case, agreed, approve, hand_over, make_case

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_a_disclosure_opposes_destruction_until_the_client_knows(case: Case):
    assert not opposed(case)
    row = agreed(case)
    assert opposed(case)
    approve(case, row)
    assert opposed(case)
    hand_over(case, row)
    assert not opposed(case)


def opposed(case: Case) -> list[str]:
    with transaction.atomic():
        return running(case.dossier_id)


def test_one_whose_client_was_not_told_yet_opposes_as_well():
    case = make_case("buurteams-nijmegen")
    with organisation(case.place.id):
        row = agreed(case)
        approve(case, row)
        until = ON + timedelta(days=7)
        hand_over(case, row, later=True, why="Vader dreigt.", until=until, facts={"informing_possible": False})
        assert opposed(case) == ["De cliënt hoorde nog niet van een verstrekking uit dit dossier."]
