"""Custody is held per child: written down, shown and changed for one child without touching another."""

import re
from datetime import date, timedelta
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from casemgmt.audit.models import LogEntry
from casemgmt.base.errors import Conflict, NotThere
from casemgmt.base.organisation import organisation
from casemgmt.policy.schema.vocabulary import Person as Who
from casemgmt.vault.keys import load_keys
from dossiers.access import change_dossier
from dossiers.forms import from_day, until_day
from dossiers.frame import deciders_of, load_frame, people_of
from dossiers.models import Dossier, Person, Representation
from dossiers.people.acts import NewPerson, add_person, change_person, known_of, seen_mark
from dossiers.people.representing import Represented, held_on, represent, standing_to
from dossiers.people.vocabulary import PersonRole
from dossiers.readers import readers_of
from dossiers.verbs import Verb
from retention import manifest
from tests.cast import MOMENT, make_family, of
from tests.dossiers.pages import World, hidden, make_world

on_databases = pytest.mark.django_db(transaction=True, databases="__all__")
ON = date(2026, 11, 22)
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def ruud(world: World) -> UUID:
    """The step-father of Yara, who has custody of Sem alone."""
    return added(world, NewPerson("stepparent", "Ruud Peters", date(1987, 9, 2), of(world.family.sem)))


def through(world: World, act):
    with organisation(world.place.id):
        return change_dossier(world.place.worker, world.family.dossier_id, Verb.CHANGE, act, data="test")


def added(world: World, new: NewPerson) -> UUID:
    return through(world, lambda d: add_person(d, new).id)


def custody(world: World, person: UUID, *held: Represented) -> None:
    through(world, lambda d: represent(d, Person.objects.get(dossier=d, id=person), held))


def deciders(world: World, on: date = ON) -> dict[str, str]:
    """Per client the sentence that says who decides."""
    with organisation(world.place.id), transaction.atomic():
        load_keys([world.family.dossier_id])
        dossier = Dossier.objects.get(id=world.family.dossier_id)
        return {one.client: one.sentence for one in deciders_of(people_of(dossier), held_on(dossier, on), on)}


def held(world: World, on: date = ON) -> set[tuple[UUID, UUID]]:
    with organisation(world.place.id), transaction.atomic():
        return set(held_on(Dossier.objects.get(id=world.family.dossier_id), on))


@on_databases
def test_the_sentence_of_who_decides_names_a_stepparent_for_the_child_of_whom_he_has_custody_and_no_other(world, ruud):
    assert deciders(world)["Sem"] == "Samira of Ruud beslist."
    assert "Ruud" not in deciders(world)["Yara"] and "Samira" in deciders(world)["Yara"]
    custody(world, world.family.samira, Represented(world.family.sem))
    assert "Samira" not in deciders(world)["Yara"]
    page = world.worker.get(world.at()).content.decode()
    assert "Samira of Ruud beslist" in page
    with organisation(world.place.id), transaction.atomic():
        load_keys([world.family.dossier_id])
        dossier = Dossier.objects.get(id=world.family.dossier_id)
        frame = load_frame(dossier, world.place.worker, ON, "timeline")
        by_right = {one.client: one.who for one in readers_of(dossier, ON).by_right}
    notes = {line.first_name: line.note for line in frame.people}
    assert notes["Ruud"] == "39 jaar, stiefouder, gezag over Sem" and notes["Mark"] == "40 jaar"
    assert "Ruud" in by_right["Sem"] and "Ruud" not in by_right["Yara"]


@on_databases
def test_a_child_without_a_representative_is_no_business_of_another_childs_representative(world, ruud):
    custody(world, world.family.samira)
    assert deciders(world)["Sem"] == "Ruud beslist."
    assert deciders(world)["Yara"] == "iemand van de organisatie moet beslissen."


