"""A sealed file that no row knows does not outlive the day; one that a row knows does."""

import os
import time
from pathlib import Path

import pytest
from django.db import transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.nightly import sweeps
from casemgmt.base.organisation import organisation
from casemgmt.vault import files
from casemgmt.vault.keys import load_keys
from casemgmt.work.models import Task
from dossiers import tasks
from tests.cast import MOMENT, Place, make_family, make_place

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
A_DAY = 24 * 60 * 60


class Undone(Exception):
    """What undoes a transaction."""


@pytest.fixture
def place(settings, tmp_path):
    settings.FILES = str(tmp_path)
    made = make_place()
    with organisation(made.id):
        yield made


def written(dossier_id, *, kept: bool, age: float) -> Path:
    """The path of a file whose transaction went through, or was undone, so many seconds ago."""
    try:
        with transaction.atomic():
            load_keys([dossier_id])
            row = files.write_file(dossier_id, [b"afdruk"], content_type="application/pdf", at=MOMENT)
            path = files.path_of(row)
            if not kept:
                raise Undone
    except Undone:
        pass
    os.utime(path, (time.time() - age,) * 2)
    return path


def told(place: Place) -> list[tuple[str, str]]:
    with transaction.atomic():
        return list(AccessEvent.objects.filter(data="stray-files").order_by("at").values_list("outcome", "ground"))


def test_the_night_removes_the_file_of_a_print_that_was_undone_and_no_other(place):
    dossier_id = make_family(place).dossier_id
    stray = written(dossier_id, kept=False, age=A_DAY + 60)
    being_written = written(dossier_id, kept=False, age=A_DAY - 60)
    kept = written(dossier_id, kept=True, age=400 * A_DAY)
    assert stray.exists() and "dossiers.stray_files" in dict(sweeps)
    for _night in range(2):
        tasks.remove_stray_files(place.id)
    assert not stray.exists()
    assert being_written.exists() and kept.exists()
    assert told(place) == [("done", "1 removed")]


def test_after_a_restore_the_night_touches_no_file_and_calls_a_person(place, monkeypatch):
    dossier_id = make_family(place).dossier_id
    stray = [written(dossier_id, kept=False, age=2 * A_DAY) for _ in range(3)]
    with monkeypatch.context() as few:
        few.setattr(tasks, "MOST_STRAY", 2)
        tasks.remove_stray_files(place.id)
    monkeypatch.setattr(tasks, "orphan_keys", lambda at: {place.id})
    tasks.remove_stray_files(place.id)
    assert all(path.exists() for path in stray)
    assert told(place) == [("denied", "3 waiting")] * 2
    with transaction.atomic():
        assert Task.objects.filter(kind=tasks.LOOK_AT_FILES, state="open").count() == 1
    assert tasks.destroy_stray_files(clock.now()) == 3
    assert not any(path.exists() for path in stray)
    with transaction.atomic():
        assert not Task.objects.filter(kind=tasks.LOOK_AT_FILES, state="open").exists()


def test_the_health_page_names_the_folder_of_files_when_it_is_away(place, client, tmp_path):
    def well() -> bool:
        return client.get("/health/").json()["parts"]["files"]["well"]

    assert well()  # who keeps nothing yet has no folder
    written(make_family(place).dossier_id, kept=True, age=0)
    assert well()
    (tmp_path / str(place.id)).rename(tmp_path / "unmounted")
    assert not well()
    (tmp_path / "unmounted").rename(tmp_path / str(place.id))
    assert well()
