"""A full disk (G4): a clear page and no half work, whatever is full, and all well again when there is room.

Small file systems in memory are filled to the last byte: that of the sealed files, that of the trail's table in
PostgreSQL, and that of the log. Only the machine's administrator can mount them.
"""

import contextlib
import errno
import logging
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from casemgmt.audit.chain import verify
from casemgmt.audit.models import AccessEvent
from casemgmt.base import clock
from casemgmt.base.logs import LineFormatter
from casemgmt.base.organisation import organisation
from casemgmt.vault.files import folder, read_file, write_file
from casemgmt.vault.keys import load_keys
from casemgmt.vault.models import SealedFile
from tests.dossiers.pages import World
from tests.security.superuser import main_cluster

pytestmark = [
    pytest.mark.long,
    pytest.mark.django_db(transaction=True, databases="__all__"),
    pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("mount"), reason="only root mounts a small file system"),
]
SIZE = 6 << 20
Disk = Callable[[], None]


@contextlib.contextmanager
def small(at: Path) -> Iterator[Path]:
    """A file system of six megabytes; skips where this machine lets nobody mount one."""
    at.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(at)], capture_output=True)
    if done.returncode:
        pytest.skip("this machine mounts nothing")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


@contextlib.contextmanager
def full(disk: Path, leave: int = 0) -> Iterator[None]:
    """Nothing more fits for a while, but for ``leave`` bytes."""
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as target:
        while target.write(b"x" * 4096):
            pass
    if leave:
        os.truncate(ballast, ballast.stat().st_size - leave)
    yield
    ballast.unlink()


def stored(world: World) -> tuple[list[Path], int]:
    """The sealed files on the disk, and how many rows know of one."""
    with organisation(world.place.id), transaction.atomic():
        return [path for path in folder().glob("*/*") if path.is_file()], SealedFile.objects.count()


def keep(world: World, content: bytes) -> SealedFile:
    with organisation(world.place.id), transaction.atomic():
        load_keys([world.family.dossier_id])
        return write_file(world.family.dossier_id, [content], content_type="text/plain", at=clock.now())


def test_a_full_disk_of_files_keeps_no_half_file_and_all_goes_on_when_there_is_room(
    world: World, settings: Any, tmp_path: Path
) -> None:
    with small(tmp_path / "files") as disk:
        settings.FILES = disk
        before = keep(world, b"a" * 100_000)
        with full(disk, leave=1 << 20):
            with pytest.raises(OSError) as refused:
                keep(world, b"b" * (3 << 20))
            assert refused.value.errno == errno.ENOSPC
            files, rows = stored(world)
            assert (len(files), rows) == (1, 1), "half a file was left behind"
            # Whoever only reads notices nothing.
            assert world.worker.get(world.at()).status_code == 200
        after = keep(world, b"c" * (3 << 20))
        with organisation(world.place.id), transaction.atomic():
            load_keys([world.family.dossier_id])
            assert b"".join(read_file(before)) == b"a" * 100_000
            assert b"".join(read_file(after)) == b"c" * (3 << 20)


@pytest.fixture
def small_trail(world: World, tmp_path_factory: Any) -> Iterator[Path]:
    """The trail of access stands on a small disk of its own."""
    database, server = connections["owner"].settings_dict["NAME"], main_cluster()
    at = Path("/var/tmp") / f"casemgmt-small-{os.getpid()}"
    with small(at) as disk:
        home = disk / "space"
        home.mkdir()
        keeper = Path(server.log).parent.parent / "main"
        shutil.chown(disk, keeper.stat().st_uid, keeper.stat().st_gid)
        shutil.chown(home, keeper.stat().st_uid, keeper.stat().st_gid)
        with server.database(database) as hands:
            hands.execute(f"create tablespace small location '{home}'")
            hands.execute("alter table audit_accessevent set tablespace small")
            try:
                yield disk
            finally:
                hands.execute("alter table audit_accessevent set tablespace pg_default")
                hands.execute("drop tablespace small")
    shutil.rmtree(at, ignore_errors=True)


def test_a_full_disk_of_the_trail_shows_nothing_and_says_when_to_come_back(world: World, small_trail: Path) -> None:
    """What cannot be written down is not shown, and what was written stays whole."""
    told = 0
    with full(small_trail):
        for _ in range(400):
            answer = world.worker.get(world.at())
            if answer.status_code != 200:
                break
            told += 1
        assert answer.status_code == 503 and answer["Retry-After"]
        page = answer.content.decode()
        assert not any(word in page for word in ("Bakker", "Samira", "No space", "extend file", str(small_trail)))
        with organisation(world.place.id), transaction.atomic():
            assert AccessEvent.objects.filter(data="timeline").count() == told
            before = AccessEvent.objects.count()
        # A shorter row may find a last place where a longer one did not: then it is there.
        for fitted in range(1, 400):
            refused = world.worker.post(world.at("vermelding/"), {"text": "x"})
            if refused.status_code == 503:
                break
            with organisation(world.place.id), transaction.atomic():
                assert AccessEvent.objects.count() >= before + fitted
        assert refused.status_code == 503
    assert world.worker.get(world.at()).status_code == 200
    assert verify(world.place.id).ok


def test_a_full_disk_of_the_log_stops_nobody(world: World, tmp_path: Path) -> None:
    with small(tmp_path / "log") as disk:
        handler = logging.FileHandler(disk / "web.log")
        handler.setFormatter(LineFormatter())
        log = logging.getLogger("casemgmt")
        log.addHandler(handler)
        try:
            with full(disk):
                log.error("No room for this.")
                assert world.worker.get(world.at()).status_code == 200
            log.error("Room again.")
        finally:
            log.removeHandler(handler)
            handler.close()
        assert "Room again." in (disk / "web.log").read_text(encoding="utf-8")
