"""When a store is away, full of holes or twice rung: the state stays, nothing is proven too early, and it goes on."""

from __future__ import annotations

import errno
import json
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction

from casemgmt import night as shift
from casemgmt.base import clock, jobs
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from casemgmt.vault import files
from casemgmt.vault.keys import key_exists, load_keys
from casemgmt.work.models import Task
from dossiers.access import change_dossier
from dossiers.models import Dossier
from dossiers.verbs import Verb
from retention import certificates, ledger, night
from retention.models import Certificate, Hold, Removal
from retention.vocabulary import STOPPED_TASK, STUCK_TASK
from tests.retention.places import House, approve, dossier, shut

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
CLOSED = date(2010, 5, 1)
AGREED = timedelta(days=30)
WORDS = "Een zeldzaam woord over dit gezin"


def about_to_go(house: House, number: str = "SH-2004-0001", many_files: int = 2) -> UUID:
    """An approved dossier with files, whose cooling-off has passed; returns its removal."""
    made = dossier(house, number)
    with organisation(house.id):
        change_dossier(
            house.actor("noor"),
            made,
            Verb.ADD,
            lambda d: [
                files.write_file(d.id, [WORDS.encode()], content_type="text/plain", at=clock.now()).id
                for _file in range(many_files)
            ],
            data="files",
        )
    shut(house, made, CLOSED)
    return approve(house, made, clock.now() - AGREED)


def state(house: House, removal_id: UUID) -> str:
    with organisation(house.id), transaction.atomic():
        return str(Removal.objects.get(id=removal_id).state)


def proven(house: House) -> int:
    with organisation(house.id), transaction.atomic():
        return Certificate.objects.count()


def readable(house: House, removal_id: UUID) -> bool:
    with organisation(house.id):
        with transaction.atomic():
            dossier_id = Removal.objects.get(id=removal_id).dossier_id
        return key_exists(dossier_id)


def attempts(removal_id: UUID) -> int:
    return Job.objects.get(subject=removal_id).attempts


def work_again() -> int:
    """The waiting time between two attempts is over."""
    Job.objects.update(due_at=clock.now() - timedelta(seconds=1))
    return jobs.run_due()


def sealed(house: House) -> list[Path]:
    with organisation(house.id):
        return [path for path in files.folder().rglob("*") if path.is_file()]


