"""The day, the worklist, search and opening a dossier: what they show, and to whom."""

import re
from datetime import timedelta
from io import StringIO
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils.translation import gettext_noop

from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import create_dossier_key, destroy_dossier_key, key_exists
from casemgmt.work.acts import create_task
from casemgmt.work.kinds import Group, task_kind
from casemgmt.work.models import Task
from dossiers import tasks
from dossiers.access import change_dossier
from dossiers.acts import NewDossier, create_dossier
from dossiers.models import Dossier, Draft
from dossiers.people.acts import NewPerson, add_person
from dossiers.recording.drafts import keep_draft
from dossiers.search import search
from dossiers.verbs import Verb
from tests.cast import MOMENT
from tests.dossiers.pages import World, make_world
from tests.dossiers.test_pages import without_token
from tests.walking import walk

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
KIND = task_kind("test.answer", gettext_noop("Answer a request"), Group.ASK).name


@pytest.fixture
def world() -> World:
    return make_world()


def another_dossier(world: World, number: int, name: str = "Jansen", called: str = "") -> UUID:
    """Opened ``number`` minutes before the world's own."""
    place = world.place
    with organisation(place.id):
        at = MOMENT - timedelta(minutes=number)
        new = NewDossier(called or f"SH-2025-{number:04d}", f"Gezin {name}", place.unit_id)
        dossier_id = create_dossier(new, by=place.worker, at=at)
        person = NewPerson("client", f"Kind {name}")
        change_dossier(place.worker, dossier_id, Verb.ADD, lambda d: add_person(d, person).id, data="person")
    return dossier_id


def events(world: World) -> list[tuple[str, str, str]]:
    with organisation(world.place.id), transaction.atomic():
        return list(AccessEvent.objects.order_by("at").values_list("action", "outcome", "data"))


class TestWorklist:
    """Newest first, page by page, without a count."""

    def test_older_rows_come_on_the_next_page_and_each_row_once(self, world):
        for number in range(1, 31):
            another_dossier(world, number)
        first = world.worker.get(world.here("dossiers/")).content.decode()
        after = first.split("?after=")[1].split('"')[0]
        second = world.worker.get(world.here(f"dossiers/?after={after}")).content.decode()
        shown = [page.count("/o/sterk-huis/dossiers/") for page in (first, second)]
        assert sum(1 for n in range(1, 31) if f"SH-2025-{n:04d}" in first) == 24
        assert sum(1 for n in range(1, 31) if f"SH-2025-{n:04d}" in second) == 6
        assert shown[0] > shown[1]

    @pytest.mark.parametrize(
        "after", ["x", "2026-01-01~x", "2026-01-01T00:00~" + "6f7c509b-11b9-43d8-891a-604afcc67ad8", "%00", "~" * 300]
    )
    def test_a_key_that_nobody_gave_out_begins_at_the_top(self, world, after):
        page = world.worker.get(world.here("dossiers/"), {"after": after})
        assert page.status_code == 200
        assert "Gezin Bakker" in page.content.decode()
        assert world.worker.get(world.at(), {"after": after, "kind": after, "about": after}).status_code == 200
        assert world.worker.get(world.at("wie-keek/"), {"after": after}).status_code == 200

    def test_a_colleague_of_another_team_sees_none_of_it(self, world):
        assert "Bakker" not in world.colleague.get(world.here("dossiers/")).content.decode()


