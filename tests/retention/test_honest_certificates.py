"""A certificate counts all that was there, whenever it came and however often the destruction was begun again."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

import pytest
from django.db import connections, transaction

from casemgmt.base import clock, jobs
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.letters import acts as letters
from casemgmt.letters import pdf, tasks
from casemgmt.letters.models import Letter
from casemgmt.letters.queries import RENDER, stuck_letters
from casemgmt.letters.vocabulary import Kind, State
from casemgmt.vault import files
from casemgmt.vault.keys import load_keys
from dossiers.models import Dossier
from retention import destruction, ledger, replay
from retention.models import Certificate, Removal
from tests.retention.places import House
from tests.retention.test_faults import about_to_go, frozen, hold_back, proven, sealed, state, work_again

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
PRINT = b"%PDF-1.7 een brief"


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> None:
    settings.FILES, settings.LEDGER = str(tmp_path / "files"), str(tmp_path / "ledger")


def stopped_at(house: House, where: str, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A removal whose worker died at this failpoint."""

    class Died(BaseException):
        """The worker is gone."""

    def die(name: str) -> None:
        if name == f"destruction.{where}":
            raise Died

    removal = about_to_go(house)
    with monkeypatch.context() as dying:
        dying.setattr("retention.destruction.failpoint", die)
        with organisation(house.id), pytest.raises(Died):
            destruction.destroy(removal)
    return removal


def certificate(house: House) -> dict[str, Any]:
    with organisation(house.id), transaction.atomic():
        return dict(json.loads(Certificate.objects.get().text))


def found(house: House, removal: UUID) -> Removal:
    with organisation(house.id), transaction.atomic():
        return Removal.objects.get(id=removal)


@pytest.mark.parametrize("where", ["shredding", "shredded", "erased", "verified"])
def test_a_destruction_that_was_under_way_at_a_replay_still_tells_what_there_was(
    house: House, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = stopped_at(house, where, monkeypatch)
    before = found(house, removal)
    assert before.manifest is not None
    replay.replay(ledger.read(ledger.place()).erasures)
    told = certificate(house)
    assert told["files_erased"] == 2
    assert told["rows_erased"] == {table: many for table, many in before.manifest["rows"].items() if many} != {}
    if before.key_destroyed_at:
        assert told["key_destroyed_at"] == before.key_destroyed_at.isoformat(timespec="seconds")
    assert sealed(house) == []


def test_a_file_that_came_after_the_list_was_made_goes_too_and_is_counted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = frozen(house, monkeypatch)
    late = write_past_the_door(house, removal)
    work_again()
    assert (state(house, removal), sealed(house)) == ("destroyed", [])
    assert certificate(house)["files_erased"] == 3
    assert certificate(house)["rows_erased"]["vault.SealedFile"] == 3
    assert late in (found(house, removal).manifest or {})["files"]


def write_past_the_door(house: House, removal: UUID) -> str:
    """A file in a frozen dossier, as whoever opens the door for it a moment."""
    with organisation(house.id), transaction.atomic():
        dossier = Dossier.objects.filter(id=Removal.objects.get(id=removal).dossier_id)
        dossier.update(state=Dossier.State.CLOSED)
        row = dossier.get()
        load_keys([row.id])
        name = files.write_file(row.id, [b"late"], content_type="application/pdf", at=clock.now()).stored_as
        dossier.update(state=Dossier.State.FROZEN)
        return name


def letter_of(house: House, removal: UUID) -> UUID:
    """A letter that waits for its print."""
    with organisation(house.id), transaction.atomic():
        dossier_id = Removal.objects.get(id=removal).dossier_id
        load_keys([dossier_id])
        words = {"addressee": {"name": "Yara", "lines": []}, "title": "Brief", "body": {}}
        row = Letter.objects.create(dossier_id=dossier_id, kind=Kind.REQUEST_RECEIVED, made_at=clock.now(), **words)
        jobs.enqueue(RENDER, row.id)
        return row.id


def letter_state(house: House, letter_id: UUID) -> str:
    with organisation(house.id), transaction.atomic():
        return str(Letter.objects.get(id=letter_id).state)


def print_now(letter_id: UUID) -> None:
    """The job of this letter and no other, with a printer that always works."""
    Job.objects.exclude(subject=letter_id).update(due_at=clock.now() + jobs.LONGEST)
    Job.objects.filter(subject=letter_id).update(due_at=clock.now())
    with patch.object(pdf, "render_many", return_value=[PRINT]), patch.object(tasks, "_page", return_value="page"):
        assert jobs.run_due() == 1


def test_a_letter_of_a_frozen_dossier_is_not_printed_and_goes_with_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = frozen(house, monkeypatch)
    letter = letter_of(house, removal)
    print_now(letter)
    assert (letter_state(house, letter), len(sealed(house))) == (State.WAITING, 2)
    work = Job.objects.get(subject=letter)
    assert (work.attempts, work.failed_at, work.last_error) == (0, None, "") and work.due_at > clock.now()
    with organisation(house.id):
        assert stuck_letters() == 0, "nobody has to look at it"
    Job.objects.filter(subject=letter).update(due_at=clock.now() + jobs.LONGEST)
    Job.objects.filter(subject=removal).update(due_at=clock.now())
    jobs.run_due()
    assert (state(house, removal), sealed(house), certificate(house)["files_erased"]) == ("destroyed", [], 2)
    work_again()
    assert not Job.objects.exists()


def test_a_letter_of_a_dossier_that_was_given_back_is_printed_after_all(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = frozen(house, monkeypatch)
    letter = letter_of(house, removal)
    print_now(letter)
    hold_back(house, removal)
    Job.objects.filter(subject=removal).update(due_at=clock.now())
    jobs.run_due()
    assert state(house, removal) == "stopped"
    print_now(letter)
    assert (letter_state(house, letter), len(sealed(house))) == (State.READY, 3)


def test_a_print_that_is_being_kept_is_waited_for_and_stands_on_the_list(house: House) -> None:
    removal = about_to_go(house)
    letter = letter_of(house, removal)

    def destroy() -> None:
        try:
            with organisation(house.id):
                destruction.destroy(removal)
        finally:
            connections.close_all()

    worker = threading.Thread(target=destroy, daemon=True)
    with organisation(house.id), transaction.atomic():
        load_keys([Removal.objects.get(id=removal).dossier_id])
        letters.keep_print(letter_id=letter, pdf=PRINT, at=clock.now())
        worker.start()
        worker.join(1)
        assert worker.is_alive(), "it waits for the print"
    worker.join(30)
    assert (state(house, removal), sealed(house), proven(house)) == ("destroyed", [], 1)
    assert certificate(house)["files_erased"] == 3
