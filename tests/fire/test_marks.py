"""Words of the destroyed: found nowhere at once, and not brought back by any copy that was made before.

Somebody works in the dossiers, prints, is mailed and meets every fault that quotes (`visiting.py`), while web, workers
and beat run; then the dossiers are destroyed. The whole folder of the stand is read as bytes: both clusters with their
logs, the broker, files, mail, the logs of all processes. In each of these places something else that belongs there must
be found, so that nothing is clean because nobody wrote or read there. Then a dump and a physical copy of the main
database from before are put back, beside the vault of today.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
import redis

from scripts import processes
from scripts.postgres import QUIET, Cluster
from scripts.processes import give_to_service_user, run_as_service_user
from scripts.state import own_folder
from tests.fire.fill import MARK, WORKER
from tests.fire.looking import forms, states, written_down
from tests.fire.stand import WORKERS, Stand, standing
from tests.fire.visiting import Visit, live

pytestmark = pytest.mark.long
DOSSIERS, VISITED, KEPT, ROWS, FILES = 6, 2, 2, 60, 3
# As it was typed, and as something that folds letters may keep it.
SPELLINGS = (MARK, "MERKTEKEN", "merkteken")
# A sentence that PostgreSQL writes down of whoever looks past the application.
ASKED_AMISS = "fire_control"


@dataclass
class Gone:
    """A stand on which every approved dossier was destroyed, and what was put aside before."""

    stand: Stand
    made: dict[str, Any]
    aside: Path
    keys: dict[str, bytes]
    visit: Visit

    def read(self, address: str, files: Path) -> dict[str, dict[str, int]]:
        """What the application itself can read of all dossiers, from this database and these files."""
        ids = [*self.made["approved"], *self.made["kept"]]
        env = {"DATABASE_URL": address, "CASEMGMT_FILES": str(files)}
        done = self.stand.command("-m", "tests.fire.fill", "read", self.made["organisation"], *ids, env=env)
        assert done.returncode == 0, done.stderr[-2000:]
        return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def gone() -> Iterator[Gone]:
    aside = own_folder(Path(tempfile.mkdtemp(prefix="casemgmt-aside-", dir="/var/tmp")))
    try:
        with standing("tests.fire.quoting.settings") as stand:
            sizes = ("--open", DOSSIERS, "--kept", KEPT, "--rows", ROWS, "--files", FILES)
            done = stand.command("-m", "tests.fire.fill", "make", *map(str, sizes))
            assert done.returncode == 0, done.stderr[-2000:]
            made = json.loads(done.stdout)
            made["approved"] = made.pop("open")
            stand.begin()
            visit = live(stand, list(made["approved"])[:VISITED])
            keys = wrapped(stand)
            put_aside(stand, aside)
            destroy(stand, made)
            yield Gone(stand, made, aside, {one: keys[one] for one in made["approved"]}, visit)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def destroy(stand: Stand, made: dict[str, Any]) -> None:
    """Close, approve, and wait until the workers destroyed them."""
    done = stand.command("-m", "tests.fire.fill", "approve", made["organisation"], *made["approved"])
    assert done.returncode == 0, done.stderr[-2000:]
    until = time.monotonic() + 120
    while states(stand).get("destroyed") != DOSSIERS:
        assert time.monotonic() < until, states(stand)
        stand.wait(0.5)


def wrapped(stand: Stand) -> dict[str, bytes]:
    """Every dossier's key as the vault keeps it."""
    with stand.superuser("vault") as vault:
        rows = vault.execute("select dossier_id, wrapped from keystore_dossierkey").fetchall()
    return {str(dossier_id): bytes(key) for dossier_id, key in rows}


