"""A living dossier never comes into the ledger of erasures, whoever else works on its removal at that moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, connections, transaction

from casemgmt.base import clock
from casemgmt.base.errors import Conflict
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.organisations.models import Membership
from casemgmt.vault.keys import key_exists
from dossiers.models import Dossier
from retention import acts, destruction, ledger
from retention.models import Removal
from tests.retention.places import House
from tests.retention.test_faults import frozen, proven, state, work_again

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
SOON = 30


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    settings.FILES, settings.LEDGER = str(tmp_path / "files"), str(tmp_path / "ledger")
    return ledger.place()


@dataclass
class Worker:
    """Somebody who takes a removal as far as it goes, in a thread with connections of its own."""

    house: House
    removal: UUID
    ended: list[BaseException | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        try:
            with organisation(self.house.id):
                destruction.destroy(self.removal)
            self.ended.append(None)
        except BaseException as error:
            self.ended.append(error)
        finally:
            connections.close_all()

    def end(self, within: float = SOON) -> BaseException | None:
        """How it ended."""
        self.thread.join(within)
        assert not self.thread.is_alive()
        return self.ended[0]


@contextmanager
def first_one_stops_before_it_writes(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[threading.Event, Any]]:
    """Whoever comes first to write its line waits there; gives when it came there, and the way to let it go on."""
    came, goes_on, first = threading.Event(), threading.Event(), threading.Lock()
    real: Callable[..., Any] = ledger.facts_of

    def slow(removal: Removal | None) -> Any:
        if first.acquire(blocking=False):
            came.set()
            assert goes_on.wait(SOON)
        return real(removal)

    monkeypatch.setattr(ledger, "facts_of", slow)
    try:
        yield came, goes_on.set
    finally:
        goes_on.set()


def end_the_right_of_who_approved(house: House) -> None:
    with organisation(house.id), transaction.atomic():
        ria = Membership.objects.filter(user_id=house.people["ria"].id)
        ria.update(ends_on=clock.today() - timedelta(days=1))


def living_and_named(house: House, removal: UUID) -> tuple[bool, bool]:
    with organisation(house.id), transaction.atomic():
        dossier_id = Removal.objects.get(id=removal).dossier_id
        there = Dossier.objects.filter(id=dossier_id).exists() and key_exists(dossier_id)
        named = [one.dossier_id for one in ledger.read(ledger.place()).erasures]
        return there, dossier_id in named


def test_who_looks_again_waits_for_who_is_writing_the_line(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    removal = frozen(house, monkeypatch)
    with first_one_stops_before_it_writes(monkeypatch) as (came, go_on):
        first = Worker(house, removal)
        assert came.wait(SOON)
        end_the_right_of_who_approved(house)
        second = Worker(house, removal)
        second.thread.join(1.5)
        go_on()
        assert (first.end(), second.end()) == (None, None)
    assert living_and_named(house, removal) == (False, True)
    assert (state(house, removal), proven(house)) == ("destroyed", 1)


def test_who_waits_too_long_leaves_the_dossier_as_it_is(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    removal = frozen(house, monkeypatch)
    monkeypatch.setattr(destruction, "ROW_PATIENCE", 1)
    with first_one_stops_before_it_writes(monkeypatch) as (came, go_on):
        first = Worker(house, removal)
        assert came.wait(SOON)
        end_the_right_of_who_approved(house)
        assert isinstance(Worker(house, removal).end(), DatabaseError)
        assert state(house, removal) == "frozen"
        go_on()
        assert first.end() is None
    assert living_and_named(house, removal) == (False, True)


def test_a_ledger_that_hangs_keeps_no_rows_and_nobody_gives_the_dossier_back_meanwhile(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = frozen(house, monkeypatch)
    monkeypatch.setattr(destruction, "HANGS", 1)
    monkeypatch.setattr(ledger, "PATIENCE", 0.3)
    with first_one_stops_before_it_writes(monkeypatch) as (came, go_on):
        first = Worker(house, removal)
        assert came.wait(SOON)
        end_the_right_of_who_approved(house)
        assert isinstance(Worker(house, removal).end(), ledger.LedgerAway)
        with organisation(house.id), transaction.atomic():
            rows = Removal.objects.select_for_update(nowait=True).filter(id=removal)
            assert [row.state for row in rows] == ["frozen"], "whoever hangs keeps no rows from others"
        go_on()
        assert isinstance(first.end(), DatabaseError)
    assert living_and_named(house, removal) == (True, True)
    work_again()
    assert living_and_named(house, removal) == (False, True)
    assert state(house, removal) == "destroyed", "what the ledger names is destroyed"


def test_nobody_starts_again_what_is_being_worked_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    removal, karin = frozen(house, monkeypatch), house.actor("karin")
    now = clock.now()
    Job.objects.filter(subject=removal).update(leased_until=now + timedelta(seconds=30))
    with organisation(house.id):
        with pytest.raises(Conflict):
            acts.try_again(removal, by=karin, at=now)
        assert Job.objects.get(subject=removal).leased_until is not None
        with transaction.atomic():
            list(Removal.objects.select_for_update().filter(id=removal))
            Job.objects.filter(subject=removal).update(leased_until=None)
            asked = threading.Thread(target=lambda: refused.append(_try(house, removal)))
            refused: list[Any] = []
            asked.start()
            asked.join(5)
            assert isinstance(refused[0], Conflict), "a page does not wait for who has the row"
        acts.try_again(removal, by=karin, at=now)
    assert Job.objects.get(subject=removal).leased_until is None


def _try(house: House, removal: UUID) -> BaseException | None:
    try:
        with organisation(house.id):
            acts.try_again(removal, by=house.actor("karin"), at=clock.now())
    except Conflict as refusal:
        return refusal
    finally:
        connections.close_all()
    return None
