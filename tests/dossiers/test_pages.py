"""The litany of every page inside a dossier: works, colleague, stranger, wrong method, bad input."""

import re
from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from django.db import transaction

from casemgmt.audit.context import AuditContext, circumstances
from casemgmt.audit.models import AccessEvent
from casemgmt.audit.words import said_to_staff
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Organisation, Unit
from casemgmt.vault.keys import load_keys
from casemgmt.work.models import Task
from casemgmt.work.queries import task_for
from dossiers.access import change_dossier
from dossiers.looks import looks_at
from dossiers.models import Assignment, Dossier, Draft, Entry, EntryVersion, Person, WorkingNote
from dossiers.recording.acts import Wording, add_entry
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.dossiers.pages import World, hidden, make_actor, make_world, signed_in
from tests.traces import found_in_database

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

READS = ["", "vermelding/", "aantekeningen/", "personen/", "personen/nieuw/", "toegang/", "wie-keek/"]


@pytest.fixture
def world() -> World:
    return make_world()


def entry_in(world: World, text: str = "Zwemles is op woensdag.") -> Entry:
    with organisation(world.place.id):
        return change_dossier(
            world.place.worker,
            world.family.dossier_id,
            Verb.ADD,
            lambda d: add_entry(
                d,
                Wording(text, details={"category": "care", "purpose": "care", "origin": "own"}),
                kind="fact",
                about=[world.family.sem],
                happened_on=date(2026, 11, 20),
                by=world.place.worker,
                at=MOMENT,
            ),
            data="entry",
        )


def an_entry(world: World, **changes) -> dict:
    given = {
        "row_id": str(uuid4()),
        "text": "Yara was alle dagen op school.",
        "happened_on": "20-11-2026",
        "statement_kind": "fact",
        "origin": "own",
        "category": first_option("categories"),
        "purpose": first_option("purposes"),
        "about_whom": [str(world.family.yara)],
    }
    return given | changes


def first_option(name: str) -> str:
    from casemgmt.policy.loader import load_profile, shipped_profiles

    profile = load_profile(next(iter(shipped_profiles()["sterk-huis"])))
    return str(getattr(profile.recording, name)[0].key)


def without_token(answer) -> str:
    """The page without what is new in every answer, and without its own address (for the choice of language)."""
    return re.sub(r'name="(csrfmiddlewaretoken|next)" value="[^"]*"', "", answer.content.decode())


def events(world: World) -> list[tuple[str, str, str]]:
    with organisation(world.place.id), transaction.atomic():
        return list(AccessEvent.objects.order_by("at").values_list("action", "outcome", "data"))


@pytest.mark.parametrize("path", READS)
def test_every_page_works_for_the_team_and_refuses_a_colleague_with_a_sentence(world, path):
    answer = world.worker.get(world.at(path))
    assert answer.status_code == 200, answer.content.decode()[:3000]
    assert "no-store" in answer.headers["Cache-Control"]
    refused = world.colleague.get(world.at(path))
    assert refused.status_code == 403
    assert "Vraag dan toegang" in refused.content.decode()
    assert "Bakker" not in refused.content.decode()
    assert events(world)[-1][1] == "denied"


@pytest.mark.parametrize("path", READS)
def test_another_organisations_dossier_is_the_same_as_one_that_never_was(world, path):
    other = make_world("veilig-thuis-hm")
    theirs = other.worker.get(other.here(f"dossiers/{world.family.dossier_id}/{path}"))
    never = other.worker.get(other.here(f"dossiers/{uuid4()}/{path}"))
    assert theirs.status_code == never.status_code == 404
    assert without_token(theirs) == without_token(never)
    assert events(other)[-1][1] == "unknown"


@pytest.mark.parametrize("path", ["", "personen/", "wie-keek/"])
def test_a_page_that_only_shows_refuses_to_be_posted_to(world, path):
    assert world.worker.post(world.at(path)).status_code == 405


@pytest.mark.parametrize(
    "path", ["vermelding/concept/", "vermelding/concept/weg/", "aantekeningen/{}/vernietigen/", "toegang/{}/einde/"]
)
def test_an_act_cannot_be_opened_by_a_link(world, path):
    assert world.worker.get(world.at(path.format(uuid4()))).status_code == 405


def test_the_timeline_shows_who_decides_with_the_rule_and_never_a_secret_address(world):
    entry_in(world)
    page = world.worker.get(world.at()).content.decode()
    assert "Zwemles is op woensdag." in page
    assert "SH-3.1" in page
    assert "Veilige laan" not in page
    assert events(world)[-1] == ("read", "shown", "timeline")


