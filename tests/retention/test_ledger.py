"""What was erased stands outside the database too, in a file in which nobody can add, change or leave out a line."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.vault.keys import key_exists
from retention import destruction, ledger
from retention.models import Removal
from tests.retention.places import approve, dossier, settle

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HERE = uuid4()


@pytest.fixture
def file(settings: Any, tmp_path: Path) -> Path:
    settings.LEDGER = tmp_path / "ledger"
    return ledger.place()


def written(*dossiers: UUID) -> None:
    for one in dossiers:
        ledger.write(HERE, one, AT, {"id": str(uuid4())})


def test_a_dossier_is_written_down_once_and_for_its_keeper_only(file: Path) -> None:
    first, second = uuid4(), uuid4()
    written(first, second, first)
    assert [one.dossier_id for one in ledger.read(file).erasures] == [first, second]
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("how", ["change", "add", "leave out", "turn round", "double"])
def test_a_line_that_was_tampered_with_is_named(file: Path, how: str) -> None:
    written(*(uuid4() for _ in range(3)))
    lines = file.read_text().splitlines()
    told = json.loads(lines[1])
    match how:
        case "change":
            lines[1] = json.dumps({**told, "dossier": str(uuid4())})
        case "add":
            lines.append(json.dumps({**told, "number": 4, "dossier": str(uuid4())}))
        case "leave out":
            del lines[1]
        case "turn round":
            lines[1], lines[2] = lines[2], lines[1]
        case "double":
            lines.append(lines[2])
    file.write_text("".join(f"{line}\n" for line in lines))
    with pytest.raises(ledger.LedgerWrong, match=r"Line [24] of the ledger"):
        ledger.read(file)


def test_a_cut_end_shows_beside_an_earlier_copy(file: Path) -> None:
    written(uuid4(), uuid4())
    earlier = ledger.read(file)
    written(uuid4())
    assert ledger.read(file).continues(earlier) and not earlier.continues(ledger.read(file))
    file.write_text(file.read_text().splitlines()[0] + "\n")
    assert not ledger.read(file).continues(earlier)


def test_half_a_line_of_a_crash_does_not_stop_the_next(file: Path) -> None:
    written(uuid4())
    with file.open("a") as half:
        half.write('{"number":2,"dossi')
    last = uuid4()
    written(last)
    assert [one.dossier_id for one in ledger.read(file).erasures][1:] == [last]


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_what_cannot_be_written_down_is_not_destroyed(settings: Any, tmp_path: Path) -> None:
    house = settle()
    one = dossier(house, closed_on=date(2010, 5, 1))
    (tmp_path / "full").write_text("no folder can be made here")
    settings.LEDGER = tmp_path / "full" / "ledger"
    approve(house, one, clock.now() - timedelta(days=30))
    with organisation(house.id):
        with transaction.atomic():
            removal = Removal.objects.get(dossier_id=one).id
        with pytest.raises(ledger.LedgerAway):
            destruction.destroy(removal)
        assert key_exists(one), "its key is the point of no return"
        settings.LEDGER = tmp_path / "ledger"
        destruction.destroy(removal)
        assert not key_exists(one)
    (written,) = ledger.read(ledger.place()).erasures
    assert (written.organisation_id, written.dossier_id) == (house.id, one)
    assert written.removal and written.removal["id"] == str(removal)


def test_two_workers_at_once_write_one_after_the_other(file: Path) -> None:
    children = []
    for _ in range(4):
        pid = os.fork()
        if pid == 0:
            written(*(uuid4() for _ in range(10)))
            os._exit(0)
        children.append(pid)
    assert all(os.waitpid(pid, 0)[1] == 0 for pid in children)
    assert len(ledger.read(file).erasures) == 40
