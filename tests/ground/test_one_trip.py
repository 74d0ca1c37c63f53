"""A question to the vault that brings its own stamp: only this organisation's rows, and nothing stays behind."""

from uuid import uuid4

import pytest
from django.db import ProgrammingError, connections
from django.test.utils import CaptureQueriesContext

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


def test_a_vault_that_was_started_again_is_asked_again_without_anybody_noticing() -> None:
    here, dossier = uuid4(), uuid4()
    with organisation(here):
        create_organisation_key()
        create_dossier_key(dossier)
    _cut_off("vault")
    with organisation(here):
        assert load_keys([dossier]) == {dossier}


def test_a_question_that_is_wrong_is_not_asked_twice() -> None:
    with organisation(uuid4()), CaptureQueriesContext(connections["vault"]) as asked, pytest.raises(ProgrammingError):
        connections["vault"].ask_in_one_trip("select nothing from nowhere", [])
    assert len(asked) <= 1


def _cut_off(alias: str) -> None:
    """End this thread's connection at the server, as a server that is started again does."""
    connections[alias].ensure_connection()
    pid = connections[alias].connection.info.backend_pid
    other = connections.create_connection(alias)
    try:
        with other.cursor() as cursor:
            cursor.execute("select pg_terminate_backend(%s, 5000)", [pid])
            assert cursor.fetchone() == (True,)
    finally:
        other.close()