def test_my_day_offers_dossiers_and_search_to_those_who_may_open_them(world):
    with organisation(world.place.id), transaction.atomic():
        place, unit = Organisation.objects.get(id=world.place.id), Unit.objects.get(id=world.place.unit_id)
        administrator = make_actor(place, unit, "organisation_administrator", frozenset(), "Ada Prins")
    theirs, mine = (one.get(world.here()).content.decode() for one in (signed_in(administrator), world.worker))
    for words in ("Mijn dossiers", "/zoeken/"):
        assert words in mine and words not in theirs, words
    assert "<span>Ga naar …</span>" in theirs and "<span>Ga naar …</span>" not in mine


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-12:00"])
def test_a_key_at_the_end_of_time_begins_at_the_top(world, moment):
    entry_in(world)
    answer = world.worker.get(world.at(f"?after={moment[:10]}~{moment}~{uuid4()}"))
    assert answer.status_code == 200 and "Zwemles is op woensdag." in answer.content.decode()


def test_a_colleagues_working_notes_are_in_the_trail_of_its_author_and_of_who_guards_it_only(world):
    note = {"row_id": uuid4(), "text": "Nog navragen."}
    assert world.worker.post(world.at("aantekeningen/"), note).status_code == 303
    assert world.worker.post(world.at(f"aantekeningen/{note['row_id']}/later/")).status_code == 303
    worker, on = world.place.worker, clock.today()
    with organisation(world.place.id), transaction.atomic(), circumstances(AuditContext(user_id=worker.user_id)):
        assert task_for(worker, Task.objects.get(object_id=note["row_id"]).id)
    assert world.worker.post(world.at(f"aantekeningen/{note['row_id']}/vernietigen/")).status_code == 303
    teammate = replace(worker, user_id=uuid4())
    guard = replace(teammate, units_by_capability={**worker.units_by_capability, Verb.READ_TRAIL: frozenset()})
    with organisation(world.place.id), transaction.atomic():
        load_keys([world.family.dossier_id])
        dossier = Dossier.objects.get(id=world.family.dossier_id)
        seen = [looks_at(dossier, actor, on) for actor in (worker, guard, teammate)]
    kept = [any(row.data == said_to_staff("notes") for row in one.rows) for one in seen]
    counts = [sum(one.per_day.values()) for one in seen]
    assert kept == [True, True, False]
    # Kept, put off and destroyed: each the note and the task that reminds of it; and that task was opened once.
    assert counts[0] == counts[1] == counts[2] + 7


def test_a_secret_address_shows_by_a_post_and_leaves_a_row_of_its_own(world):
    path = world.at(f"personen/{world.family.samira}/adres/")
    assert "Veilige laan 1" in world.worker.post(path).content.decode()
    assert events(world)[-1] == ("read", "shown", "address")
    assert world.colleague.post(path).status_code == 403
    assert world.worker.post(world.at(f"personen/{uuid4()}/adres/")).status_code == 404
    assert events(world)[-1] == ("read", "unknown", "address")


def test_an_entry_is_saved_with_what_the_regulation_asks(world):
    answer = world.worker.post(world.at("vermelding/"), an_entry(world))
    assert answer.status_code == 303, answer.content.decode()[:4000]
    with organisation(world.place.id), transaction.atomic():
        entry = Entry.objects.get()
        assert entry.author_id == world.place.worker.user_id
        assert entry.about.get().person_id == world.family.yara
    assert ("add", "done", "entry") in events(world)


def test_where_only_tested_hypotheses_belong_in_the_dossier_the_form_asks_how_and_not_until_when(world):
    page = world.worker.get(world.at("vermelding/")).content.decode()
    assert "Hoe is het getoetst?" in page and "Bewaar het dan als werkaantekening" in page
    assert 'name="test_before' not in page
    sent = an_entry(world, statement_kind="hypothesis", tested_how="nagevraagd op school", test_before="01-12-2026")
    assert world.worker.post(world.at("vermelding/"), sent).status_code == 303
    timeline = world.worker.get(world.at("")).content.decode()
    assert "nagevraagd op school" in timeline and "toetsen vóór" not in timeline


def test_where_an_untested_hypothesis_is_allowed_the_form_asks_until_when():
    other = make_world("veilig-thuis-hm")
    page = other.worker.get(other.at("vermelding/")).content.decode()
    assert 'name="test_before' in page and 'name="tested_how' not in page


