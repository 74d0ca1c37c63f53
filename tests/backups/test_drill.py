"""The whole way: a dossier is destroyed after the backup, both clusters are lost, and it stays destroyed.

Nothing is pretended: clusters of their own, the commands as an operator types them, a process killed between
putting back and destroying again.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psycopg
import pytest

from scripts import restore_drill
from scripts.services import start
from scripts.state import CHECKOUT
from tests.fire.stand import Stand, standing

pytestmark = pytest.mark.long

DATABASES = ("main", "vault")
VAULT = ("VAULT_DATABASE_URL", "VAULT_DATABASE_OWNER_URL", "VAULT_DATABASE_BACKUP_URL")

WORK = "import django; django.setup(); from casemgmt.base import jobs; jobs.run_due()"
LOOK = """
import django, json; django.setup()
from django.test import Client
health = Client(HTTP_HOST="localhost").get("/health/").json()["parts"]["doors"]["well"]
page = Client(HTTP_HOST="localhost", raise_request_exception=False)
print(json.dumps([health, page.get("/o/sterk-huis/").status_code,
                  page.post("/inloggen/", {"login": "noor@sterk-huis.example", "password": "x"}).status_code]))
"""
# Everything that keeps organisations apart, as PostgreSQL itself has it.
WALLS = """
select relname, relrowsecurity, relforcerowsecurity,
  (select array_agg(grantee::regrole || ' ' || privilege_type order by grantee::regrole::text, privilege_type)::text
    from aclexplode(relacl)),
  (select count(*) from pg_policy where polrelid = c.oid), (select count(*) from pg_constraint where conrelid = c.oid),
  (select count(*) from pg_index where indrelid = c.oid),
  (select string_agg(tgname, ',' order by tgname) from pg_trigger where tgrelid = c.oid and not tgisinternal)
from pg_class c where relnamespace = 'public'::regnamespace and relkind = 'r'
union all
select 'new ones: ' || defaclobjtype::text, null, null,
  (select array_agg(grantee::regrole || ' ' || privilege_type order by grantee::regrole::text, privilege_type)::text
    from aclexplode(defaclacl)), 0, 0, 0, null
from pg_default_acl where defaclnamespace = 'public'::regnamespace
union all
select proname, prosecdef, null,
  (select array_agg(grantee::regrole || ' ' || privilege_type order by grantee::regrole::text, privilege_type)::text
    from aclexplode(proacl)), 0, 0, 0, md5(prosrc)
from pg_proc where pronamespace = 'public'::regnamespace and proname like 'casemgmt%'
"""


@pytest.fixture(scope="module")
def stand() -> Iterator[Stand]:
    with standing() as found:
        yield found


def command(env: Mapping[str, str], *words: str, code: int = 0) -> str:
    """What a command prints, and that it ended as it should."""
    done = subprocess.run([sys.executable, *words], cwd=CHECKOUT, env=dict(env), capture_output=True, text=True)
    assert done.returncode == code, f"{words}: {done.returncode}\n{done.stderr[-3000:]}"
    return done.stdout if code == 0 else done.stderr


def counted(url: str) -> dict[str, int]:
    """Rows per table, past row security."""
    with psycopg.connect(url) as connection:
        names = connection.execute("select relname from pg_class where relnamespace = 'public'::regnamespace"
                                   " and relkind = 'r'").fetchall()  # fmt: skip
        return {name: connection.execute(f'select count(*) from "{name}"'.encode()).fetchone()[0] for (name,) in names}


def walls(url: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(WALLS.encode()).fetchall()


MADE = ("make", "--kept", "2", "--waiting", "1", "--rows", "30", "--files", "3")


def database_of_keys(drill: Any, cluster: Any, name: str) -> dict[str, str]:
    """The drill's environment with an empty database beside its vault in the place of its vault."""
    with psycopg.connect(cluster.url("vault_owner"), autocommit=True) as owner:
        owner.execute(f"create database {name}".encode())
    return {**drill.env, **{address: drill.env[address].replace("/vault?", f"/{name}?") for address in VAULT}}


def keys_are_gone(earlier: dict[str, Any], after: dict[str, Any]) -> None:
    """A later backup took the earlier one's keys away, and left its data."""
    assert after["removed"]["vault"] == [Path(earlier["vault"]["folder"]).name]
    assert not Path(earlier["vault"]["folder"]).exists() and Path(earlier["data"]["folder"]).exists()


