"""What a full disk or a kill left of a line in the ledger stops no destruction, and nobody has to help."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connections

from casemgmt.base import clock, jobs
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from retention import destruction, ledger
from tests.retention.places import House
from tests.retention.test_faults import about_to_go, attempts, proven, readable, state, work_again

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
# More than whatever else this process may write to a file meanwhile, such as what it says.
BIG = 200_000


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    settings.FILES, settings.LEDGER = str(tmp_path / "files"), str(tmp_path / "ledger")
    return ledger.place()


def half_a_line(place: Path) -> None:
    with place.open("ab") as file:
        file.write(b'{"before":"abc","dossier":"')


def test_half_a_line_in_the_ledger_stops_no_destruction(house: House, place: Path) -> None:
    first, second = about_to_go(house), about_to_go(house, "SH-2004-0002")
    assert jobs.run_due(1) == 1
    half_a_line(place)
    work_again()
    assert (state(house, first), state(house, second), proven(house)) == ("destroyed", "destroyed", 2)
    assert len(ledger.read(place).erasures) == 2
    assert place.read_bytes().endswith(b"\n"), "what was cut short is written over"


def test_a_copy_with_half_a_line_tells_what_was_written_to_its_end(place: Path) -> None:
    ledger.write(uuid4(), uuid4(), clock.now(), None)
    whole = ledger.read(place)
    for left in (b'{"before":"abc', b"\0" * 40, b"\xff\xfe"):
        place.write_bytes("".join(f"{line}\n" for line in whole.lines).encode() + left)
        assert ledger.read(place) == whole
    place.write_bytes(place.read_bytes() + b"\n")
    with pytest.raises(ledger.LedgerWrong, match="Line 2"):
        ledger.read(place)


@contextmanager
def no_room_after(more: int, place: Path) -> Iterator[None]:
    """A disk on which this file grows by so many bytes and no further; the kernel writes a part and then refuses."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (place.stat().st_size + more, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("more", [0, 100])
def test_a_full_disk_is_waited_for_and_when_there_is_room_it_goes_on_unattended(
    house: House, place: Path, more: int
) -> None:
    told = {"words": "x" * 2000}
    while not place.exists() or place.stat().st_size < BIG:
        ledger.write(uuid4(), uuid4(), clock.now(), told)
    whole = place.read_bytes()
    removal = about_to_go(house)
    with no_room_after(more, place):
        assert jobs.run_due() == 1
        for _time in range(jobs.MAX_ATTEMPTS + 1):
            assert work_again() == 1
    assert (state(house, removal), proven(house), readable(house, removal)) == ("frozen", 0, True)
    assert place.read_bytes() == whole, "what could not be finished is taken away"
    job = Job.objects.get(subject=removal)
    assert (attempts(removal), job.failed_at, job.last_error) == (0, None, "LedgerAway")
    assert work_again() == 1
    assert (state(house, removal), proven(house)) == ("destroyed", 1)
    assert place.read_bytes().startswith(whole)


@pytest.mark.parametrize("where", ["ledger.half-a-line", "destruction.written-down"])
def test_killed_while_it_writes_the_ledger_or_right_after_it_goes_on(house: House, place: Path, where: str) -> None:
    removal = about_to_go(house)
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        destroy_until(where, house, removal)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    assert (state(house, removal), readable(house, removal)) == ("frozen", True)
    assert place.read_bytes().endswith(b"\n") is (where == "destruction.written-down")
    assert work_again() == 1
    assert (state(house, removal), proven(house)) == ("destroyed", 1)
    assert len(ledger.read(place).erasures) == 1


def destroy_until(where: str, house: House, removal: Any) -> None:
    """In a process of its own, as a worker that is killed there; it ends otherwise when nobody comes by."""
    from django.conf import settings

    try:
        settings.FAILPOINT = where
        with organisation(house.id):
            destruction.destroy(removal)
    finally:
        os._exit(1)