def test_the_timeline_filters_by_the_kinds_that_the_regulation_knows_in_its_own_words(world):
    fact = entry_in(world)
    other = make_world("buurteams-nijmegen")
    page = other.worker.get(other.at("")).content.decode()
    assert re.findall(r'href="[^"]*[?]kind=(\w+)"[^>]*>([^<]+)<', page) == [
        ("fact", "Feit"),
        ("opinion", "Indruk, mening of conclusie"),
    ]
    for kind, there in (("fact", True), ("opinion", False), ("hypothesis", False), ("judgement", True)):
        shown = world.worker.get(world.at("?kind=" + kind)).content.decode()
        assert (f'id="v-{fact.id}"' in shown) is there, kind  # a judgement is no kind of this regulation: no filter


def test_a_saved_entry_says_so_on_the_page_that_follows(world):
    assert world.worker.post(world.at("vermelding/"), an_entry(world)).status_code == 303
    saved = [world.worker.get(world.at("")).content.decode() for _twice in range(2)]
    assert ["Opgeslagen in het dossier." in page for page in saved] == [True, False]
    with organisation(world.place.id), transaction.atomic():
        entry = Entry.objects.get()
    wording = an_entry(world, text="Anders.", why="beter", seen_version="1")
    assert world.worker.post(world.at(f"vermelding/{entry.id}/"), wording).status_code == 303
    page = world.worker.get(world.at("")).content.decode()
    assert "Opgeslagen in het dossier." in page
    assert '<span class="private">beter</span>' in page  # hidden with names, as the wording itself


@pytest.mark.parametrize(
    ("wrong", "title"),
    [
        ({"about_whom": []}, "Vul nog 1 ding in"),
        ({"about_whom": [], "text": ""}, "Vul nog 2 dingen in"),
        ({"about_whom": [], "happened_on": "gisteren"}, "Dit klopt nog niet"),
    ],
)
def test_what_is_missing_is_counted_and_each_question_says_what_to_do(world, wrong, title):
    page = world.worker.post(world.at("vermelding/"), an_entry(world, **wrong)).content.decode()
    assert f'id="error-summary-title">{title}</h2>' in page
    assert "Kies over wie het gaat." in page and "veld is verplicht" not in page


def test_before_saving_the_form_names_who_will_read_it(world):
    page = world.worker.get(world.at("vermelding/")).content.decode()
    assert "Noor van Dalen" in page
    assert "Daan Postma" not in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": "nul \x00 teken"},
        {"text": "half \ud83d teken"},
        {"text": "a" * 100_001},
        {"happened_on": "31-02-2026"},
        {"happened_on": "gisteren"},
        {"happened_on": "01-01-2190"},
        {"statement_kind": "rumour"},
        {"about_whom": []},
        {"about_whom": ["x"]},
        {"about_whom": [str(uuid4())]},
        {"category": ""},
        {"purpose": "iets anders"},
        {"origin": "other"},
    ],
)
def test_an_entry_that_is_not_right_is_refused_with_everything_still_there(world, wrong):
    sent = an_entry(world, **wrong)
    if "\ud83d" in sent["text"]:
        body = "&".join(f"{k}={v}" for k, v in sent.items() if k not in ("text", "about_whom"))
        answer = world.worker.post(
            world.at("vermelding/"), body + "&text=half%ED%A0%BD", content_type="application/x-www-form-urlencoded"
        )
    else:
        answer = world.worker.post(world.at("vermelding/"), sent)
    assert answer.status_code == 422
    assert 'name="text"' in answer.content.decode()
    with organisation(world.place.id), transaction.atomic():
        assert not Entry.objects.exists()


def test_ten_megabytes_of_text_are_refused_before_they_are_read(world):
    answer = world.worker.post(world.at("vermelding/"), an_entry(world, text="a" * 10_000_000))
    assert answer.status_code in (413, 422)


def test_extra_fields_change_nothing(world):
    more = {"author_id": str(uuid4()), "organisation_id": str(uuid4()), "version": "9"}
    assert world.worker.post(world.at("vermelding/"), an_entry(world) | more).status_code == 303
    with organisation(world.place.id), transaction.atomic():
        entry = Entry.objects.get()
        assert (entry.author_id, entry.version) == (world.place.worker.user_id, 1)


def test_a_better_wording_is_a_new_version_and_the_old_one_stays_readable(world):
    entry = entry_in(world)
    path = world.at(f"vermelding/{entry.id}/")
    assert world.worker.get(path).status_code == 200
    sent = an_entry(world, text="Zwemles is op dinsdag.", why="op verzoek van Samira", seen_version="1")
    answer = world.worker.post(path, sent)
    assert answer.status_code == 303, answer.content.decode()
    page = world.worker.get(world.at(f"vermelding/{entry.id}/versies/")).content.decode()
    assert "woensdag" in page
    assert "dinsdag" in page
    assert "op verzoek van Samira" in page
    assert "Versie 2" in world.worker.get(world.at()).content.decode()


