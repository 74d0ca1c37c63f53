"""What is not put back: a backup that was changed, is past its term or for another key; nothing over data."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from casemgmt.backups import envelope, making, manifest, restoring, terms
from casemgmt.backups.errors import BackupWrong, CannotBackUp
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from casemgmt.vault.files import write_file
from casemgmt.vault.keys import load_keys
from retention import ledger
from tests.backups.conftest import Backups, empty_ledger
from tests.retention.places import dossier, settle

each_database = pytest.mark.django_db(transaction=True, databases="__all__")


@each_database
def test_a_backup_is_checked_whole_before_anything_is_written(backups: Backups, tmp_path: Path) -> None:
    """One backup, spoiled in every way; each is named, and none gets as far as writing."""
    house = settle()
    client = dossier(house)
    with organisation(house.id):
        load_keys([client])
        with transaction.atomic():
            stored = write_file(client, [b"MARKER-file"], content_type="text/plain", at=clock.now()).stored_as
    chosen = backups.make()
    found = restoring.checked(chosen, empty_ledger())
    assert found["data"].rows["dossiers_dossier"] == 1 and found["vault"].rows["keystore_dossierkey"] == 1
    assert found["data"].files == {"count": 1, "bytes": found["data"].files["bytes"], "missing": 0}
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    for clear in (b"PGDMP", b"noor@sterk-huis.example", b"MARKER"):
        assert clear not in everything, "of whom and what it is, only the keeper of the key can tell"

    told = json.loads((chosen.data / manifest.FILE).read_text())
    assert set(told) == {
        *("kind", "id", "made_at", "keep_until", "postgresql", "recipient", "rows", "contents", "heads", "files"),
        *("key", "format", "roles"),
    }, "nothing about anybody"

    copy = next((chosen.data.parent / terms.MIRROR).glob(f"*/*/{stored}"))
    for spoiled in (chosen.data / making.DUMP, chosen.vault / making.DUMP, chosen.data / manifest.LEDGER, copy):
        with _spoiled(spoiled), pytest.raises(BackupWrong, match="checksum"):
            restoring.checked(chosen, empty_ledger())
    for folder in (chosen.data, chosen.vault):
        with _spoiled(folder / manifest.FILE), pytest.raises(BackupWrong, match="not the one that was signed"):
            restoring.checked(chosen, empty_ledger())
    another = restoring.Chosen(chosen.data, chosen.vault, envelope.new_private_key(), chosen.lost)
    with pytest.raises(CannotBackUp, match="sealed for another"):
        restoring.checked(another, empty_ledger())
    swapped = restoring.Chosen(chosen.vault, chosen.data, chosen.key, chosen.lost)
    with pytest.raises(CannotBackUp, match="no backup of the data"):
        restoring.checked(swapped, empty_ledger())
    assert restoring.checked(chosen, empty_ledger()) == found


@each_database
def test_keys_past_their_term_are_not_put_back_and_go_with_the_next_backup(
    backups: Backups, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settle()
    now = clock.now()
    for days, stays in ((30, 7), (2, 2)):
        settings.VAULT_BACKUP_DAYS = days
        until = terms.vault_until(clock.today())
        assert until == clock.today() + timedelta(days=stays), "no setting keeps keys longer than certificates say"
    settings.VAULT_BACKUP_DAYS = 7
    chosen = backups.make()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=6))
    assert making.remove_expired(clock.now()) == {"vault": [], "data": []}
    assert "vault" in restoring.checked(chosen, empty_ledger())
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=7))
    with pytest.raises(CannotBackUp, match="past its term"):
        restoring.checked(chosen, empty_ledger())
    assert making.remove_expired(clock.now()) == {"vault": [chosen.vault.name], "data": []}
    assert not chosen.vault.exists() and chosen.data.exists()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=30))
    assert making.remove_expired(clock.now())["data"] == [chosen.data.name]
    assert not list((chosen.data.parent / terms.MIRROR).glob("*/*/*"))


@each_database
def test_without_the_newest_ledger_nothing_comes_back_and_nothing_over_what_is_there(
    backups: Backups, settings: Any
) -> None:
    here = uuid4()
    ledger.write(here, uuid4(), clock.now(), None)
    ledger.write(here, uuid4(), clock.now(), None)
    chosen = backups.make()
    whole = ledger.read(ledger.place())
    assert set(restoring.checked(chosen, whole)) == {"data", "vault"}
    lines = ledger.place().read_text().splitlines()
    ledger.place().write_text(lines[0] + "\n")
    with pytest.raises(BackupWrong, match="ledger of erasures lacks"):
        restoring.checked(chosen, ledger.read(ledger.place()))
    names = [connections[alias].settings_dict["NAME"] for alias in ("owner", "vault_owner")]
    words = ["--into", *names, "--key", str(backups.key_file), "--ledger-is-newest"]
    for spoil, sentence, code in (
        (lambda: None, "holds tables already", 2),
        (lambda: words.__delitem__(slice(3, 5)), "--key must name", 2),
        (lambda: words.__delitem__(slice(0, 3)), "--into must name", 2),
        (lambda: ledger.place().write_text(lines[1] + "\n"), "Line 1 of the ledger", 1),
        (lambda: ledger.place().unlink(), "there is no ledger of erasures at .*erased.*--ledger", 2),
    ):
        spoil()
        with pytest.raises(CommandError, match=f"Nothing was changed: .*{sentence}") as ended:
            call_command("restore", *words)
        assert ended.value.returncode == code
    with pytest.raises(CommandError, match="Nothing was changed: nowhere or nothing cannot be reached") as ended:
        ledger.ensure()
        _restore_elsewhere("nowhere", "nothing", str(backups.key_file))
    assert ended.value.returncode == 2
    Path(settings.FILES, str(here)).mkdir(parents=True)
    with pytest.raises(CannotBackUp, match="is not empty"):
        restoring.require_empty(("files",))


@each_database
def test_a_backup_that_cannot_be_made_leaves_nothing_half(backups: Backups, settings: Any) -> None:
    settings.BACKUP_URLS = {**settings.BACKUP_URLS, "data": settings.BACKUP_URLS["data"] + " dbname=nowhere"}
    with pytest.raises(CannotBackUp, match=r"does the server of DATABASE_BACKUP_URL answer.*make its role"):
        backups.make()
    assert [path.name for path in settings.BACKUPS.iterdir()] == [".lock"]
    settings.VAULT_BACKUPS = settings.BACKUPS / "keys"
    with pytest.raises(CannotBackUp, match="a folder apart"):
        making.require_settings()


def test_a_sealed_stream_opens_whole_and_for_its_purpose_or_not_at_all() -> None:
    key = envelope.new_private_key()
    for plain in (b"", b"x" * envelope.PIECE, b"x" * (2 * envelope.PIECE + 5)):
        target = BytesIO()
        envelope.seal_stream(BytesIO(plain), target, envelope.recipient_of(key), "vault")
        sealed = target.getvalue()
        assert b"".join(envelope.open_stream(BytesIO(sealed), key, "vault")) == plain
        for wrong, purpose in (
            (sealed[:-1], "vault"),
            (sealed[: -(5 + 16)] if len(plain) > envelope.PIECE else sealed[:60], "vault"),
            (sealed, "data"),
            (sealed[:-3] + bytes([sealed[-3] ^ 1]) + sealed[-2:], "vault"),
        ):
            with pytest.raises(BackupWrong):
                list(envelope.open_stream(BytesIO(wrong), key, purpose))


def _restore_elsewhere(data: str, vault: str, key: str) -> None:
    """Restore, and let the connections of the tests lead afterwards where they led."""
    names = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    try:
        call_command("restore", "--into", data, vault, "--key", key, "--ledger-is-newest")
    finally:
        for alias, name in names.items():
            connections[alias].close()
            connections[alias].settings_dict["NAME"] = name


class _spoiled:  # noqa: N801  # reads as a word in a with statement
    """One byte of a file is another for the length of the block."""

    def __init__(self, path: Path) -> None:
        self.path, self.whole = path, path.read_bytes()

    def __enter__(self) -> None:
        middle = len(self.whole) // 2
        self.path.write_bytes(self.whole[:middle] + b"\x01" + self.whole[middle + 1 :] if self.whole else b"\n")

    def __exit__(self, *_raised: object) -> None:
        self.path.write_bytes(self.whole)


@each_database
def test_roles_of_other_names_than_the_backups_are_refused_by_name_before_anything_is_touched(
    backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = backups.make()
    for kind, alias, owner in (("data", "default", "owner"), ("vault", "vault", "vault_owner")):
        roles = restoring.checked(chosen, empty_ledger())[kind].roles
        assert roles == sorted({connections[name].settings_dict["USER"] for name in (alias, owner)})
        with monkeypatch.context() as other:
            other.setitem(connections[alias].settings_dict, "USER", "another_app")
            with pytest.raises(CannotBackUp, match=f"roles {', '.join(roles)}, by name.*another_app"):
                restoring.checked(chosen, empty_ledger())
