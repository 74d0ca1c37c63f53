"""What a restore asks of the trail: every chain, the platform's too, and every organisation that was published."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from casemgmt.audit import events
from casemgmt.audit.heads import NOTHING, published_in
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.backups import manifest
from casemgmt.backups.errors import BackupWrong
from casemgmt.backups.finishing import check_trail
from casemgmt.base import clock
from retention import ledger
from tests.backups.conftest import Backups, Ending, doors_are_open, shut_the_doors
from tests.retention.places import settle

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def sign_in() -> None:
    with transaction.atomic():
        events.record_platform(Action.SIGN_IN, outcome=Outcome.DONE, data="sign-in")


def published() -> list[dict[str, Any]]:
    out = io.StringIO()
    call_command("audit_head", stdout=out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.fixture
def told(backups: Backups) -> manifest.Manifest:
    """The manifest of a backup that was made of an organisation, and of somebody who signed in."""
    settle()
    sign_in()
    folder = backups.make().data
    assert folder is not None
    return manifest.read(folder, "data")


def test_the_manifest_tells_each_organisation_by_its_id_and_the_platform(told: manifest.Manifest) -> None:
    rows = published()
    assert [{key: row[key] for key in told.heads[0]} for row in rows if row["seq"]] == told.heads
    assert check_trail(told, published_in(rows))[-1]["organisation"] is None
    of_before = [{key: value for key, value in row.items() if key != "id"} for row in told.heads if row["id"]]
    check_trail(replace(told, heads=of_before), NOTHING)


def test_the_platform_must_end_where_the_manifest_says(told: manifest.Manifest) -> None:
    sign_in()
    with pytest.raises(BackupWrong, match="The trail of platform does not end"):
        check_trail(told, NOTHING)


def test_an_organisation_of_the_manifest_that_is_not_there_is_wrong(told: manifest.Manifest) -> None:
    stranger = {"organisation": "weg", "id": str(uuid4()), "seq": 3, "hash": "00"}
    with pytest.raises(BackupWrong, match="weg, of which the manifest tells, is not in the backup"):
        check_trail(replace(told, heads=[*told.heads, stranger]), NOTHING)


@pytest.mark.parametrize("minutes", [-1, 1])
def test_an_organisation_that_was_published_and_is_not_there_must_have_been_founded_later(
    told: manifest.Manifest, minutes: int
) -> None:
    made = clock.now()
    told = replace(told, made_at=made.isoformat())
    at = made + timedelta(minutes=minutes)
    stranger = {"organisation": "weg", "id": str(uuid4()), "seq": 3, "hash": "00", "at": at.isoformat()}
    heads = published_in([*published(), {**stranger, "seq": 7, "at": (at + timedelta(hours=1)).isoformat()}, stranger])
    if minutes < 0:
        with pytest.raises(BackupWrong, match=r"weg at .* it is not there"):
            check_trail(told, heads)
        return
    *_, lost, _platform = check_trail(told, heads)
    assert lost == {"organisation": "weg", "seq": 0, "published": 7, "lost_at_least": 7}
    with pytest.raises(BackupWrong, match="weg"):
        check_trail(None, heads)


def test_a_cut_of_the_platform_leaves_the_doors_shut(replay: Callable[..., Ending], tmp_path: Path) -> None:
    settle()
    ledger.ensure()
    sign_in()
    sign_in()
    good, bad = tmp_path / "heads.jsonl", tmp_path / "other.jsonl"
    rows = published()
    good.write_text("".join(json.dumps(row) + "\n" for row in rows))
    rows[-1]["hash"] = "00" * 32
    bad.write_text("".join(json.dumps(row) + "\n" for row in rows))
    shut_the_doors()
    code, _, err = replay("--heads", str(bad))
    assert (code, doors_are_open()) == (1, False)
    assert "The trail of platform is wrong" in err
    code, out, _ = replay("--heads", str(good))
    assert (code, doors_are_open()) == (0, True)
    assert "platform: the trail holds, 2 lines." in out
    connections["default"].close()
