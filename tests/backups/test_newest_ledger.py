"""A ledger that lacks erasures opens no doors: published heads and the copies in backups tell how far it must reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction

from casemgmt.audit import chain
from casemgmt.audit.models import PlatformEvent
from casemgmt.backups import finishing, restoring
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from retention import ledger
from tests.backups.conftest import Backups, Ending, doors_are_open, shut_the_doors
from tests.retention.places import dossier, settle

each_database = pytest.mark.django_db(transaction=True, databases="__all__")


def erase(times: int) -> None:
    """So many lines in the ledger, of dossiers that are nowhere any more."""
    for _ in range(times):
        ledger.write(uuid4(), uuid4(), clock.now(), None)


def publish(tmp_path: Path, name: str = "heads.jsonl") -> Path:
    """What audit_head prints now, in a file; appended to what is in it."""
    out = StringIO()
    call_command("audit_head", stdout=out)
    file = tmp_path / name
    with open(file, "a", encoding="utf-8") as target:
        target.write(out.getvalue())
    return file


def stale(tmp_path: Path, lines: int) -> str:
    """A copy of the ledger from when it had so many lines."""
    file = tmp_path / f"stale-{lines}.jsonl"
    file.write_text("".join(ledger.place().read_text().splitlines(keepends=True)[:lines]))
    return str(file)


@each_database
def test_a_head_tells_of_the_ledger_as_well_and_an_earlier_line_is_still_read(
    backups: Backups, tmp_path: Path, capsys: Any
) -> None:
    settle()
    file = publish(tmp_path)
    whose = [json.loads(line) for line in file.read_text().splitlines()]
    for told in whose:
        assert set(told) == {"organisation", "id", "seq", "hash", "at"}, "a ledger that is not there is no empty one"
    assert [told["organisation"] is None for told in whose] == [False, True]
    assert "ledger of erasures" in capsys.readouterr().err
    ledger.ensure()
    publish(tmp_path)
    erase(2)
    publish(tmp_path)
    old, _, empty, _, two, platform = map(json.loads, file.read_text().splitlines())
    assert platform["ledger"] == two["ledger"]
    assert "ledger" not in old and empty["ledger"] == {"number": 0, "hash": ""}
    assert two["ledger"] == {"number": 2, "hash": ledger.read(ledger.place()).end.hash}
    call_command("audit_verify", "--head", str(file), stdout=StringIO())
    ledger.place().write_text("{}\n")
    with pytest.raises(CommandError, match="Line 1 of the ledger") as ended:
        publish(tmp_path)
    assert ended.value.returncode == 1


@each_database
def test_a_ledger_that_does_not_reach_a_published_head_leaves_the_doors_shut(
    replay: Callable[..., Ending], tmp_path: Path
) -> None:
    settle()
    erase(3)
    heads = str(publish(tmp_path))
    shut_the_doors()
    for lines in (0, 2):
        code, out, err = replay("--ledger", stale(tmp_path, lines), "--heads", heads)
        assert (code, out, doors_are_open()) == (1, "", False), (out, err)
        assert f"has {lines} lines, and a published head tells of 3" in err and "--ledger-is-lost" in err
    code, out, _ = replay("--heads", heads, "--json")
    assert (code, doors_are_open()) == (0, True)
    told = json.loads(out)["ledger"]
    assert (told["lines"], told["published"], told["lost"], told["only_said_to_be_newest"]) == (3, 3, False, False)
    erase(1)
    assert replay("--heads", heads)[0] == 0, "it may go on after the last head"


@each_database
def test_another_ledger_of_the_same_length_leaves_the_doors_shut(replay: Callable[..., Ending], tmp_path: Path) -> None:
    settle()
    erase(2)
    heads = str(publish(tmp_path))
    ledger.place().unlink()
    erase(3)
    shut_the_doors()
    code, _, err = replay("--heads", heads)
    assert (code, doors_are_open()) == (1, False)
    assert "Line 2 of the ledger of erasures is another than a published head tells" in err


@each_database
def test_a_ledger_that_lacks_what_the_newest_backup_tells_leaves_the_doors_shut(
    replay: Callable[..., Ending], backups: Backups, tmp_path: Path
) -> None:
    settle()
    erase(2)
    backups.make()
    shut_the_doors()
    code, _, err = replay("--ledger", stale(tmp_path, 1))
    assert (code, doors_are_open()) == (1, False)
    assert "lacks what the copy in" in err
    assert replay()[0] == 0


@each_database
def test_nothing_is_put_back_with_a_ledger_that_does_not_reach_a_published_head(
    backups: Backups, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    erase(1)
    backups.make()
    erase(1)
    heads = str(publish(tmp_path))
    monkeypatch.setattr(restoring, "require_empty", lambda lost: None)
    names = [connections[alias].settings_dict["NAME"] for alias in ("owner", "vault_owner")]
    words = ["--into", *names, "--key", str(backups.key_file), "--heads", heads, "--ledger", stale(tmp_path, 1)]
    with pytest.raises(CommandError, match=r"Nothing was changed: .*a published head tells of 2") as ended:
        call_command("restore", *words)
    assert ended.value.returncode == 1


@each_database
def test_who_says_that_the_ledger_is_lost_goes_on_and_the_trail_says_so(
    replay: Callable[..., Ending], tmp_path: Path
) -> None:
    settle()
    erase(3)
    heads, copy = str(publish(tmp_path)), stale(tmp_path, 1)
    code, out, _ = replay("--ledger", copy, "--heads", heads, "--ledger-is-lost", "--json")
    assert (code, doors_are_open()) == (0, True)
    assert json.loads(out)["ledger"]["lost"] is True
    assert PlatformEvent.objects.filter(data="restore: the ledger is lost, 1 of 3 lines").count() == 1
    code, out, _ = replay("--ledger", copy, "--heads", heads, "--ledger-is-lost")
    assert "2 erasures or more that it no longer tells" in out


@each_database
@pytest.mark.parametrize("given", ["heads without the ledger", "no heads"])
def test_where_no_head_tells_of_the_ledger_the_doors_stay_shut_until_somebody_says_that_they_looked(
    given: str, restore: Callable[..., Ending], tmp_path: Path
) -> None:
    settle()
    erase(2)
    day = clock.local_date(ledger.read(ledger.place()).erasures[-1].erased_at).isoformat()
    words = ["--replay"]
    if given != "no heads":
        old = {"organisation": "sterk-huis", "seq": 4000, "hash": "00", "at": "2026-11-23T00:00:00+00:00"}
        file = tmp_path / "old.jsonl"
        file.write_text(json.dumps(old) + "\n")
        words += ["--heads", str(file)]
    shut_the_doors()
    code, out, err = restore(*words)
    assert (code, out, doors_are_open()) == (1, "", False)
    assert f"IS THIS THE NEWEST LEDGER? Its last erasure, number 2, is of {day}" in err and "--ledger-is-newest" in err
    code, out, _ = restore(*words, "--ledger-is-newest", "--json")
    assert (code, doors_are_open()) == (0, True)
    assert json.loads(out)["ledger"] == {
        **{"lines": 2, "newest": day, "published": None, "told_until": None, "lost": False},
        **{"from_databases": False, "only_said_to_be_newest": True},
    }
    said = PlatformEvent.objects.filter(data="restore: the ledger was said to be the newest")
    assert said.count() == 1, "who said it is held to it"
    assert "as the operator said" in restore(*words, "--ledger-is-newest")[1]


@each_database
def test_a_head_older_than_what_is_put_back_does_not_tell_that_the_ledger_is_the_newest(
    backups: Backups, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Published before the newest backup, or of fewer links than its trail: the question is asked all the same."""
    place = settle()
    ledger.ensure()
    erase(2)
    now = clock.now()
    heads = str(publish(tmp_path))
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=1))
    backups.make()
    longer = json.loads(Path(heads).read_text().splitlines()[0]) | {
        "at": (now + timedelta(hours=2)).isoformat(),
        "seq": 0,
    }
    (tmp_path / "shorter.jsonl").write_text(json.dumps(longer) + "\n")
    monkeypatch.setattr(restoring, "require_empty", lambda lost: None)
    names = [connections[alias].settings_dict["NAME"] for alias in ("owner", "vault_owner")]
    words = ["restore", "--into", *names, "--key", str(backups.key_file)]
    with organisation(place.id), transaction.atomic():
        assert chain.present_head(place.id).seq > 0
    for older in (heads, str(tmp_path / "shorter.jsonl")):
        with pytest.raises(CommandError, match=r"Nothing was changed: IS THIS THE NEWEST LEDGER.* is older than"):
            call_command(*words, "--heads", older)


