"""What was lost, and no more, is put back; and the doors open only when the keys open and the program can read."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from casemgmt.backups import restoring
from casemgmt.backups.errors import CannotBackUp
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.vault.files import write_file
from casemgmt.vault.keys import load_keys
from tests.backups.conftest import Backups, Ending, doors_are_open, empty_ledger, shut_the_doors
from tests.retention.places import dossier, settle

each_database = pytest.mark.django_db(transaction=True, databases="__all__")


@each_database
def test_a_master_key_that_opens_nothing_leaves_the_doors_shut(
    backups: Backups, replay: Callable[..., Ending], settings: Any
) -> None:
    settle()
    backups.make()
    of_then, settings.MASTER_KEY = settings.MASTER_KEY, base64.b64encode(os.urandom(32)).decode()
    shut_the_doors()
    code, out, err = replay("--json")
    assert (code, out, doors_are_open()) == (1, "", False)
    assert err.startswith("Nothing was changed: ") and "CASEMGMT_PREVIOUS_MASTER_KEY" in err
    assert of_then not in err and settings.MASTER_KEY not in err
    settings.PREVIOUS_MASTER_KEY = of_then
    assert replay("--json")[0] == 0
    assert doors_are_open()


@each_database
def test_only_the_files_are_put_back_without_a_key_a_vault_or_names_and_nothing_else_is_told(
    backups: Backups, restore: Callable[..., Ending], settings: Any
) -> None:
    house = settle()
    client = dossier(house)
    with organisation(house.id):
        load_keys([client])
        with transaction.atomic():
            stored = write_file(client, [b"x"], content_type="text/plain", at=clock.now()).stored_as
    chosen = backups.make()
    shutil.rmtree(settings.VAULT_BACKUPS)
    for said in ("json", "sentences"):
        shutil.rmtree(Path(settings.FILES) / str(house.id))
        code, out, err = restore("--lost", "files", "--ledger-is-newest", *(["--json"] if said == "json" else []))
        assert (code, err, doors_are_open()) == (0, "", True)
        assert len(list(Path(settings.FILES).glob(f"*/*/{stored}"))) == 1
        if said == "json":
            told = json.loads(out)
            assert (told["rows"], told["files"], set(told["made_at"])) == ({}, 1, {"files"})
        else:
            assert "files: 1 put back, as they were at" in out
            assert "rows" not in out and "Rights and accounts" not in out
    assert chosen.data.exists()


@each_database
def test_a_program_that_cannot_read_the_backup_is_told_before_anything_is_touched(
    backups: Backups, settings: Any, tmp_path: Path
) -> None:
    settle()
    chosen = backups.make()
    old = tmp_path / "bin" / "pg_restore"
    old.parent.mkdir()
    old.write_text("#!/bin/sh\necho 'pg_restore: error: unsupported version (1.16) in file header' >&2\nexit 1\n")
    old.chmod(0o755)
    settings.PG_BIN = str(old.parent)
    with pytest.raises(CannotBackUp, match=r"unsupported version .*CASEMGMT_PG_BIN"):
        restoring.checked(chosen, empty_ledger())
    assert restoring.checked(restoring.Chosen(chosen.data, None, None, ("files",)), empty_ledger())