@on_databases
def test_the_form_holds_a_tick_for_each_client_and_a_change_is_true_at_the_next_click(world, ruud):
    path = world.at(f"personen/{ruud}/")
    page = world.worker.get(path).content.decode()
    ticks = dict(re.findall(r'name="represents" id="[^"]+" value="([^"]+)"( checked)?', page))
    family = world.family
    assert {UUID(one): bool(on) for one, on in ticks.items()} == {
        family.sem: True,
        family.yara: False,
        family.milan: False,
    }
    sent = {"role": "stepparent", "name": "Ruud Peters", "birth_date": "02-09-1987", "capable": "on"}
    sent |= {"seen": hidden(world.worker, path, "seen")}
    assert world.worker.post(path, sent | {"represents": [str(family.yara)]}).status_code == 303
    assert {pair for pair in held(world) if pair[0] == ruud} == {(ruud, family.yara)}
    assert deciders(world)["Sem"] == "Samira beslist."
    assert world.worker.post(path, sent | {"seen": hidden(world.worker, path, "seen")}).status_code == 303
    assert not [pair for pair in held(world) if pair[0] == ruud]


@on_databases
def test_somebody_new_gets_custody_for_a_period_and_the_page_of_people_says_so(world):
    family = world.family
    new = {"role": "guardian", "name": "Instelling De Brug", "capable": "on", "represents": [str(family.sem)]}
    new |= {"row_id": uuid4()}
    days = {from_day(family.sem): "01-11-2026", until_day(family.sem): "03-03-2027"}
    assert world.worker.post(world.at("personen/nieuw/"), new | days).status_code == 303
    page = world.worker.get(world.at("personen/")).content.decode()
    assert "vanaf 1 november 2026, tot en met 3 maart 2027" in page
    with organisation(world.place.id), transaction.atomic():
        row = Representation.objects.get(starts_on=date(2026, 11, 1))
    assert (row.client_id, row.ends_on) == (family.sem, date(2027, 3, 3))
    shown = world.worker.get(world.at(f"personen/{row.representative_id}/")).content.decode()
    assert re.search(r'name="represents_until_[^>]+value="03-03-2027"', shown)


@on_databases
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_changes(world, ruud):
    family, before = world.family, held(world)
    with organisation(world.place.id):
        other = make_family(world.place, "SH-2026-0999")
    sent = {"role": "stepparent", "name": "Ruud Peters", "birth_date": "02-09-1987", "capable": "on"}
    sent |= {"seen": hidden(world.worker, world.at(f"personen/{ruud}/"), "seen")}
    sem, yara = str(family.sem), str(family.yara)
    for field, wrong in (
        ("represents", {"represents": [str(other.sem)]}),
        ("represents", {"represents": [str(uuid4())]}),
        ("represents", {"represents": ["x"]}),
        ("represents", {"represents": [str(ruud)]}),
        ("represents", {"represents": [str(family.mark)]}),
        ("represents", {"represents": [sem], "role": "reporter"}),
        (until_day(sem), {"represents": [sem], from_day(sem): "02-02-2026", until_day(sem): "01-02-2026"}),
        (from_day(yara), {"represents": [sem], from_day(yara): "02-02-2026"}),
        (until_day(sem), {"represents": [sem], until_day(sem): "31-02-2026"}),
    ):
        answer = world.worker.post(world.at(f"personen/{ruud}/"), sent | wrong)
        page = answer.content.decode()
        assert answer.status_code == 422 and f'id="id_{field}-error"' in page, (wrong, page[:300])
        assert held(world) == before
    assert world.colleague.post(world.at(f"personen/{ruud}/"), sent).status_code == 403
    assert held(world) == before


@on_databases
def test_around_the_form_the_act_refuses_the_same(world, ruud):
    with organisation(world.place.id):
        other = make_family(world.place, "SH-2026-0999")
    for wrong in (other.sem, uuid4(), ruud, world.family.mark):
        with pytest.raises(NotThere):
            custody(world, ruud, Represented(wrong))
    with pytest.raises(Conflict):
        added(world, NewPerson("reporter", "Buurvrouw", represents=of(world.family.sem)))


@on_databases
def test_a_period_holds_on_its_first_and_last_day_and_not_the_day_before_or_after(world, ruud):
    first, last = date(2026, 12, 1), date(2026, 12, 31)
    custody(world, ruud, Represented(world.family.sem, first, last))
    found = {day: (ruud, world.family.sem) in held(world, day) for day in (first - DAY, first, last, last + DAY)}
    assert found == {first - DAY: False, first: True, last: True, last + DAY: False}
    assert "Ruud" not in deciders(world, first - DAY)["Sem"] and "Ruud" in deciders(world, first)["Sem"]


