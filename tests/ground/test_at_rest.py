"""What was written in a dossier lies nowhere in clear: who reads the disk of the database reads no dossier."""

from uuid import UUID

import pytest
from django.db import connections, transaction

from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import KeyNotLoaded
from dossiers.access import change_dossier, open_dossier
from dossiers.models import Dossier
from dossiers.recording.acts import Wording, add_entry
from dossiers.recording.models import EntryVersion
from dossiers.verbs import Verb
from tests.cast import Family, Place, make_family, make_place
from tests.traces import found_in_database

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

SAID, NAME = "Zeldzaamwoord over Milan", "Sem Bakker"


@pytest.fixture
def here() -> Place:
    return make_place()


@pytest.fixture
def family(here: Place) -> Family:
    """A dossier in which somebody wrote what must never be read by another."""
    with organisation(here.id):
        made = make_family(here)
        said = Wording(SAID, source="Samira, telefoon")

        def write(dossier: Dossier) -> UUID:
            return add_entry(
                dossier,
                said,
                kind="fact",
                about=[made.milan],
                happened_on=clock.today(),
                by=here.worker,
                at=clock.now(),
            )

        change_dossier(here.worker, made.dossier_id, Verb.ADD, write, data="entry")
    return made


def wordings(dossier: Dossier) -> list[str]:
    return [row.text for row in EntryVersion.objects.filter(dossier=dossier)]


def as_bytes(text: str) -> str:
    """How PostgreSQL writes the same words where a column holds bytes."""
    return text.encode().hex()


@pytest.mark.rule("SH-4.1.0", "SH-4.1.D1", "GT-4.1", "VT-7.1")
def test_what_was_recorded_is_read_through_the_door_and_stands_in_clear_nowhere(here: Place, family: Family) -> None:
    with organisation(here.id):
        assert open_dossier(here.worker, family.dossier_id, Verb.READ, wordings, data="timeline") == [SAID]
    for words in (SAID, NAME):
        assert found_in_database(words, here.id) == []
        assert found_in_database(as_bytes(words), here.id) == []


def test_the_search_through_every_table_finds_what_is_not_sealed(here: Place, family: Family) -> None:
    """So that an empty answer above means sealed, and not that nobody looked: the number is no secret."""
    with organisation(here.id), transaction.atomic():
        number = Dossier.objects.get(id=family.dossier_id).number
    assert "dossiers_dossier" in found_in_database(number, here.id)


@pytest.mark.rule("SH-4.1.D1", "GT-4.1")
def test_a_row_from_the_database_without_its_key_says_nothing(here: Place, family: Family) -> None:
    with organisation(here.id), transaction.atomic(), pytest.raises(KeyNotLoaded):
        wordings(Dossier.objects.get(id=family.dossier_id))
    with connections["vault_owner"].cursor() as cursor:
        cursor.execute("select count(*) from information_schema.tables where table_name = 'dossiers_entryversion'")
        assert cursor.fetchone() == (0,), "keys and what they open stand in two clusters"