def test_who_was_slower_keeps_both_texts(world):
    entry = entry_in(world)
    path = world.at(f"vermelding/{entry.id}/")
    first = an_entry(world, text="Zwemles is op dinsdag.", why="mentor", seen_version="1")
    assert world.worker.post(path, first).status_code == 303
    slower = world.worker.post(path, first | {"text": "Zwemles is op vrijdag."})
    page = slower.content.decode()
    assert slower.status_code == 409
    assert "dinsdag" in page
    assert "vrijdag" in page
    with organisation(world.place.id), transaction.atomic():
        assert EntryVersion.objects.count() == 2


def test_a_rewording_that_is_refused_for_another_reason_is_nobody_who_was_quicker(world):
    entry = entry_in(world)
    with organisation(world.place.id), transaction.atomic():
        Dossier.objects.update(state=Dossier.State.CLOSED, closed_on=date(2026, 11, 21))
    sent = an_entry(world, text="Zwemles is op vrijdag.", why="mentor", seen_version="1")
    answer = world.worker.post(world.at(f"vermelding/{entry.id}/"), sent)
    page = answer.content.decode()
    assert answer.status_code == 409 and "Dit dossier is gesloten" in page and "vrijdag" in page
    assert "Iemand was" not in page


@pytest.mark.parametrize("path", ["vermelding/{}/", "vermelding/{}/versies/"])
def test_an_entry_of_another_dossier_is_not_there(world, path):
    assert world.worker.get(world.at(path.format(uuid4()))).status_code == 404


def test_what_is_typed_survives_and_is_theirs_alone(world):
    sent = an_entry(world, text="Half af")
    assert world.worker.post(world.at("vermelding/concept/"), sent).status_code == 204
    assert "Half af" in world.worker.get(world.at("vermelding/")).content.decode()
    assert world.colleague.post(world.at("vermelding/concept/"), sent).status_code == 403
    assert world.worker.post(world.at("vermelding/concept/"), {"text": "\x00"}).status_code == 422
    assert world.worker.post(world.at("vermelding/"), sent).status_code == 303
    with organisation(world.place.id), transaction.atomic():
        assert not Draft.objects.exists()


def test_adding_somebody_refuses_a_wrong_bsn_and_a_birth_in_the_future(world):
    path = world.at("personen/nieuw/")
    person = {"role": "client", "name": "Lotte", "birth_date": "01-02-2015", "bsn": "999990019", "capable": "on"}
    for wrong in (
        {"bsn": "123456789"},
        {"bsn": "12345"},
        {"birth_date": "01-01-2190"},
        {"role": "boss"},
        {"name": "x\x00"},
        {"address_secret": "on"},
    ):
        assert world.worker.post(path, person | {"row_id": uuid4()} | wrong).status_code == 422, wrong
    assert world.worker.post(path, person).status_code == 422  # without the id that makes sending it twice one
    assert world.worker.post(path, person | {"row_id": uuid4()}).status_code == 303
    with organisation(world.place.id), transaction.atomic():
        assert Person.objects.count() == 6


def test_putting_a_person_right_keeps_what_was_not_changed(world):
    path = world.at(f"personen/{world.family.sem}/")
    page = world.worker.get(path).content.decode()
    assert "Sem Bakker" in page
    sent = {"role": "client", "name": "Sem El Idrissi", "birth_date": "01-03-2015", "bsn": "999990019", "capable": "on"}
    assert world.worker.post(path, sent).status_code == 422
    sent |= {"seen": hidden(world.worker, path, "seen")}
    assert world.worker.post(path, sent).status_code == 303
    assert "Sem El Idrissi" in world.worker.get(world.at("personen/")).content.decode()
    assert world.worker.post(world.at(f"personen/{uuid4()}/"), sent).status_code == 404


def test_a_colleague_added_for_a_period_comes_in_and_is_out_at_the_next_click(world):
    sent = {
        "user": str(world.place.colleague.user_id),
        "role_in_care": "waarnemer",
        "ground": "vakantie",
        "starts_on": "01-01-2026",
        "ends_on": "",
    }
    assert world.worker.post(world.at("toegang/"), sent | {"ends_on": "01-01-2025"}).status_code == 422
    assert world.worker.post(world.at("toegang/"), sent | {"user": str(uuid4())}).status_code == 422
    assert world.worker.post(world.at("toegang/"), sent).status_code == 303
    assert world.colleague.get(world.at()).status_code == 200
    page = world.worker.get(world.at("toegang/")).content.decode()
    assert "waarnemer" in page
    end = page.split("/toegang/")[2].split("/")[0] if "/einde/" not in page else page.split("/einde/")[0][-36:]
    assert world.worker.post(world.at(f"toegang/{end}/einde/")).status_code == 303
    assert world.colleague.get(world.at()).status_code == 403


