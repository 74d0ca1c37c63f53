"""Only the folder of files was lost, and the ledger of erasures with it: the databases live and know every erasure."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from casemgmt.audit.models import PlatformEvent
from casemgmt.backups import finishing, restoring
from casemgmt.backups.errors import BackupWrong
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from retention import ledger
from retention.models import ErasureLedger
from tests.backups.conftest import Backups, Ending, doors_are_open
from tests.retention.places import House, settle

each_database = pytest.mark.django_db(transaction=True, databases="__all__")


def erase(house: House) -> UUID:
    """A dossier of which the database knows that it was destroyed."""
    gone = uuid4()
    with organisation(house.id), transaction.atomic():
        ErasureLedger.objects.create(dossier_id=gone, erased_at=clock.now())
    return gone


@each_database
@pytest.mark.parametrize("words", [[], ["--ledger-is-lost"]])
def test_a_ledger_that_was_lost_with_the_files_is_made_again_from_the_databases(
    words: list[str], backups: Backups, restore: Callable[..., Ending], settings: Any
) -> None:
    house = settle()
    first = erase(house)
    backups.make()
    copied = ledger.read(ledger.place())
    second = erase(house)
    shutil.rmtree(settings.FILES)
    code, out, err = restore("--lost", "files", *words)
    assert (code, err, doors_are_open()) == (0, "", True)
    assert "The databases live and know every erasure" in out and "certificates" not in out
    found = ledger.read(ledger.place())
    assert [one.dossier_id for one in found.erasures] == [first, second] and found.continues(copied)
    assert PlatformEvent.objects.filter(data="restore: files; the ledger tells what the databases know").count() == 1
    shutil.rmtree(settings.FILES)
    told = json.loads(restore("--lost", "files", *words, "--json")[1])["ledger"]
    assert (told["lines"], told["lost"], told["from_databases"]) == (2, False, True)
    assert not told["only_said_to_be_newest"]


@each_database
def test_a_ledger_that_is_not_there_is_asked_for_by_the_name_of_its_option(
    backups: Backups, restore: Callable[..., Ending], tmp_path: Path
) -> None:
    settle()
    for words in (["--replay"], ["--lost", "files", "--ledger", str(tmp_path / "nowhere")]):
        code, _, err = restore(*words)
        assert code == 2 and "there is no ledger of erasures at" in err and "--ledger" in err
    ledger.ensure()
    code, _, err = restore("--replay", "--heads", str(tmp_path / "none.jsonl"))
    assert code == 2 and "none.jsonl cannot be read: No such file" in err


@each_database
def test_a_restore_that_failed_halfway_says_what_to_do_next(
    backups: Backups, restore: Callable[..., Ending], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    backups.make()
    shutil.rmtree(settings.FILES)

    def fails(*_given: object, **_how: object) -> None:
        raise BackupWrong("Something differs.")

    with monkeypatch.context() as broken:
        broken.setattr(finishing, "finish", fails)
        code, _, err = restore("--lost", "files")
    assert code == 1 and "Something differs. Mend that and go on with restore --replay" in err
    monkeypatch.setattr(restoring, "load", fails)
    code, _, err = restore("--lost", "files")
    assert code == 1 and "What was put back is not whole" in err and f"({settings.FILES})" in err
