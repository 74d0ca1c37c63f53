"""A backup of the databases of the tests, made once for a test, in folders that go with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from casemgmt.backups import envelope, making
from casemgmt.backups.restoring import Chosen
from casemgmt.base import clock, opening
from retention import ledger

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
Ending = tuple[int, str, str]
ADDRESSES = {"data": ("DATABASE_BACKUP_URL", "owner"), "vault": ("VAULT_DATABASE_BACKUP_URL", "vault_owner")}


@dataclass
class Backups:
    """Where the backups of a test stand, and the key that opens them."""

    base: Path
    key: Any

    def make(self, at: datetime | None = None) -> Chosen:
        """One backup of both, as a restore would be given it."""
        moment = at or clock.now()
        making.require_settings()
        making.complete_ledger()
        data, vault = making.back_up_data(moment), making.back_up_vault(moment)
        return Chosen(data.folder, vault.folder, self.key, ("data", "vault", "files"))

    @property
    def key_file(self) -> Path:
        """The secret half, as an operator has it."""
        path = self.base / "key.pem"
        path.write_text(envelope.pem_of(self.key))
        return path


@pytest.fixture
def backups(db: None, settings: Any, tmp_path: Path) -> Backups:
    """Folders and a key of its own, and the role of backups pointed at the databases of the tests."""
    key = envelope.new_private_key()
    settings.BACKUPS, settings.VAULT_BACKUPS = tmp_path / "backups", tmp_path / "vault-backups"
    settings.FILES, settings.LEDGER = str(tmp_path / "files"), str(tmp_path / "files" / "ledger")
    settings.BACKUP_RECIPIENT = envelope.recipient_of(key)
    settings.BACKUP_URLS = {kind: _address(*where) for kind, where in ADDRESSES.items()}
    return Backups(tmp_path, key)


def _address(name: str, alias: str) -> str:
    parts = {**conninfo_to_dict(os.environ[name]), "dbname": connections[alias].settings_dict["NAME"]}
    return make_conninfo("", **parts)


def empty_ledger() -> ledger.Ledger:
    """A ledger in which nothing stands."""
    return ledger.Ledger((), ())


@pytest.fixture
def restore(backups: Backups) -> Iterator[Callable[..., Ending]]:
    """`manage.py restore` in the databases of the tests: how it ended and what it said; they are open afterwards."""

    def run(*words: str) -> Ending:
        out, err = StringIO(), StringIO()
        code = 0
        try:
            call_command("restore", *words, stdout=out, stderr=err)
        except CommandError as problem:
            code = problem.returncode
            err.write(str(problem))
        except SystemExit as ended:
            code = int(str(ended.code))
        connections["default"].close()
        return code, out.getvalue(), err.getvalue()

    yield run
    with connections["owner"].cursor() as cursor:
        opening.open_here(cursor)
    opening._known.clear()
    connections["default"].close()


@pytest.fixture
def replay(restore: Callable[..., Ending]) -> Callable[..., Ending]:
    """The same with --replay; without heads the operator looked for a newer ledger, and says so."""
    return lambda *words: restore("--replay", *(() if "--heads" in words else ("--ledger-is-newest",)), *words)


def shut_the_doors() -> None:
    """As they are behind every database that came back."""
    with connections["owner"].cursor() as cursor:
        opening.shut(cursor)
    connections["default"].close()


def doors_are_open() -> bool:
    """Whether the application would be let in."""
    opening._known.clear()
    with connections["owner"].cursor() as cursor:
        cursor.execute("select place <> '' from base_opening")
        return bool(cursor.fetchone()[0])