def test_what_is_typed_about_an_assignment_stands_nowhere_in_clear(world):
    sent = {"role_in_care": "MARKER-rol", "ground": "MARKER-reden", "starts_on": "01-01-2026", "ends_on": ""}
    sent["user"] = str(world.place.colleague.user_id)
    assert world.worker.post(world.at("toegang/"), sent).status_code == 303
    assert "MARKER-rol" in world.colleague.get(world.at()).content.decode()
    with organisation(world.place.id), transaction.atomic():
        (row,) = Assignment.objects.all()
        load_keys([row.dossier_id])
        assert row.ground == "MARKER-reden"
    assert "dossiers_dossier" in found_in_database(str(world.family.dossier_id), world.place.id)
    assert not found_in_database("MARKER", world.place.id)


def test_who_looked_names_the_colleague_who_was_refused(world):
    world.colleague.get(world.at())
    page = world.worker.get(world.at("wie-keek/")).content.decode()
    assert "Daan Postma" in page


class TestWorkingNotes:
    """SH-1.3-werkaant, SH-2.2.3, SH-2.5.6: for their author alone."""

    SECRET = "MARKER-aantekening"

    @pytest.fixture
    def note_id(self, world):
        note = {"row_id": uuid4(), "text": self.SECRET}
        assert world.worker.post(world.at("aantekeningen/"), note).status_code == 303
        with organisation(world.place.id), transaction.atomic():
            return WorkingNote.objects.get().id

    @pytest.mark.rule("SH-1.3-werkaant", "SH-2.5.6")
    def test_the_author_reads_it_and_is_reminded_with_the_sum_of_the_date(self, world, note_id):
        page = world.worker.get(world.at("aantekeningen/")).content.decode()
        assert self.SECRET in page
        sure = page.split('<details class="sure">')[1].split("</details>")[0]
        assert page.count("/vernietigen/") == sure.count("/vernietigen/") == 1  # not before it is unfolded
        day = world.worker.get(world.here("?later=1")).content.decode()
        assert f"/aantekeningen/{note_id}/" in day or "erkaantekening" in day
        assert self.SECRET not in day

    def test_nobody_else_sees_it_or_that_it_is_there(self, world, note_id):
        with organisation(world.place.id), transaction.atomic():
            unit = Unit.objects.get(id=world.place.unit_id)
            place = Organisation.objects.get(id=world.place.id)
            mate = make_actor(place, unit, "caseworker", frozenset(), "Rik Hofstra")
        client = signed_in(mate)
        for path in ("", "aantekeningen/", "wie-keek/", "vermelding/"):
            assert self.SECRET not in client.get(world.at(path)).content.decode()
        assert client.get(world.at(f"aantekeningen/{note_id}/")).status_code == 404
        assert client.post(world.at(f"aantekeningen/{note_id}/vernietigen/")).status_code == 404
        assert client.post(world.at(f"aantekeningen/{note_id}/later/")).status_code == 404
        assert client.get(world.at(f"vermelding/?note={note_id}")).status_code == 404
        for path in (world.at(f"aantekeningen/{note_id}/"), world.at("aantekeningen/")):
            assert world.manager.get(path).status_code == 403
        found = client.post(world.here("zoeken/"), {"q": self.SECRET}).content.decode()
        assert "Gezin Bakker" not in found

    def test_made_part_of_the_dossier_it_is_destroyed_as_a_note(self, world, note_id):
        page = world.worker.get(world.at(f"vermelding/?note={note_id}")).content.decode()
        assert self.SECRET in page
        sent = an_entry(world, text="Opgenomen", note=str(note_id))
        assert world.worker.post(world.at("vermelding/"), sent).status_code == 303
        with organisation(world.place.id), transaction.atomic():
            assert not WorkingNote.objects.exists()
            assert Entry.objects.count() == 1

    def test_later_asks_again_and_destroying_is_for_good(self, world, note_id):
        assert world.worker.post(world.at(f"aantekeningen/{note_id}/later/")).status_code == 303
        assert world.worker.post(world.at(f"aantekeningen/{note_id}/vernietigen/")).status_code == 303
        assert world.worker.post(world.at(f"aantekeningen/{note_id}/vernietigen/")).status_code == 404
        with organisation(world.place.id), transaction.atomic():
            assert not WorkingNote.objects.exists()
