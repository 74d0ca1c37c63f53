"""A question to the vault that brings its own stamp: only this organisation's rows, and nothing stays behind."""

from uuid import uuid4

import pytest
from django.db import connections

from casemgmt.base.organisation import OutsideOrganisation, organisation
from casemgmt.vault.keys import create_dossier_key, create_organisation_key, dossier_key, load_keys

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_the_stamp_of_a_question_to_the_vault_is_gone_with_its_answer() -> None:
    here, elsewhere, dossier = uuid4(), uuid4(), uuid4()
    for place in (here, elsewhere):
        with organisation(place):
            create_organisation_key()
    with organisation(here):
        create_dossier_key(dossier)
    with organisation(here):
        assert load_keys([dossier]) == {dossier} and dossier_key(dossier)
        with connections["vault"].cursor() as cursor:
            cursor.execute("select current_setting('app.organisation', true)")
            assert not cursor.fetchone()[0]
    with organisation(elsewhere):
        assert load_keys([dossier]) == frozenset()


def test_nothing_is_asked_of_the_vault_outside_an_organisation() -> None:
    with pytest.raises(OutsideOrganisation):
        connections["vault"].ask_in_one_trip("select 1", [])