def put_aside(stand: Stand, aside: Path) -> None:
    """A dump, a physical copy and the files, as an operator, or a thief, takes them."""
    main = stand.cluster("main")
    give_to_service_user(aside / "main")
    env = {**QUIET, "PGPASSWORD": main.passwords["postgres"]}
    who = ("--host", str(main.sockets), "--username", "postgres", "--no-password")
    for program, *words in (
        ("pg_basebackup", "--checkpoint=fast", "--pgdata", str(aside / "main" / main.data.name)),
        ("pg_dump", "--file", str(aside / "main" / "dump.sql"), main.database),
    ):
        done = run_as_service_user([str(main.programs.folder / program), *who, *words], env=env)
        assert done.returncode == 0, done.stdout
    shutil.copytree(stand.state / "files", aside / "files")
    for path in (aside / "files", *(aside / "files").rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_at_once_no_word_of_a_destroyed_dossier_stands_in_any_file_in_any_writing(gone: Gone) -> None:
    write_all_down(gone.stand)
    ways = {f"{words} as {way}": written for words in SPELLINGS for way, written in forms(words).items()}
    found = written_down(gone.stand.state, ways)
    assert found == [], "\n".join(sorted({where.rpartition(": ")[0] for where in found}))


def test_every_place_that_was_searched_holds_what_belongs_there(gone: Gone) -> None:
    """Else a word would be found nowhere because nothing was written, or because nobody reads there."""
    write_all_down(gone.stand)
    for place, belongs in what_belongs(gone).items():
        found = [path for path in gone.stand.state.glob(place) if path.is_file() and path.stat().st_size]
        assert found, f"nothing in {place}"
        seen = {where.rpartition(": ")[0] for where in written_down(gone.stand.state, {"control": belongs})}
        assert seen & {str(path.relative_to(gone.stand.state)) for path in found}, f"{belongs!r} not in {place}"


def what_belongs(gone: Gone) -> dict[str, bytes]:
    """Something of those who worked there in each place: an id, a key of what was kept, a sentence of its own."""
    kept = next(iter(gone.made["kept"]))
    destroyed = next(iter(gone.made["approved"]))
    (file, *_more) = gone.made["kept"][kept]["files"]
    (sealed,) = (gone.aside / "files").rglob(file)
    amiss = f'column "{ASKED_AMISS}" does not exist'.encode()
    return {
        "main/*/base/*/*": UUID(kept).bytes,
        "main/*/pg_wal/*": UUID(destroyed).bytes,
        "vault/*/base/*/*": wrapped(gone.stand)[kept],
        "vault/*/pg_wal/*": wrapped(gone.stand)[kept],
        "broker/dump.rdb": b"metrics|requests|dossiers",
        "files/*/*/*": sealed.read_bytes()[:200],
        "mail/*": f"To: {WORKER}".encode(),
        "logs/web.log": gone.visit.wrong["page"].encode(),
        **{f"logs/{name}.log": b"celery.worker.consumer" for name in WORKERS},
        "logs/worker-[123].log": b"Job fire.fault failed",
        "logs/beat.log": b"celery.beat",
        "logs/database-main.log": amiss,
        "logs/database-vault.log": amiss,
    }


def test_the_search_itself_sees_every_writing(tmp_path: Path) -> None:
    ways = forms(MARK)
    for number, (way, written) in enumerate(ways.items()):
        (tmp_path / str(number)).write_bytes(b"\0" * 5000 + written + b"\0" * 5000)
        assert f"{number}: {way}" in written_down(tmp_path, ways)


def write_all_down(stand: Stand) -> None:
    """Let databases and broker write down all they hold in memory, where the search comes by."""
    for name in ("main", "vault"):
        with stand.superuser(name) as server:
            server.execute("checkpoint")
            with contextlib.suppress(psycopg.errors.UndefinedColumn):
                server.execute(f"select {ASKED_AMISS}".encode())
    save_the_broker(stand)


def save_the_broker(stand: Stand) -> None:
    """Let the broker write down all it knows, in clear, where the search comes by."""
    assert stand.ours.broker is not None
    with redis.Redis(unix_socket_path=str(stand.ours.broker.socket)) as broker:
        broker.config_set("rdbcompression", "no")
        broker.save()
    assert (stand.state / "broker" / "dump.rdb").exists()


def test_a_dump_from_before_opens_for_none_of_the_destroyed_and_still_for_the_others(gone: Gone) -> None:
    main = gone.stand.cluster("main")
    assert written_down(gone.aside / "main", forms(MARK)) == []
    with psycopg.connect(main.url("postgres", "postgres"), autocommit=True) as server:
        server.execute(b"create database dump_of_before")
    env = {**QUIET, "PGPASSWORD": main.passwords["postgres"]}
    words = ("--host", str(main.sockets), "--username", "postgres", "--quiet", "--set", "ON_ERROR_STOP=1")
    program = str(main.programs.folder / "psql")
    loaded = subprocess.run(
        [program, *words, "--dbname", "dump_of_before", "--file", str(gone.aside / "main" / "dump.sql")],
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert loaded.returncode == 0, loaded.stderr[-2000:]
    unlock(main.url("postgres", "dump_of_before"), main)
    nothing_opens(gone, main.url(main.app, "dump_of_before"))


def test_a_physical_copy_from_before_opens_for_none_of_the_destroyed_and_still_for_the_others(gone: Gone) -> None:
    with copied(gone) as copy:
        nothing_opens(gone, copy.url(copy.app))


@contextmanager
def copied(gone: Gone) -> Iterator[Cluster]:
    """The physical copy, started as a server of its own."""
    main = gone.stand.cluster("main")
    copy = replace(main, state=gone.aside)
    own_folder(gone.aside / "logs", 0o700)
    give_to_service_user(copy.sockets)
    (copy.data / "postmaster.pid").unlink(missing_ok=True)
    running = processes.spawn(copy.service(), die_with_us=True)
    try:
        copy.wait()
        yield copy
    finally:
        processes.stop([running])


def unlock(address: str, main: Cluster) -> None:
    """Say that this database stands where it was opened: who stole it is not stopped by a note in it."""
    with psycopg.connect(address, autocommit=True) as thief:
        thief.execute(
            "update base_opening set place = (select system_identifier::text from pg_control_system())"
            " || '/' || (select oid::text from pg_database where datname = current_database())"
        )
        # Each database says for itself who may come in.
        thief.execute(f"grant connect on database dump_of_before to {main.app}".encode())


def nothing_opens(gone: Gone, address: str) -> None:
    """Of the destroyed every value and file is there and none opens; those that were kept are whole."""
    told = gone.read(address, gone.aside / "files")
    for dossier_id in gone.made["approved"]:
        assert set(told[dossier_id]) == {"KeyDestroyed", "file KeyDestroyed"}, told[dossier_id]
        assert told[dossier_id]["file KeyDestroyed"] >= FILES
    for dossier_id in gone.made["kept"]:
        assert set(told[dossier_id]) == {"opened", "file opened"}, told[dossier_id]


def test_after_the_nights_tidying_no_destroyed_key_is_in_any_file_of_the_vault(gone: Gone) -> None:
    """Before it they are: PostgreSQL only marks what is deleted. That it is seen then shows that the search sees."""
    vault = gone.stand.state / "vault"
    gone_keys = {one: key for one, key in gone.keys.items()}
    with gone.stand.superuser("vault") as server:
        server.execute("checkpoint")
    before = written_down(vault, gone_keys)
    assert any("pg_wal" in where for where in before) and any("base" in where for where in before), before
    assert gone.stand.app is not None
    told = json.loads(gone.stand.app.command("tidy_vault", "--json", log="tidy"))
    assert told["log_is_removed"] is True
    assert written_down(vault, gone_keys) == []
    kept = {one: key for one, key in wrapped(gone.stand).items() if one in gone.made["kept"]}
    assert len(kept) == KEPT
    with gone.stand.superuser("vault") as server:
        server.execute("checkpoint")
    assert len({where.rpartition(": ")[2] for where in written_down(vault, kept)}) == KEPT
