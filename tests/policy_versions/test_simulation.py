"""What would this change? Asked of every package, in the background, with progress."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils.translation import get_language, override

from casemgmt.base import jobs
from casemgmt.base.errors import Conflict
from casemgmt.policy import acts, impacts, queries, simulation
from casemgmt.policy.impacts import ImpactResult, Report
from casemgmt.policy.models import PolicySimulation, State
from casemgmt.policy.schema import Profile

from .conftest import KEPT, NOW, TODAY, Place, counted, drafted, published, queued, row, submitted, worked_through

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


class EndDates:
    """A stand-in for retention: fourteen dossiers, all of which move when the term does."""

    title = "Einddatums van dossiers"

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.told: list[UUID] = []
        self.days: list[date] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.broken = False

    def affected(self, old: Profile, new: Profile, on: date, report: Report) -> ImpactResult:
        if self.broken:
            raise RuntimeError("no answer")
        self.days.append(on)
        self.meanwhile()
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


def test_a_draft_changed_while_it_is_worked_out_is_not_called_worked_through(
    inside: Place, end_dates: EndDates
) -> None:
    """What was counted tells of another content, so nobody can submit on it."""
    draft, joris = drafted(inside), inside.actor("joris")
    end_dates.meanwhile = lambda: acts.change_values(version_id=draft, values={KEPT: "9 years"}, by=joris, at=NOW)
    asked = acts.simulate(version_id=draft, by=joris, at=NOW)
    simulation.run_simulation(asked)
    assert work().state == "done"
    assert row(draft).state == State.DRAFT
    with pytest.raises(Conflict):
        acts.submit(version_id=draft, from_date=date(2027, 1, 1), why="Wet", by=joris, at=NOW)


def test_a_draft_is_counted_beside_the_version_it_replaces_on_its_first_day(inside: Place, end_dates: EndDates) -> None:
    """Ten years are planned; a draft that makes them fifteen moves dates, though today's version says fifteen too."""
    ten = drafted(inside, "10 years")
    worked_through(inside, ten)
    acts.submit(version_id=ten, from_date=date(2027, 1, 1), why="Korter", by=inside.actor("joris"), at=NOW)
    acts.publish(version_id=counted(ten), confirm="2", by=inside.actor("hanneke"), at=NOW)
    end_dates.days.clear()
    fifteen = acts.start_draft(based_on=ten, by=inside.actor("joris"), at=NOW)
    acts.change_values(version_id=fifteen, values={KEPT: "15 years"}, by=inside.actor("joris"), at=NOW)
    simulation.run_simulation(acts.simulate(version_id=fifteen, by=inside.actor("joris"), at=NOW))
    (found,) = work().result
    assert found["moved"] == 14
    assert end_dates.days == [date(2027, 1, 1)]


def test_what_a_version_changes_is_counted_for_its_first_day_before_it_is_published(
    inside: Place, end_dates: EndDates
) -> None:
    draft = worked_through(inside, drafted(inside))
    assert end_dates.days == [TODAY]
    first, hanneke = date(2027, 5, 1), inside.actor("hanneke")
    acts.submit(version_id=draft, from_date=first, why="Wet", by=inside.actor("joris"), at=NOW)
    with pytest.raises(acts.WrongValues) as wrong:
        acts.publish(version_id=draft, confirm="2", by=hanneke, at=NOW)
    assert set(wrong.value.errors) == {"counted"}
    found = queries.draft(draft, TODAY).work
    assert found is not None and (found.state, found.on) == ("waiting", first)
    jobs.run_due()
    assert end_dates.days == [TODAY, first]
    acts.publish(version_id=draft, confirm="2", by=hanneke, at=NOW)


def test_a_count_for_another_first_day_is_not_enough(inside: Place, end_dates: EndDates) -> None:
    draft, joris = submitted(inside, date(2027, 5, 1)), inside.actor("joris")
    acts.withdraw(version_id=draft, by=joris, at=NOW)
    acts.submit(version_id=draft, from_date=date(2027, 6, 1), why="Wet", by=joris, at=NOW)
    with pytest.raises(acts.WrongValues) as wrong:
        acts.publish(version_id=draft, confirm="2", by=inside.actor("hanneke"), at=NOW)
    assert set(wrong.value.errors) == {"counted"}


def test_a_first_day_that_has_passed_is_counted_for_the_day_of_submitting(inside: Place, end_dates: EndDates) -> None:
    """What is due is due from today, however early the version says that it began."""
    submitted(inside, TODAY - timedelta(days=40), why_past="Vergeten.")
    assert end_dates.days == [TODAY]


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
    worked_through(inside, better)
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
