"""A backup of the databases of the tests, made once for a test, in folders that go with it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from casemgmt.backups import envelope, making
from casemgmt.backups.restoring import Chosen
from casemgmt.base import clock
from retention import ledger

AT = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
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