def test_a_read_only_file_store_leaves_an_unreadable_dossier_without_certificate_until_it_gives_way(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = about_to_go(house)
    with monkeypatch.context() as broken:

        def refuse(self: Path, missing_ok: bool = False) -> None:
            raise OSError(errno.EROFS, "Read-only file system")

        broken.setattr(Path, "unlink", refuse)
        assert jobs.run_due() == 1
        assert work_again() == 1
    assert (state(house, removal), proven(house), len(sealed(house))) == ("shredded", 0, 2)
    assert not readable(house, removal)
    assert attempts(removal) == 2
    assert work_again() == 1
    assert (state(house, removal), proven(house), sealed(house)) == ("destroyed", 1, [])


def test_files_on_a_disk_that_is_not_mounted_are_not_taken_for_removed(house: House, tmp_path: Path) -> None:
    """An empty place where the disk should be looks as if every file were gone; the certificate would be a lie."""
    removal = about_to_go(house)
    with organisation(house.id):
        place = files.folder()
    shutil.move(place, tmp_path / "unmounted")
    assert jobs.run_due() == 1
    for _time in range(jobs.MAX_ATTEMPTS + 1):
        assert work_again() == 1
    assert (state(house, removal), proven(house)) == ("shredded", 0)
    assert attempts(removal) == 0, "a store that is away is no attempt"
    shutil.move(tmp_path / "unmounted", place)
    assert work_again() == 1
    assert (state(house, removal), proven(house), sealed(house)) == ("destroyed", 1, [])


def test_a_file_that_is_gone_already_is_no_mistake_and_one_that_comes_back_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal = about_to_go(house)
    first, second = sealed(house)
    first.unlink()
    with monkeypatch.context() as broken:
        broken.setattr(files, "remove_stored", lambda name: None)  # says yes, does nothing
        assert jobs.run_due() == 1
    assert (state(house, removal), proven(house), second.exists()) == ("erased", 0, True)
    second.unlink()
    assert work_again() == 1
    assert (state(house, removal), proven(house)) == ("destroyed", 1)


@pytest.fixture
def no_vault(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Take the keystore away, and answer with the way to bring it back."""
    vault = connections["vault"]
    vault.close()
    monkeypatch.setitem(vault.settings_dict, "HOST", "/nonexistent")
    return monkeypatch.undo


def test_without_the_keystore_no_content_is_shown_and_the_page_says_why(
    house: House, request: pytest.FixtureRequest
) -> None:
    made = dossier(house)
    client = house.client("noor")
    page = house.url(f"dossiers/{made}/")
    assert "Marker" in client.get(page).content.decode()
    back = request.getfixturevalue("no_vault")
    refused = client.get(page)
    assert refused.status_code == 503
    assert "Marker" not in refused.content.decode()
    told = client.get("/health/", headers={"accept": "application/json"}).json()["parts"]
    assert [told[part]["well"] for part in ("database", "vault")] == [True, False]
    back()
    assert client.get(page).status_code == 200


def test_without_the_keystore_nothing_is_destroyed_nor_proven_and_afterwards_it_goes_on(
    house: House, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(Exception):
        """The worker was stopped between two steps."""

    def stop(name: str) -> None:
        if name == "destruction.shredding":
            raise Stopped

    fresh, begun = about_to_go(house), about_to_go(house, "SH-2004-0002")
    Job.objects.filter(subject=fresh).update(due_at=clock.now() + timedelta(hours=1))
    with monkeypatch.context() as stopping:
        stopping.setattr("retention.destruction.failpoint", stop)
        assert jobs.run_due() == 1
    back = request.getfixturevalue("no_vault")
    assert work_again() == 2
    assert (state(house, fresh), state(house, begun), proven(house)) == ("approved", "shredding", 0)
    assert attempts(fresh) == 0
    back()
    assert work_again() == 2
    assert (state(house, fresh), state(house, begun), proven(house)) == ("destroyed", "destroyed", 2)


def frozen(house: House, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """A removal whose worker was stopped right after it closed the dossier to everybody."""

    class Stopped(Exception):
        """The worker was stopped between two steps."""

    def stop(name: str) -> None:
        if name == "destruction.frozen":
            raise Stopped

    removal_id = about_to_go(house)
    with monkeypatch.context() as stopping:
        stopping.setattr("retention.destruction.failpoint", stop)
        assert jobs.run_due() == 1
    assert state(house, removal_id) == "frozen"
    return removal_id


def hold_back(house: House, removal_id: UUID) -> UUID:
    """Somebody found a reason to keep the dossier; returns the dossier."""
    karin = house.people["karin"].id
    with organisation(house.id), transaction.atomic():
        found = Dossier.objects.get(id=Removal.objects.get(id=removal_id).dossier_id)
        load_keys([found.id])
        Hold.objects.create(dossier=found, why="De rechter vroeg het op", placed_by_id=karin, placed_at=clock.now())
        return found.id


def test_what_stood_frozen_for_days_is_looked_at_once_more_before_its_key_goes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal_id = frozen(house, monkeypatch)
    dossier_id = hold_back(house, removal_id)
    work_again()
    assert (state(house, removal_id), proven(house)) == ("stopped", 0)
    assert readable(house, removal_id)
    assert house.client("noor").get(house.url(f"dossiers/{dossier_id}/")).status_code == 200
    with organisation(house.id):
        with ledger.held() as erased:
            assert not erased.names(dossier_id)
        with transaction.atomic():
            assert Task.objects.filter(kind=STOPPED_TASK).count() == 1


def test_what_the_ledger_names_is_destroyed_for_a_backup_put_back_would_erase_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    removal_id = frozen(house, monkeypatch)
    hold_back(house, removal_id)
    with organisation(house.id), transaction.atomic(), ledger.held() as erased:
        erased.write_down(Removal.objects.get(id=removal_id), at=clock.now())
    work_again()
    assert (state(house, removal_id), proven(house)) == ("destroyed", 1)


def test_while_the_key_is_still_there_nothing_is_proven(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    removal_id = about_to_go(house)
    with monkeypatch.context() as forgetting:
        forgetting.setattr("retention.destruction.keys.destroy_dossier_key", lambda dossier_id: False)
        jobs.run_due()
    assert (state(house, removal_id), proven(house)) == ("erased", 0)
    assert readable(house, removal_id) and attempts(removal_id) == 1


def test_a_dossier_that_always_fails_stops_no_other_and_ends_before_a_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    removals = [about_to_go(house, f"SH-2004-000{n}", many_files=1) for n in (1, 2, 3)]
    poison, certify = removals[1], certificates.make

    def fail(removal: Removal, *, at: datetime) -> Certificate:
        if removal.id == poison:
            raise ValueError("poison")
        return certify(removal, at=at)

    with monkeypatch.context() as failing:
        failing.setattr(certificates, "make", fail)
        assert jobs.run_due() == 3
        for _time in range(jobs.MAX_ATTEMPTS - 1):
            assert work_again() == 1
        assert work_again() == 0
    assert [state(house, one) for one in removals] == ["destroyed", "verified", "destroyed"]
    assert stuck() == [{"removal": str(poison), "state": "verified", "why": "ValueError"}]
    with organisation(house.id):
        night.propose_due(house.id)
        with transaction.atomic():
            assert Task.objects.filter(kind=STUCK_TASK, object_id=poison).count() == 1
            jobs.enqueue("retention.destroy", poison)
    assert jobs.run_due() == 1
    assert proven(house) == 3


def stuck() -> list[dict[str, Any]]:
    """What an operator's command names."""
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("destruction_status", "--json", stdout=out)
    assert ended.value.code == 1
    return list(json.loads(out.getvalue())["stuck"])


def test_the_database_refuses_a_second_certificate_of_one_dossier(house: House) -> None:
    about_to_go(house)
    jobs.run_due()
    with organisation(house.id):
        with transaction.atomic():
            row = Certificate.objects.get()
        with pytest.raises(IntegrityError, match="one_certificate"), transaction.atomic():
            Certificate.objects.create(
                dossier_id=row.dossier_id,
                number=f"{row.number}-2",
                text=row.text,
                signature=row.signature,
                made_at=row.made_at,
            )


def test_two_beats_and_two_runs_at_once_put_each_dossier_on_the_list_once(house: House) -> None:
    three = [dossier(house, f"SH-2004-000{n}", closed_on=CLOSED) for n in (1, 2, 3)]
    shift.plan()
    shift.plan()
    assert Job.objects.filter(kind=night.NIGHTLY).count() == 1
    Job.objects.all().delete()
    start = threading.Barrier(2, timeout=20)

    def run() -> None:
        try:
            start.wait()
            with organisation(house.id):
                night.propose_due(house.id)
        finally:
            connections.close_all()

    runs = [threading.Thread(target=run) for _run in range(2)]
    for one in runs:
        one.start()
    for one in runs:
        one.join(60)
    with organisation(house.id), transaction.atomic():
        assert sorted(Removal.objects.values_list("dossier_id", flat=True)) == sorted(three)
    assert not Job.objects.filter(failed_at__isnull=False).exists()


def test_half_past_two_comes_twice_on_the_day_of_winter_time_and_decides_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier(house, closed_on=CLOSED)
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    for moment in (first, first + timedelta(hours=1)):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert clock.now().astimezone(clock.AMSTERDAM).strftime("%H:%M") == "02:30"
        shift.plan()
        jobs.run_due()
    with organisation(house.id), transaction.atomic():
        assert Removal.objects.count() == 1
