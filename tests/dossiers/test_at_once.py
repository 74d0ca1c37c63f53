"""Two at once, or one twice: nobody overwrites unseen what another saved, and what is sent twice is there once."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation, Unit
from casemgmt.vault.keys import load_keys
from dossiers.models import Draft, Entry, Person, WorkingNote
from dossiers.people.acts import NewPerson, known_of
from tests.cast import make_actor, make_family, of
from tests.dossiers.pages import World, hidden, make_world, signed_in
from tests.dossiers.test_pages import an_entry, entry_in

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def world() -> World:
    return make_world()


def mate_of(world: World) -> Client:
    """The browser of a colleague of the same team."""
    with organisation(world.place.id), transaction.atomic():
        here, unit = Organisation.objects.get(id=world.place.id), Unit.objects.get(id=world.place.unit_id)
        mate = make_actor(here, unit, "caseworker", frozenset(), "Rik Hofstra")
    return signed_in(mate)


def known(world: World, person_id: UUID) -> NewPerson:
    with organisation(world.place.id), transaction.atomic():
        load_keys([world.family.dossier_id])
        return known_of(Person.objects.get(id=person_id))


class TestPeople:
    """Tab A and tab B opened the same person; A was saved first."""

    MARK = {"role": "parent", "name": "Mark Bakker", "birth_date": "31-12-1985", "capable": "on"}
    SAFE = {"address": "Schuilplaats 3", "address_secret": "on", "warning": "Bel nooit aan"}

    def test_a_tab_opened_earlier_cannot_open_a_secret_address_or_lose_a_warning_or_custody(self, world):
        path, sem, mark = world.at(f"personen/{world.family.mark}/"), world.family.sem, world.family.mark
        seen = {"seen": hidden(world.worker, path, "seen")}
        first = self.MARK | self.SAFE | {"represents": [str(sem)]} | seen
        assert world.worker.post(path, first).status_code == 303
        slower = world.worker.post(path, self.MARK | seen | {"phone": "06-12345678"})
        page = slower.content.decode()
        assert slower.status_code == 409
        now = known(world, mark)
        assert (now.address, now.address_secret, now.warning) == ("Schuilplaats 3", True, "Bel nooit aan")
        assert now.represents == of(sem) and now.phone is None
        for both in ("Bel nooit aan", "06-12345678", "Vertegenwoordigt Sem Bakker"):
            assert both in page
        assert "Schuilplaats 3" not in page  # neither asked for nor recorded as shown
        fresh = page.split('name="seen"')[1].split('value="')[1].split('"')[0]
        assert 'id="id_address_secret" value="on" checked' in page  # a colleague's secrecy is not undone unseen
        assert world.worker.post(path, self.MARK | {"seen": fresh, "address_secret": "on"}).status_code == 303
        assert (known(world, mark).address, known(world, mark).address_secret) == ("Schuilplaats 3", True)

    def test_who_was_slower_compares_and_then_saves_what_both_filled_in(self, world):
        path = world.at(f"personen/{world.family.mark}/")
        old = {"seen": hidden(world.worker, path, "seen")}
        assert world.worker.post(path, self.MARK | self.SAFE | old).status_code == 303
        refused = world.worker.post(path, self.MARK | old | {"phone": "06-12345678"}).content.decode()
        fresh = refused.split('name="seen"')[1].split('value="')[1].split('"')[0]
        both = self.MARK | self.SAFE | {"phone": "06-12345678", "seen": fresh}
        assert world.worker.post(path, both | old).status_code == 409
        assert world.worker.post(path, both).status_code == 303
        now = known(world, world.family.mark)
        assert (now.address_secret, now.phone) == (True, "06-12345678")


class TestWording:
    """A rewording kept while typing is as old as the wording that its writer had before them."""

    def test_a_kept_rewording_cannot_overwrite_a_colleagues_newer_one_unseen(self, world):
        path = world.at(f"vermelding/{entry_in(world).id}/")
        typing = an_entry(world, text="Zwemles is op vrijdag.", why="mentor", seen_version="1")
        assert world.worker.post(f"{path}concept/", typing).status_code == 204
        assert "Iemand was u voor" not in world.worker.get(path).content.decode()
        newer = typing | {"text": "Zwemles is op dinsdag."}
        assert mate_of(world).post(path, newer).status_code == 303
        page = world.worker.get(path).content.decode()
        assert "Iemand was u voor" in page and "Zwemles is op dinsdag." in page and "Zwemles is op vrijdag." in page
        assert world.worker.post(path, typing).status_code == 409
        assert "Zwemles is op dinsdag." in world.worker.get(world.at()).content.decode()

    def test_a_rewording_is_kept_only_of_an_entry_that_is_in_the_dossier(self, world):
        with organisation(world.place.id):
            there = make_family(world.place, "SH-2026-0999")
        typing = an_entry(world, text="Zwemles is op vrijdag.", why="mentor", seen_version="1")
        elsewhere = entry_in(replace(world, family=there)).id
        for entry_id in (elsewhere, uuid4()):
            assert world.worker.post(world.at(f"vermelding/{entry_id}/concept/"), typing).status_code == 404
        with organisation(world.place.id), transaction.atomic():
            assert not Draft.objects.exists()


class TestNotes:
    """Making a working note part of the dossier leaves what else its author was writing."""

    def test_a_note_made_an_entry_takes_no_other_unfinished_entry_with_it(self, world):
        path, drafts = world.at("vermelding/"), world.at("vermelding/concept/")
        assert (
            world.worker.post(world.at("aantekeningen/"), {"row_id": uuid4(), "text": "Nog navragen."}).status_code
            == 303
        )
        with organisation(world.place.id), transaction.atomic():
            note = str(WorkingNote.objects.get().id)
        unfinished = an_entry(world, text="Half af over school")
        of_note = an_entry(world, text="Nagevraagd op school", note=note)
        assert world.worker.post(drafts, unfinished).status_code == 204
        assert world.worker.post(drafts, of_note).status_code == 204
        assert mate_of(world).post(drafts, of_note).status_code == 404
        assert "Nagevraagd op school" in world.worker.get(f"{path}?note={note}").content.decode()
        assert world.worker.post(path, of_note).status_code == 303
        assert "Half af over school" in world.worker.get(path).content.decode()
        with organisation(world.place.id), transaction.atomic():
            assert Draft.objects.count() == 1 and not WorkingNote.objects.exists()

    def test_what_was_being_made_of_a_note_is_destroyed_with_it(self, world):
        assert (
            world.worker.post(world.at("aantekeningen/"), {"row_id": uuid4(), "text": "Nog navragen."}).status_code
            == 303
        )
        with organisation(world.place.id), transaction.atomic():
            note = str(WorkingNote.objects.get().id)
        typed = an_entry(world, text="Nagevraagd op school", note=note)
        assert world.worker.post(world.at("vermelding/concept/"), typed).status_code == 204
        assert world.worker.post(world.at(f"aantekeningen/{note}/vernietigen/")).status_code == 303
        with organisation(world.place.id), transaction.atomic():
            assert not Draft.objects.exists()


class TestTwice:
    """A form that is sent twice saves once; with something else in it what was saved stays, and nothing is lost."""

    def sends(self, world: World) -> tuple[tuple[type[Entry | Person | WorkingNote], str, dict, dict], ...]:
        somebody = {"row_id": str(uuid4()), "role": "network", "name": "Oma Bakker", "relevance": "Past op"}
        somebody |= {"represents": [str(world.family.yara), str(world.family.sem)]}
        note = {"row_id": str(uuid4()), "text": "Nog navragen."}
        return (
            (Entry, "vermelding/", an_entry(world), {"text": "Iets heel anders."}),
            (Person, "personen/nieuw/", somebody, {"name": "Opa Anders"}),
            (WorkingNote, "aantekeningen/", note, {"text": "Nooit meer navragen."}),
        )

    def test_a_second_click_makes_no_second_entry_person_or_note(self, world):
        for table, path, sent, other in self.sends(world):
            before = self.count(world, table)
            answers = [world.worker.post(world.at(path), sent).status_code for _click in range(2)]
            assert (answers, self.count(world, table)) == ([303, 303], before + 1), path
            refused = world.worker.post(world.at(path), sent | other)
            page = refused.content.decode()
            assert refused.status_code == 409 and next(iter(other.values())) in page, path
            assert self.count(world, table) == before + 1
            fresh = page.split('name="row_id"')[1].split('value="')[1].split('"')[0]
            assert world.worker.post(world.at(path), sent | other | {"row_id": fresh}).status_code == 303
            assert self.count(world, table) == before + 2

    def test_the_id_of_a_colleagues_note_or_of_another_dossiers_row_gives_nothing_away(self, world):
        (_table, path, sent, _other) = self.sends(world)[2]
        assert world.worker.post(world.at(path), sent).status_code == 303
        assert mate_of(world).post(world.at(path), sent).status_code == 404
        with organisation(world.place.id):
            there = make_family(world.place, "SH-2026-0999")
        taken = {"row_id": str(there.sem), "role": "client", "name": "Sem Bakker"}
        assert world.worker.post(world.at("personen/nieuw/"), taken).status_code == 404

    def test_a_note_made_an_entry_by_two_clicks_is_one_entry(self, world):
        (_table, path, note, _other) = self.sends(world)[2]
        assert world.worker.post(world.at(path), note).status_code == 303
        sent = an_entry(world, note=note["row_id"])
        answers = [world.worker.post(world.at("vermelding/"), sent).status_code for _click in range(2)]
        assert (answers, self.count(world, Entry)) == ([303, 303], 1)

    def count(self, world: World, table: type[Entry | Person | WorkingNote]) -> int:
        with organisation(world.place.id), transaction.atomic():
            return table.objects.count()