class TestSearch:
    """Only what one may see is found; the trail says that somebody searched, never what was typed."""

    def test_it_is_no_part_of_my_day_in_the_menu(self, world):
        def marked(page) -> list[str]:
            return re.findall(r'<a href="([^"]*)" aria-current="page"', page.content.decode())

        assert marked(world.worker.get(world.here())) == [world.here()]
        assert marked(world.worker.get(world.here("zoeken/"))) == []
        assert marked(world.worker.post(world.here("zoeken/"), {"q": "bak"})) == []

    @pytest.mark.parametrize("typed", ["bak", "Bakker", "SEM", "el idrissi", "sem bakker", "samira", "SH-2026-0418"])
    def test_by_part_of_a_name_or_the_number(self, world, typed):
        page = world.worker.post(world.here("zoeken/"), {"q": typed}).content.decode()
        assert "Gezin Bakker" in page
        assert events(world)[-1][:2] == ("search", "shown")

    @pytest.mark.parametrize("typed", ["bakkersen", "ba", "zz", "SH-2026-041", "sem jansen"])
    def test_what_does_not_match_is_not_found(self, world, typed):
        assert "Gezin Bakker" not in world.worker.post(world.here("zoeken/"), {"q": typed}).content.decode()
        assert events(world)[-1][:2] == ("search", "unknown")

    def test_a_bsn_only_whole_and_only_when_it_is_one(self, world):
        assert "Gezin Bakker" in world.worker.post(world.here("zoeken/"), {"q": "9999.90.019"}).content.decode()
        assert events(world)[-1] == ("search", "shown", "bsn")
        wrong = world.worker.post(world.here("zoeken/"), {"q": "999990018"}).content.decode()
        assert "Dit is geen BSN" in wrong
        assert "Gezin Bakker" not in world.worker.post(world.here("zoeken/"), {"q": "99999"}).content.decode()

    def test_nobody_finds_what_they_may_not_open(self, world):
        for typed in ("bakker", "999990019", "SH-2026-0418"):
            assert "Gezin" not in world.colleague.post(world.here("zoeken/"), {"q": typed}).content.decode()
        other = make_world("veilig-thuis-hm")
        with organisation(other.place.id):
            assert all(
                row.id != world.family.dossier_id for row in search(other.place.worker, "bakker", clock.today()).rows
            )

    def test_the_palette_gets_rows_alone(self, world):
        palette = {"HX-Request": "true"}
        page = world.worker.post(world.here("zoeken/"), {"q": "bakker"}, headers=palette).content.decode()
        assert "Gezin Bakker" in page
        assert "<html" not in page

    def test_an_address_with_a_name_in_it_is_not_searched(self, world):
        for headers in ({}, {"HX-Request": "true"}):
            answer = world.worker.get(world.here("zoeken/?q=bakker"), headers=headers)
            assert answer.status_code == 200
            assert "bakker" not in without_token(answer).lower()
        assert all(action != "search" for action, _outcome, _data in events(world))

    @pytest.mark.parametrize("typed", ["", "a\x00b", "x" * 101])
    def test_what_cannot_be_searched_is_refused(self, world, typed):
        assert world.worker.post(world.here("zoeken/"), {"q": typed}).status_code == 422

    def test_only_with_the_capability(self, world):
        assert world.manager.delete(world.here("zoeken/")).status_code in (403, 405)