def only_the_destroyed_is_gone(env: dict[str, str], place: str, made: dict[str, Any]) -> None:
    """The doors are open, the kept dossiers whole, the destroyed one nowhere, and its certificate stands."""
    (gone,), kept = made["waiting"], sorted(made["kept"])
    health, page, sign_in = json.loads(command(env, "-c", LOOK))
    assert (health, page) == (True, 302) and sign_in != 503
    opened = json.loads(command(env, "-m", "tests.fire.fill", "read", place, gone, *kept))
    assert opened[gone] == {}, "not a row of it is left"
    for dossier_id in kept:
        assert set(opened[dossier_id]) == {"opened", "file opened"} and opened[dossier_id]["file opened"] == 3
    left = [path.name for path in Path(env["CASEMGMT_FILES"]).glob("*/*/*")]
    assert len(left) == 6 and not set(left) & set(made["waiting"][gone]["files"])
    status = json.loads(command(env, "manage.py", "destruction_status", "--json"))
    assert (status["erased"], status["certificates"], status["stuck"]) == (1, 1, [])
    assert all(json.loads(line)["ok"] for line in command(
        env, "manage.py", "audit_verify", "--json").splitlines())  # fmt: skip


def test_what_was_destroyed_after_the_backup_stays_destroyed(stand: Stand, tmp_path: Path) -> None:
    assert stand.app is not None
    home: dict[str, str] = dict(stand.app.env)
    made = json.loads(stand.command("-m", "tests.fire.fill", *MADE).stdout)
    place, (gone,) = made["organisation"], made["waiting"]
    heads = tmp_path / "heads.jsonl"
    backup = json.loads(stand.app.command("backup", "--json", log="backup"))
    assert backup["data"]["files"]["count"] == 9 and backup["data"]["files"]["missing"] == 0
    before = {name: counted(stand.cluster(name).url("postgres", stand.cluster(name).database)) for name in DATABASES}
    stand.command("-m", "tests.fire.fill", "approve", place, gone)
    stand.command("-c", WORK)
    status = json.loads(stand.app.command("destruction_status", "--json", log="status"))
    assert (status["erased"], status["certificates"]) == (1, 1), status
    heads.write_text(stand.app.command("audit_head", log="head"), encoding="utf-8")
    ledger = Path(home["CASEMGMT_FILES"]) / "ledger" / "erased.jsonl"
    assert len(ledger.read_text().splitlines()) == 1 and gone in ledger.read_text()
    drill = restore_drill.settle(home)
    try:
        drill.started = start(drill.services, die_with_us=True)
        there = {name: next(c for c in drill.services.clusters if c.name == name) for name in DATABASES}
        admin = {name: cluster.url("postgres", cluster.database) for name, cluster in there.items()}
        words = ["manage.py", "restore", "--into", "casemgmt", "vault", "--ledger", str(ledger), "--heads", str(heads)]
        chosen = ["--key", str(stand.state / "backup-key.pem"), "--json"]

        # Killed when all is put back and nothing is destroyed again: what was destroyed is there, and the doors hold.
        command({**drill.env, "FAILPOINT": "restore.loaded"}, *words, *chosen, code=-signal.SIGKILL)
        assert {name: counted(admin[name]) for name in DATABASES} == before
        for name in DATABASES:
            home_walls = set(walls(stand.cluster(name).url("postgres", stand.cluster(name).database)))
            assert sorted(home_walls ^ set(walls(admin[name])), key=str)[:4] == []
        with psycopg.connect(admin["vault"]) as vault:
            question = "select count(*) from keystore_dossierkey where dossier_id = %s"
            assert vault.execute(question, [gone]).fetchone() == (1,)
        assert json.loads(command(drill.env, "-c", LOOK)) == [False, 503, 503]
        assert "NotOpen" in command(drill.env, "-m", "tests.fire.fill", "read", place, gone, code=1)
        assert "holds tables already" in command(drill.env, *words, *chosen, code=2)

        # Taken up again: it is destroyed again, and only then do the doors open.
        told = json.loads(command(drill.env, *words, "--replay", "--json"))
        assert told["replayed"] == {"erasures": 1, "keys": 1, "dossiers": 1}
        assert told["trail"][0]["lost_at_least"] > 0, "what was written after the backup is told as lost"
        assert told["keys"] == [{"organisation": "sterk-huis", "dossiers_without_key": 0, "keys_without_dossier": 0}]
        only_the_destroyed_is_gone(drill.env, place, made)

        words[4] = "vault_again"
        again = database_of_keys(drill, there["vault"], "vault_again")
        # The vault alone is lost: its older backup brings the key back, and it goes before anybody can use it.
        told = json.loads(command(again, *words[:7], "--ledger-is-newest", "--lost", "vault", *chosen))
        assert told["replayed"] == {"erasures": 1, "keys": 1, "dossiers": 0}
        assert json.loads(command(again, "-m", "tests.fire.fill", "read", place, gone))[gone] == {}

        # Past its term that backup of the keys serves nobody, and goes with the next backup.
        (clock := tmp_path / "shift").write_text(str(7 * 24 * 3600))
        later = {"CASEMGMT_CLOCK_FILE": str(clock)}
        words[4] = "vault_late"
        late = {**database_of_keys(drill, there["vault"], "vault_late"), **later}
        assert "past its term" in command(late, *words[:7], "--ledger-is-newest", "--lost", "vault", *chosen, code=2)
        keys_are_gone(backup, json.loads(command({**home, **later}, "manage.py", "backup", "--json")))
    finally:
        restore_drill.clear(drill)
