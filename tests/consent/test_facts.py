"""What people of a dossier are to the client, in the words of the rules."""

from datetime import date

import pytest
from django.db import transaction

from casemgmt.base.organisation import organisation
from casemgmt.policy.schema.vocabulary import Person as Who
from casemgmt.vault.keys import load_keys
from consent.facts import circle
from dossiers.access import change_dossier
from dossiers.models import Dossier
from dossiers.people.acts import NewPerson, add_person
from dossiers.verbs import Verb
from tests.disclosures.story import ON, Case, born, make_case

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def who_is(case: Case, born_on: date | None) -> Who:
    """What a brother or sister with this birth date is to the client."""
    with organisation(case.place.id):
        new = NewPerson("sibling", "Noud Bakker", born_on)
        added = change_dossier(
            case.place.worker, case.dossier_id, Verb.ADD, lambda d: add_person(d, new).id, data="test"
        )
        with transaction.atomic():
            load_keys([case.dossier_id])
            around = circle(Dossier.objects.get(id=case.dossier_id), case.client, ON)
            somebody = around.find(added) if around else None
    assert somebody is not None
    return somebody.who


@pytest.mark.parametrize(
    ("born_on", "who"),
    [
        (born(18), Who.ADULT_SIBLING),
        (born(18, days=1), Who.NETWORK_PERSON),
        (born(5), Who.NETWORK_PERSON),
        (None, Who.NETWORK_PERSON),
    ],
)
def test_only_an_adult_brother_or_sister_is_one_who_can_act(born_on: date | None, who: Who) -> None:
    assert who_is(make_case("gebiedsteam-opsterland", born(30)), born_on) == who
