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
from django.test import Client

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


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_health_page_tells_when_the_ledger_cannot_be_written(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    def told() -> Any:
        return client.get("/health/").json()["parts"]["ledger"]

    settings.LEDGER = tmp_path / "ledger"
    assert not told()["well"] and "map" in told()["says"], "away, as a disk that was not mounted"
    settings.LEDGER.mkdir()
    assert told()["well"], "empty, as it is before the first destruction"
    ledger.ensure()
    assert told()["well"]
    closed = {settings.LEDGER, ledger.place()}
    for one in closed:
        real = os.access
        monkeypatch.setattr(os, "access", lambda path, mode, one=one, **more: Path(path) != one)
        assert not told()["well"], one
        monkeypatch.setattr(os, "access", real)


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another account for a moment")
def test_what_another_account_owns_cannot_be_written(settings: Any, tmp_path: Path) -> None:
    settings.LEDGER = tmp_path
    for one in (tmp_path, *list(tmp_path.parents)[:2]):
        one.chmod(0o755)
    assert ledger.is_writable()
    os.seteuid(65534)
    try:
        assert not ledger.is_writable()
    finally:
        os.seteuid(0)


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
