"""What would this change? Asked of every package, in the background, with progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils.translation import get_language, override

from casemgmt.base import jobs
from casemgmt.policy import acts, impacts, queries, simulation
from casemgmt.policy.impacts import ImpactResult, Report
from casemgmt.policy.models import PolicySimulation, State
from casemgmt.policy.schema import Profile

from .conftest import KEPT, NOW, TODAY, Place, drafted, published, queued, row, submitted

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


class EndDates:
    """A stand-in for retention: fourteen dossiers, all of which move when the term does."""

    title = "Einddatums van dossiers"

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.told: list[UUID] = []
        self.broken = False

    def affected(self, old: Profile, new: Profile, on: date, report: Report) -> ImpactResult:
        if self.broken:
            raise RuntimeError("no answer")
        before, after = (str(profile.retention.classes["dossier"].term.value) for profile in (old, new))
        for done in range(15):
            report(done, 14)
            with transaction.atomic():
                work = PolicySimulation.objects.latest("asked_at")
            self.seen.append(f"{work.state} {work.done}/{work.total}")
        moved = 14 if before != after else 0
        return ImpactResult(moved, 3, 1203, tuple({"number": n, "after": after} for n in range(30)))

    def example(self, found: Mapping[str, Any]) -> str:
        return f"{get_language()}: {found['number']} na {found['after']}"

    def republish(self, version_id: UUID) -> None:
        self.told.append(version_id)


@pytest.fixture
def end_dates(monkeypatch: pytest.MonkeyPatch) -> Iterator[EndDates]:
    impact = EndDates()
    monkeypatch.setattr(impacts.impacts, "_entries", {"retention": impact})
    yield impact


def work() -> PolicySimulation:
    with transaction.atomic():
        return PolicySimulation.objects.latest("asked_at")


def test_a_draft_is_worked_through_in_the_background(inside: Place, end_dates: EndDates) -> None:
    draft = drafted(inside)
    acts.simulate(version_id=draft, by=inside.actor("joris"), at=NOW)
    assert work().state == "waiting"
    jobs.run_due()
    (found,) = work().result
    assert (found["moved"], found["due_at_once"], found["total"]) == (14, 3, 1203)
    assert found["name"] == "retention"
    assert len(found["examples"]) == 10
    assert found["examples"][0] == {"number": 0, "after": "20 years"}
    assert row(draft).state == State.SIMULATED


def test_examples_are_in_the_language_of_who_reads_them(inside: Place, end_dates: EndDates) -> None:
    """The worker has no reader: it keeps what it found, and the page words it."""
    draft = drafted(inside)
    acts.simulate(version_id=draft, by=inside.actor("joris"), at=NOW)
    jobs.run_due()
    for language in ("nl", "en"):
        with override(language):
            found = queries.draft(draft, TODAY).work
        assert found is not None
        assert found.results[0]["examples"][1] == f"{language}: 1 na 20 years"
        assert found.results[0]["title"] == "Einddatums van dossiers"
        assert found.doing == "Einddatums van dossiers"


def test_progress_is_seen_while_it_runs(inside: Place, end_dates: EndDates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "_SECONDS_BETWEEN", 0)
    acts.simulate(version_id=drafted(inside), by=inside.actor("joris"), at=NOW)
    jobs.run_due()
    assert end_dates.seen[7] == "running 7/14"


def test_progress_does_not_write_more_than_a_reader_sees(inside: Place, end_dates: EndDates) -> None:
    acts.simulate(version_id=drafted(inside), by=inside.actor("joris"), at=NOW)
    jobs.run_due()
    assert set(end_dates.seen[:13]) == {"running 0/0"}
    assert end_dates.seen[14] == "running 14/14"


def test_asking_twice_is_one_piece_of_work(inside: Place, end_dates: EndDates) -> None:
    draft, joris = drafted(inside), inside.actor("joris")
    first = acts.simulate(version_id=draft, by=joris, at=NOW)
    assert acts.simulate(version_id=draft, by=joris, at=NOW) == first
    assert len(queued(simulation.SIMULATE)) == 1


def test_a_draft_changed_meanwhile_is_not_called_worked_through(inside: Place, end_dates: EndDates) -> None:
    draft, joris = drafted(inside), inside.actor("joris")
    acts.simulate(version_id=draft, by=joris, at=NOW)
    acts.change_values(version_id=draft, values={KEPT: "18 years"}, by=joris, at=NOW)
    jobs.run_due()
    assert row(draft).state == State.DRAFT
    assert work().state == "failed"


def test_a_failure_is_seen_and_tried_again(inside: Place, end_dates: EndDates) -> None:
    draft = drafted(inside)
    acts.simulate(version_id=draft, by=inside.actor("joris"), at=NOW)
    end_dates.broken = True
    jobs.run_due()
    assert work().state == "failed"
    end_dates.broken = False
    simulation.run_simulation(work().id)
    assert work().state == "done"
    simulation.run_simulation(work().id)  # done twice changes nothing


def test_a_simulation_moves_nothing(inside: Place, end_dates: EndDates) -> None:
    submitted(inside)
    assert end_dates.told == []


def test_everybody_is_told_when_the_version_begins_to_hold(inside: Place, end_dates: EndDates) -> None:
    draft = published(inside, TODAY)
    jobs.run_due()
    assert end_dates.told == [draft]


def test_a_version_replaced_before_its_first_day_moves_nothing(inside: Place, end_dates: EndDates) -> None:
    planned = published(inside, date(2027, 1, 1))
    better = acts.start_draft(based_on=planned, by=inside.actor("joris"), at=NOW)
    acts.change_values(version_id=better, values={KEPT: "17 years"}, by=inside.actor("joris"), at=NOW)
    simulation.run_simulation(acts.simulate(version_id=better, by=inside.actor("joris"), at=NOW))
    acts.submit(version_id=better, from_date=date(2027, 1, 1), why="Fout", by=inside.actor("joris"), at=NOW)
    acts.publish(version_id=better, confirm="3", by=inside.actor("hanneke"), at=NOW)
    simulation.tell_impacts(planned)
    assert end_dates.told == []


def test_a_simulation_thrown_away_with_its_draft_does_nothing(inside: Place, end_dates: EndDates) -> None:
    draft = drafted(inside)
    asked = acts.simulate(version_id=draft, by=inside.actor("joris"), at=NOW)
    acts.discard(version_id=draft, by=inside.actor("joris"), at=NOW)
    simulation.run_simulation(asked)
    assert end_dates.seen == []