@each_database
def test_no_more_is_said_of_the_ledger_than_the_heads_can_know(restore: Callable[..., Ending], tmp_path: Path) -> None:
    """A head of an hour ago tells nothing of an erasure of half an hour ago, and the sentence does not pretend so."""
    place = settle()
    erase(2)
    heads = str(publish(tmp_path))
    moment = json.loads(Path(heads).read_text().splitlines()[0])["at"]
    erase(1)
    code, out, err = restore("--replay", "--heads", heads, "--ledger", stale(tmp_path, 2))
    assert (code, doors_are_open()) == (0, True), err
    assert f"newest as far as the head of {moment} tells; whether something was destroyed after that moment" in out
    told = json.loads(restore("--replay", "--heads", heads, "--json")[1])["ledger"]
    assert (told["told_until"], told["only_said_to_be_newest"]) == (moment, False)
    dossier(place)
    code, _, err = restore("--replay", "--heads", heads)
    assert (code, doors_are_open()) == (1, True) and f"head, of {moment}, is older than" in err
    code, out, _ = restore("--replay", "--heads", heads, "--ledger-is-newest")
    assert code == 0 and f"as the operator said; as far as the head of {moment} tells" in out
    assert PlatformEvent.objects.filter(data="restore: the ledger was said to be the newest").count() == 1


@each_database
@pytest.mark.parametrize("open_before", [True, False])
def test_a_refused_replay_leaves_the_doors_as_they_were(
    open_before: bool, restore: Callable[..., Ending], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle()
    erase(2)
    heads = str(publish(tmp_path))
    if not open_before:
        shut_the_doors()
    for words in ([], ["--heads", heads, "--ledger", stale(tmp_path, 1)]):
        code, out, err = restore("--replay", *words)
        assert (code, out, doors_are_open()) == (1, "", open_before)
        assert err.startswith("Nothing was changed: ")
    monkeypatch.setattr(finishing, "master_key_opens", lambda: False)
    code, _, err = restore("--replay", "--heads", heads)
    assert (code, doors_are_open()) == (1, open_before)
    assert err.startswith("Nothing was changed: CASEMGMT_MASTER_KEY does not open")