class TestSearchAmongMany:
    """Tokens hold six letters; what is longer is compared, and what was not compared or shown is said."""

    PALETTE: ClassVar = {"HX-Request": "true"}

    def found(self, world, typed: str, **headers: str) -> tuple[list[str], str]:
        page = world.worker.post(world.here("zoeken/"), {"q": typed}, headers=headers).content.decode()
        return re.findall(r"Gezin Jans\w*", page), page

    @pytest.fixture
    def few(self, monkeypatch) -> None:
        """Batches of two, of which three are read, and two rows on the page."""
        for name, value in (("BATCH", 2), ("MOST_CANDIDATES", 6), ("MOST", 2)):
            monkeypatch.setattr(f"dossiers.search.{name}", value)

    def dossiers(self, world, *names: str) -> None:
        """Newest first; three at the same moment, so that a batch ends among equals."""
        for number, name in enumerate(names):
            another_dossier(world, 1 + number // 3, name, f"SH-2025-{number:04d}")

    def test_an_older_one_is_found_behind_a_hundred_that_begin_alike(self, world):
        """Else somebody reads that there is none, and opens a second dossier about the same people."""
        for number in range(1, 102):
            another_dossier(world, number, "Jansens")
        another_dossier(world, 102, "Jansenaar")
        assert self.found(world, "jansenaar")[0] == ["Gezin Jansenaar"]
        rows, page = self.found(world, "jansens")
        assert len(rows) == 20 and "Er zijn er meer dan deze 20" in page
        assert events(world)[-1] == ("search", "shown", "name")

    def test_as_many_as_fit_are_all_and_one_more_is_said(self, world, few):
        self.dossiers(world, "Jansens", "Jansens")
        for headers in ({}, self.PALETTE):
            rows, page = self.found(world, "jansens", **headers)
            assert len(rows) == 2 and "Er zijn er meer" not in page
        another_dossier(world, 9, "Jansens")
        for headers in ({}, self.PALETTE):
            rows, page = self.found(world, "jansens", **headers)
            assert len(rows) == 2 and "Er zijn er meer dan deze 2" in page and "Niet alle namen" not in page

    def test_each_is_compared_once_whatever_stands_at_the_same_moment(self, world, few, monkeypatch):
        monkeypatch.setattr("dossiers.search.MOST", 20)
        self.dossiers(world, *["Jansenaar"] * 6)
        rows, page = self.found(world, "jansenaar")
        assert rows == ["Gezin Jansenaar"] * 6 and len(set(re.findall(r"SH-2025-000\d", page))) == 6
        assert "Er zijn er meer" not in page and "nieuwste dossiers zijn vergeleken" not in page

    def test_what_was_not_compared_is_never_called_not_there(self, world, few):
        self.dossiers(world, *["Jansens"] * 6)
        for headers in ({}, self.PALETTE):
            rows, page = self.found(world, "jansenaar", **headers)
            assert rows == [] and "Niets gevonden" in page, "six were compared, and that is all"
        another_dossier(world, 9, "Jansenaar")
        for headers in ({}, self.PALETTE):
            rows, page = self.found(world, "jansenaar", **headers)
            assert rows == [] and "nieuwste dossiers zijn vergeleken" in page and "Niets gevonden" not in page
        assert events(world)[-1] == ("search", "unknown", "name")

    def test_what_was_found_before_it_stopped_is_shown_with_that_there_may_be_others(self, world, few):
        self.dossiers(world, "Jansenaar", *["Jansens"] * 5, "Jansenaar")
        for headers in ({}, self.PALETTE):
            rows, page = self.found(world, "jansenaar", **headers)
            assert rows == ["Gezin Jansenaar"] and "nieuwste dossiers zijn vergeleken" in page

    def test_one_batch_asks_as_often_for_many_as_for_one(self, world):
        counts = []
        for more in (0, 30):
            for number in range(more):
                another_dossier(world, 200 + number, "Bakkers", f"SH-2024-{number:04d}")
            with organisation(world.place.id), CaptureQueriesContext(connection) as asked:
                search(world.place.worker, "bakker", clock.today())
            counts.append(len(asked))
        assert counts[0] == counts[1]


class TestOpening:
    """A new dossier with its first client."""

    def form(self, world, **changes) -> dict:
        given = {"row_id": uuid4(), "number": "SH-2026-0500", "name": "Gezin Nieuw", "unit": str(world.place.unit_id)}
        return given | {"client_name": "Lotte Nieuw", "client_birth_date": "", "client_bsn": ""} | changes

    def test_the_next_number_is_offered(self, world):
        from dossiers.opening import suggested_number

        with organisation(world.place.id):
            assert suggested_number("SH", MOMENT.date()) == "SH-2026-0419"
        assert 'name="number"' in world.worker.get(world.here("dossiers/nieuw/")).content.decode()

    def test_it_opens_with_its_client(self, world):
        answer = world.worker.post(world.here("dossiers/nieuw/"), self.form(world))
        assert answer.status_code == 303, answer.content.decode()[:3000]
        assert "Lotte" in world.worker.get(answer.headers["Location"]).content.decode()

    def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_made(self, world):
        for wrong in (
            {"number": "SH-2026-0418"},
            {"unit": str(world.place.other_unit_id)},
            {"unit": "x"},
            {"client_bsn": "1"},
            {"client_birth_date": "01-01-2190"},
            {"name": ""},
            {"name": "a\x00"},
        ):
            answer = world.worker.post(world.here("dossiers/nieuw/"), self.form(world, **wrong))
            assert answer.status_code == 422, wrong
        with organisation(world.place.id), transaction.atomic():
            assert Dossier.objects.count() == 1


class TestMyDay:
    """What waits, in one place; another's task is not there."""

    def a_task(self, world, **more) -> UUID:
        with organisation(world.place.id):
            return create_task(
                kind=KIND,
                dossier_id=world.family.dossier_id,
                assignee_id=world.place.worker.user_id,
                title="Antwoord aan mevrouw Yildiz",
                due_on=clock.today(),
                at=MOMENT,
                **({"link": "dossiers:timeline"} | more),
            )

    def test_it_greets_and_shows_the_task_with_where_it_is_done(self, world):
        self.a_task(world)
        page = world.worker.get(world.here()).content.decode()
        assert "Noor" in page
        assert "Antwoord aan mevrouw Yildiz" in page
        assert world.at() in page

    def test_a_task_has_its_own_page_and_htmx_gets_the_pane_alone(self, world):
        task_id = self.a_task(world)
        assert "<html" in world.worker.get(world.here(f"dag/{task_id}/")).content.decode()
        pane = world.worker.get(world.here(f"dag/{task_id}/"), headers={"HX-Request": "true"})
        assert "<html" not in pane.content.decode()
        assert "Antwoord aan mevrouw Yildiz" in pane.content.decode()
        assert pane.headers["Vary"].find("HX-Request") >= 0

    def test_every_task_of_a_day_with_too_much_work_can_be_reached_and_the_day_says_how_much_it_is(self, world):
        made = {str(self.a_task(world)) for _ in range(120)}
        assert "120 termijnen lopen vandaag af" in world.worker.get(world.here()).content.decode()
        assert set(walk(world.worker, world.here(), r"/dag/([0-9a-f-]{36})/")) == made

    def test_another_persons_task_is_not_there_and_asking_is_recorded(self, world):
        task_id = self.a_task(world)
        assert world.colleague.get(world.here(f"dag/{task_id}/")).status_code == 404
        assert events(world)[-1] == ("read", "unknown", "task")
        assert world.colleague.post(world.here(f"taken/{task_id}/klaar/")).status_code == 404

    def test_ticking_off_takes_a_post(self, world):
        task_id = self.a_task(world, link="")
        assert world.worker.get(world.here(f"taken/{task_id}/klaar/")).status_code == 405
        assert world.worker.post(world.here(f"taken/{task_id}/klaar/")).status_code == 303
        assert "Antwoord aan" not in world.worker.get(world.here()).content.decode()

    def test_the_inbox_of_approvals_opens_for_whoever_decides_and_for_nobody_else(self, world):
        assert world.manager.get(world.here("goedkeuren/")).status_code == 200
        assert world.worker.get(world.here("goedkeuren/")).status_code == 403


class TestAtNight:
    """What time removes: keys whose dossier never came, drafts nobody came back for."""

    @pytest.fixture
    def orphan(self, world, monkeypatch) -> UUID:
        orphan = uuid4()
        with organisation(world.place.id):
            create_dossier_key(orphan)
        later = clock.now() + timedelta(hours=2)
        monkeypatch.setattr(tasks.clock, "now", lambda: later)
        return orphan

    def test_the_night_destroys_no_key_but_puts_it_before_a_person_once(self, world, orphan):
        with organisation(world.place.id):
            for _night in range(2):
                tasks.report_orphan_keys(world.place.id)
            assert key_exists(orphan) and key_exists(world.family.dossier_id)
            with transaction.atomic():
                assert Task.objects.get(kind=tasks.LOOK_AT_KEYS).capability == Verb.REVIEW_REMOVAL
                rows = AccessEvent.objects.filter(data="orphan-keys").values_list("ground", flat=True)
                assert set(rows) == {"1 waiting"}
        assert world.manager.get(world.here()).status_code == 200

    def test_by_hand_only_a_confirmed_sweep_destroys_and_only_what_has_no_dossier(self, world, orphan):
        with organisation(world.place.id):
            tasks.report_orphan_keys(world.place.id)
        call_command("sweep_keys", world.place.slug, stdout=StringIO())
        with organisation(world.place.id):
            assert key_exists(orphan)
        call_command("sweep_keys", world.place.slug, "--confirm", stdout=StringIO())
        with organisation(world.place.id):
            assert not key_exists(orphan) and key_exists(world.family.dossier_id)
            with transaction.atomic():
                assert not Task.objects.filter(kind=tasks.LOOK_AT_KEYS, state="open").exists()

    def test_an_old_draft_goes_and_a_fresh_one_stays(self, world):
        with organisation(world.place.id):
            for place_id, age in ((uuid4(), 40), (uuid4(), 1)):
                change_dossier(
                    world.place.worker,
                    world.family.dossier_id,
                    Verb.ADD,
                    lambda d, p=place_id, a=age: keep_draft(
                        d, p, {"text": ["x"]}, by=world.place.worker, at=clock.now() - timedelta(days=a)
                    ),
                    data="draft",
                )
            tasks.remove_old_drafts(world.place.id)
            with transaction.atomic():
                assert Draft.objects.count() == 1


class TestWithoutItsKey:
    """A vault that was put back to this morning has no key of a dossier that was opened since."""

    @pytest.fixture
    def lost(self, world) -> UUID:
        dossier_id = another_dossier(world, 1)
        with organisation(world.place.id):
            create_task(
                kind=KIND,
                dossier_id=dossier_id,
                assignee_id=world.place.worker.user_id,
                title="Antwoord aan Jansen",
                due_on=clock.today(),
                at=MOMENT,
            )
        with organisation(world.place.id):
            destroy_dossier_key(dossier_id)
        return dossier_id

    @pytest.mark.parametrize("page", ["", "dossiers/"])
    def test_one_lost_key_costs_a_list_one_name(self, world, lost, page):
        answer = world.worker.get(world.here(page))
        shown = answer.content.decode()
        assert answer.status_code == 200 and "Gezin Bakker" in shown
        assert "kan niet worden geopend" in shown and "SH-2025-0001" in shown and "Jansen" not in shown

    def test_it_is_found_by_what_its_tokens_say_and_named_by_nothing(self, world, lost):
        with organisation(world.place.id):
            found = search(world.place.worker, "Jansen", clock.today()).rows
            assert [(row.id, row.name, row.clients) for row in found] == [(lost, "kan niet worden geopend", "")]
            assert search(world.place.worker, "Bakker", clock.today()).rows[0].clients

    def test_its_own_page_says_why_and_that_is_recorded(self, world, lost):
        answer = world.worker.get(world.here(f"dossiers/{lost}/"))
        assert (
            answer.status_code == 423 and "De sleutel van dit dossier ligt niet in de kluis" in answer.content.decode()
        )
        with organisation(world.place.id), transaction.atomic():
            rows = AccessEvent.objects.filter(dossier_id=lost, outcome="denied", ground="no-key")
            assert [row.data for row in rows] == ["timeline"]

    def test_the_night_puts_it_before_a_person_until_the_key_is_back(self, world, lost, monkeypatch):
        with organisation(world.place.id):
            assert tasks.lost_keys(clock.now()) == {lost}
            tasks.report_lost_keys(world.place.id)
            tasks.report_lost_keys(world.place.id)
            with transaction.atomic():
                assert Task.objects.filter(kind=tasks.LOOK_AT_DOSSIERS, state="open").count() == 1
            create_dossier_key(lost)
            monkeypatch.setattr(clock, "now", lambda: MOMENT + timedelta(days=400))
            tasks.report_lost_keys(world.place.id)
            with transaction.atomic():
                assert not Task.objects.filter(kind=tasks.LOOK_AT_DOSSIERS, state="open").exists()


class TestNamesAsTheyAreTyped:
    """A letter that the keyboard does not have is typed as the nearest one, and found; other scripts are themselves."""

    NAMES: ClassVar = {
        "Łukasz Øster": ("Lukasz", "Łukasz", "Oster", "Øster", "lukasz oster", "ŁUKA"),
        "Đorđe Strauß": ("Dorde", "Đorđe", "Strauss", "Strauß", "STRAUSS"),
        "Æsa Þórsdóttir": ("Aesa", "Æsa", "Thorsdottir", "Þórs"),
        "Işıl Cœur": ("Isil", "Işıl", "Coeur", "ISIL"),
        "Наталия Йовчева": ("Наталия", "наталия йовчева", "Йовч"),
        "محمد الأمين": ("محمد", "الأمين"),
        "王小明": ("王小明",),
    }

    def test_a_client_is_found_by_each_way_of_typing_the_name(self, world):
        here = {name: self.named(world, number, name) for number, name in enumerate(self.NAMES, start=1)}
        with organisation(world.place.id):
            for name, ways in self.NAMES.items():
                for typed in ways:
                    rows = search(world.place.worker, typed, clock.today()).rows
                    assert [row.id for row in rows] == [here[name]], (name, typed)

    def test_tokens_of_before_are_made_again_by_the_operator(self, world, monkeypatch):
        with monkeypatch.context() as before:
            before.setattr("casemgmt.vault.tokens.words_of", lambda text: ["ukasz", "ster"])
            dossier_id = self.named(world, 1, "Łukasz Øster")
        with organisation(world.place.id):
            assert search(world.place.worker, "Oster", clock.today()).rows == ()
        monkeypatch.setattr("dossiers.tokens.STEP", 1)
        said = StringIO()
        call_command("search_tokens", world.place.slug, stdout=said)
        assert "All done: 2 dossiers; 0 have no key" in said.getvalue()
        with organisation(world.place.id):
            for typed, found in (("Oster", dossier_id), ("Bakker", world.family.dossier_id)):
                assert [row.id for row in search(world.place.worker, typed, clock.today()).rows] == [found]

    def named(self, world: World, number: int, name: str) -> UUID:
        place, new = world.place, NewDossier(f"SH-2025-{number:04d}", "x", world.place.unit_id)
        with organisation(place.id):
            dossier_id = create_dossier(new, by=place.worker, at=MOMENT)
            person = NewPerson("client", name)
            change_dossier(place.worker, dossier_id, Verb.ADD, lambda d: add_person(d, person).id, data="person")
        return dossier_id