@on_databases
def test_somebody_who_is_no_client_any_more_is_represented_by_nobody(world, ruud):
    new = NewPerson("sibling", "Sem Bakker", date(2015, 3, 1))
    by, sem = world.place.worker, world.family.sem

    def changed(dossier: Dossier) -> UUID:
        seen = seen_mark(known_of(Person.objects.get(dossier=dossier, id=sem)))
        return change_person(dossier, sem, new, seen=seen, by=by, at=MOMENT).id

    through(world, changed)
    assert not [pair for pair in held(world) if pair[1] == sem]
    assert (world.family.samira, world.family.yara) in held(world)


@on_databases
def test_each_change_of_custody_leaves_a_row_in_the_trail_and_nothing_changed_leaves_none(world, ruud):
    def trail() -> list[tuple[int, UUID]]:
        with organisation(world.place.id), transaction.atomic():
            rows = LogEntry.objects.filter(content_type__model="representation").order_by("timestamp")
            return list(rows.values_list("action", "dossier_id"))

    made = len(trail())
    custody(world, ruud, Represented(world.family.sem))
    assert len(trail()) == made
    custody(world, ruud, Represented(world.family.sem, None, ON))
    custody(world, ruud)
    here = world.family.dossier_id
    assert trail()[made:] == [(LogEntry.Action.UPDATE, here), (LogEntry.Action.DELETE, here)]


@on_databases
@pytest.mark.parametrize("wrong", ["other dossier", "the other way round", "twice", "themselves", "period"])
def test_postgresql_itself_refuses_custody_that_cannot_be(world, ruud, wrong):
    with organisation(world.place.id):
        other, sem = make_family(world.place, "SH-2026-0999"), world.family.sem
        row = {
            "other dossier": {"representative_id": ruud, "client_id": other.sem},
            "the other way round": {"representative_id": other.samira, "client_id": sem},
            "twice": {"representative_id": ruud, "client_id": sem},
            "themselves": {"representative_id": sem, "client_id": sem},
            "period": {
                "representative_id": ruud,
                "client_id": world.family.yara,
                "starts_on": ON,
                "ends_on": ON - DAY,
            },
        }[wrong]
        with pytest.raises(IntegrityError), transaction.atomic():
            Representation.objects.create(dossier_id=world.family.dossier_id, **row)


@on_databases
def test_who_represents_whom_goes_with_the_dossier(world, ruud):
    with organisation(world.place.id), transaction.atomic():
        assert manifest.counts(world.family.dossier_id)["dossiers.Representation"] == 4
        manifest.erase_rows(world.family.dossier_id)
        assert not Representation.objects.exists()


def somebody(role: str, born: date | None = None) -> SimpleNamespace:
    return SimpleNamespace(id=uuid4(), role=role, birth_date=born)


@pytest.mark.parametrize(
    "role", [PersonRole.PARENT, PersonRole.STEPPARENT, PersonRole.FOSTER_PARENT, PersonRole.GUARDIAN]
)
@pytest.mark.parametrize("born", [date(2008, 11, 22), date(2008, 2, 29)])
def test_custody_holds_up_to_the_eighteenth_birthday_and_a_guardian_goes_on_as_mentor(role, born):
    client, one = somebody("client", born), somebody(role)
    eighteen = date(2026, 11, 22) if born.month == 11 else date(2026, 3, 1)
    found = [
        standing_to(one, client, {(one.id, client.id)}, day) is Who.LEGAL_REPRESENTATIVE
        for day in (eighteen - DAY, eighteen, eighteen + DAY)
    ]
    assert found == [True, role == PersonRole.GUARDIAN, role == PersonRole.GUARDIAN]


@given(
    roles=st.lists(st.sampled_from([one.value for one in PersonRole]), min_size=1, max_size=5),
    ages=st.lists(st.integers(0, 17), min_size=1, max_size=4),
    ticked=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 3))),
)
def test_nobody_represents_a_child_for_whom_it_was_not_written_down(roles, ages, ticked):
    people = [somebody(role, date(1985, 1, 1)) for role in roles]
    children = [somebody("client", date(ON.year - age, 6, 1)) for age in ages]
    pairs = {(people[i % len(people)].id, children[j % len(children)].id) for i, j in ticked}
    for one in people:
        for child in children:
            represents = standing_to(one, child, pairs, ON) is Who.LEGAL_REPRESENTATIVE
            assert represents == ((one.id, child.id) in pairs)
