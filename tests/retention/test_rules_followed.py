"""Stored end dates follow the pure rule for any family, a now adult youth is asked first, two workers do one thing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casemgmt.audit import context
from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.models import OrganisationModel
from casemgmt.base.organisation import organisation
from casemgmt.base.treatments import declared
from casemgmt.policy.rules.facts import KeepingFacts
from casemgmt.policy.rules.retention import retention_expires
from casemgmt.policy.schema.vocabulary import RetentionKind
from casemgmt.policy.versions import profile_in_force
from casemgmt.work.models import Task
from dossiers.access import change_dossier
from dossiers.models import Dossier
from dossiers.verbs import Verb
from retention import acts, destruction, manifest, night
from retention.facts import Answers
from retention.models import Certificate, EndDate, ErasureLedger, Removal
from tests.retention.places import House, dossier, keeping, settle, shut

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
PLACES = ("sterk-huis", "veilig-thuis-hm", "gebiedsteam-opsterland", "buurteams-nijmegen")
OPENED = date(2004, 3, 1)


@pytest.fixture(autouse=True)
def circumstances() -> Iterator[None]:
    with context.circumstances(context.AuditContext()):
        yield


def follows_the_rule(house: House, seed: int, born: list[date], closed_on: date, helps: bool, adoption: bool) -> None:
    """Close a random family and compare what was stored with what the pure function says of the same facts."""
    answers = Answers(keeping_helps=helps, adoption_or_relinquishment=adoption)
    made = dossier(house, f"P-{seed}", born=tuple(born), closed_on=closed_on, answers=answers)
    today = clock.today()
    facts = KeepingFacts(
        kind=RetentionKind.DESCENT_AND_BIRTH_DATA if adoption else RetentionKind.DOSSIER,
        closed_on=closed_on,
        family_children_birth_dates=tuple(born),
        keeping_helps=helps,
        adoption_or_relinquishment=adoption,
    )
    with organisation(house.id):
        decision = retention_expires(facts, profile_in_force(today), today)
        with transaction.atomic():
            row = EndDate.objects.get(dossier_id=made)
    assert row.due_on == decision.outcome["expires_on"]
    assert row.waits == bool(decision.outcome["waits_for_adult_youth"])
    assert row.version == decision.version


@pytest.fixture
def houses(db: None) -> dict[str, House]:
    return {slug: settle(slug) for slug in PLACES}


def compare(houses: dict[str, House], examples: int) -> None:
    numbers = iter(range(1_000_000))
    born = st.lists(st.dates(date(1985, 1, 1), date(2026, 1, 1)), max_size=4)

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    )
    @given(st.sampled_from(PLACES), born, st.dates(OPENED, date(2026, 11, 1)), st.booleans(), st.booleans())
    def holds(slug: str, born: list[date], closed_on: date, helps: bool, adoption: bool) -> None:
        follows_the_rule(houses[slug], next(numbers), born, closed_on, helps, adoption)

    holds()


@pytest.mark.rule("SH-4.2.1", "VT-18.2", "VT-18.3", "GT-9.2", "BT-bewaren-1")
def test_the_stored_end_date_is_the_rules_own_for_any_family(houses: dict[str, House]) -> None:
    compare(houses, 40)


@pytest.mark.long
def test_the_stored_end_date_is_the_rules_own_for_thousands_of_families(houses: dict[str, House]) -> None:
    compare(houses, 3_000)


# ---- The now adult youth (VT-18.4) ----

HELPS = Answers(keeping_helps=True, why="Zorgen over het jongste kind")


def propose(house: House) -> list[str]:
    with organisation(house.id):
        night.propose_due(house.id)
        with transaction.atomic():
            return list(Removal.objects.values_list("state", flat=True))


def tell(house: House, made: UUID, child: Any, answer: str) -> None:
    karin = house.actor("karin")
    with organisation(house.id):
        change_dossier(
            karin,
            made,
            Verb.REVIEW_REMOVAL,
            lambda d: acts.answer_of_youth(d, person_id=child, answer=answer, by=karin, at=clock.now()),
            data="adult-youth",
        )


def children(house: House, made: UUID) -> list[UUID]:
    from dossiers.models import Person

    with organisation(house.id), transaction.atomic():
        return [row.id for row in Person.objects.filter(dossier_id=made).order_by("position", "id")]


@pytest.mark.rule("VT-18.4.a")
@pytest.mark.parametrize("enough", ["inspected", "received_copy", "written_waiver_and_request"])
def test_a_now_adult_youth_is_asked_before_the_dossier_comes_on_the_list(db: None, enough: str) -> None:
    house = settle("veilig-thuis-hm")
    made = dossier(house, born=(date(1995, 1, 1), date(1998, 1, 1)), closed_on=date(2010, 5, 1), answers=HELPS)
    assert propose(house) == propose(house) == []
    with organisation(house.id), transaction.atomic():
        assert Task.objects.get(kind="retention.ask_youth").dossier_id == made
    elder, youngest = children(house, made)
    tell(house, made, elder, enough)
    assert propose(house) == []
    for not_enough in ("asked", "written_waiver"):
        tell(house, made, youngest, not_enough)
        assert propose(house) == []
    tell(house, made, youngest, enough)
    assert propose(house) == ["proposed"]


@pytest.mark.rule("VT-18.4.a")
def test_a_new_judgement_forgets_nothing_that_the_youth_answered(db: None) -> None:
    house = settle("veilig-thuis-hm")
    made = dossier(house, born=(date(1998, 1, 1),), closed_on=date(2010, 5, 1), answers=HELPS)
    tell(house, made, children(house, made)[0], "inspected")
    karin, anew = house.actor("karin"), replace(HELPS, why="Nog steeds zorgen over het jongste kind")
    with organisation(house.id):
        change_dossier(
            karin,
            made,
            Verb.REVIEW_REMOVAL,
            lambda d: acts.judge(d, answers=anew, by=karin, at=clock.now()),
            data="keeping-judgements",
        )
    assert propose(house) == ["proposed"]


@pytest.mark.rule("VT-18.3")
def test_a_family_with_a_child_of_unknown_age_is_on_no_list_and_its_page_says_that_somebody_decides(db: None) -> None:
    house = settle("veilig-thuis-hm")
    made = dossier(house, born=(date(1960, 1, 1), None), closed_on=date(2005, 5, 1), answers=HELPS)
    assert propose(house) == []
    page = house.client("noor").get(keeping(house, made)).content.decode()
    assert "geboortedatum niet bekend" in page and "iemand beslist" in page
    dossier(house, "SH-2004-0002", born=(date(1960, 1, 1),), closed_on=date(2005, 5, 1), answers=HELPS)
    assert propose(house) == ["proposed"], "with every birth date known it ends by itself"


@pytest.mark.rule("VT-18.4.b")
def test_thirty_years_after_majority_nobody_waits_any_longer(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    house = settle("veilig-thuis-hm")
    dossier(house, born=(date(1998, 1, 1),), closed_on=date(2010, 5, 1), answers=HELPS)
    for day, found in ((date(2045, 12, 31), []), (date(2046, 1, 1), ["proposed"])):
        moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert propose(house) == found


def test_a_task_to_ask_is_not_repeated_before_somebody_had_time_to_answer(db: None) -> None:
    house = settle("veilig-thuis-hm")
    made = dossier(house, born=(date(1998, 1, 1),), closed_on=date(2010, 5, 1), answers=HELPS)
    propose(house)
    tell(house, made, children(house, made)[0], "asked")
    propose(house)
    with organisation(house.id), transaction.atomic():
        assert [task.state for task in Task.objects.filter(kind="retention.ask_youth")] == ["done"]


@pytest.mark.rule("SH-4.2.6c", "GT-20.2", "BT-bewaren-2")
@pytest.mark.parametrize(
    ("slug", "why"),
    [
        ("sterk-huis", "substantial_interest_of_other"),
        ("gebiedsteam-opsterland", "law_forbids"),
        ("buurteams-nijmegen", "law_forbids"),
    ],
)
def test_what_the_regulation_lets_oppose_keeps_a_dossier_off_the_list(db: None, slug: str, why: str) -> None:
    house = settle(slug)
    dossier(house, closed_on=date(2005, 5, 1), answers=Answers(**{why: True}, why="Met reden"))  # type: ignore[arg-type]
    assert propose(house) == []


@pytest.mark.rule("SH-4.2.2")
def test_with_adoption_the_whole_stays_as_long_as_its_longest_part(db: None) -> None:
    house = settle()
    dossier(house, closed_on=date(2005, 5, 1), answers=Answers(adoption_or_relinquishment=True, why="Afstand"))
    with organisation(house.id), transaction.atomic():
        assert EndDate.objects.get().due_on == date(2105, 5, 1)
    assert propose(house) == []


# ---- Two workers, and a run too large to be true ----


def approved(house: House) -> UUID:
    """A removal whose cooling-off is over when the clock says so."""
    dossier(house, closed_on=date(2010, 5, 1))
    propose(house)
    karin, ria = house.actor("karin"), house.actor("ria")
    with organisation(house.id), transaction.atomic():
        row = Removal.objects.get()
    with organisation(house.id):
        for who, act, verb in ((karin, acts.review, Verb.REVIEW_REMOVAL), (ria, acts.approve, Verb.APPROVE_REMOVAL)):
            change_dossier(
                who,
                row.dossier_id,
                verb,
                lambda d, act=act, who=who: act(acts.this_removal(row.id, d), by=who, at=clock.now()),  # type: ignore[misc]
                data="removal",
            )
    return row.id


def test_two_workers_at_once_make_one_certificate(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    house = settle()
    removal_id = approved(house)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=8))
    start, failed = threading.Barrier(4), list[BaseException]()

    def work() -> None:
        try:
            start.wait(10)
            with organisation(house.id):
                destruction.destroy(removal_id)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert failed == []
    with organisation(house.id), transaction.atomic():
        assert Removal.objects.get().state == "destroyed"
        assert Certificate.objects.count() == ErasureLedger.objects.count() == 1
        steps = AccessEvent.objects.filter(action="destroy").values_list("data", flat=True)
        assert sorted(steps) == ["destroyed", "erased", "frozen", "shredded", "shredding", "verified"]


def test_a_run_of_more_than_25_and_more_than_2_percent_stops_and_one_of_25_goes_on(db: None) -> None:
    house = settle()
    first = dossier(house, "D-0")
    others = [dossier(house, f"D-{index}", born=()) for index in range(1, 26)]
    for made in others:
        shut(house, made, date(2010, 5, 1))
    with organisation(house.id):
        assert not night.unlikely(night.touched(night.due_dossiers()))
    shut(house, first, date(2010, 5, 1))
    with organisation(house.id):
        assert night.touched(night.due_dossiers()) == 26
        night.propose_due(house.id)
        with transaction.atomic():
            assert not Removal.objects.exists()
            assert Task.objects.get(kind="retention.unlikely").capability == "removal.review"
    hold(house, first)
    assert len(propose(house)) == 25


def hold(house: House, made: UUID) -> None:
    karin = house.actor("karin")
    with organisation(house.id):
        change_dossier(
            karin,
            made,
            Verb.REVIEW_REMOVAL,
            lambda d: acts.place_hold(d, why="Klacht", by=karin, at=clock.now()).id,
            data="hold",
        )


# ---- Nothing is forgotten ----


def test_every_table_that_names_a_dossier_goes_with_it_or_says_that_it_stays() -> None:
    going = {model._meta.label for model, _column in manifest.tables()}
    kept = {label for label, treatment in declared if not treatment.goes_with_dossier}
    undecided = []
    for model in apps.get_models():
        columns = {field.column for field in model._meta.local_fields}
        if issubclass(model, OrganisationModel) and columns & {"dossier_id", "content_object_id"}:
            label = model._meta.label
            if label not in going and label not in kept and not label.startswith("keystore."):
                undecided.append(label)
    assert undecided == []


STAYS = {
    "audit.AccessEvent": "the trail is evidence: no names, values sealed under the destroyed key",
    "retention.Removal": "evidence of the two decisions; what was sealed in it is unreadable afterwards",
    "retention.Certificate": "the proof itself; names nobody",
    "retention.ErasureLedger": "replayed on a restored database",
}


def test_what_stays_after_destruction_is_known_by_name_and_reason() -> None:
    kept = {label for label, treatment in declared if not treatment.goes_with_dossier}
    named = set()
    for label in kept:
        try:
            model = apps.get_model(label)
        except LookupError:
            continue
        if {field.column for field in model._meta.local_fields} & {"dossier_id", "content_object_id"}:
            named.add(label)
    surprising = {label for label in named if not label.startswith("audit.")} - STAYS.keys()
    assert surprising == set()


def test_tasks_of_a_dossier_go_with_it(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    house = settle()
    removal_id = approved(house)
    with organisation(house.id), transaction.atomic():
        gone = Dossier.objects.get().id
    from casemgmt.work.acts import create_task

    with organisation(house.id):
        create_task(
            kind="retention.stopped",
            due_on=date(2026, 12, 1),
            at=clock.now(),
            dossier_id=gone,
            capability="removal.review",
            title="MARKER",
        )
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(days=8))
    with organisation(house.id):
        destruction.destroy(removal_id)
        with transaction.atomic():
            assert not any(manifest.counts(gone).values())
            assert not Task.objects.filter(dossier_id=gone).exists()
