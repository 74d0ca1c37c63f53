"""The compose file, played: from generated secrets to a backup, in production's own settings."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts import compose_env
from scripts.processes import give_to_service_user
from scripts.state import own_folder
from tests.services.playing import Played, until
from tests.services.test_compose import DOCUMENT, SERVICES, typed

pytestmark = pytest.mark.long

ORGANISATION = ("--slug", "het-huis", "--name", "Het Huis", "--kind", "sterk-huis")
ADA = ("--organisation", "het-huis", "--email", "ada@example.org", "--name", "Ada Bos", "--code")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def played() -> Iterator[Played]:
    """Everything that stays is up, in the order of the file; nobody is invited yet."""
    folder = own_folder(Path(tempfile.mkdtemp(prefix="casemgmt-compose-", dir="/var/tmp")))
    folder.chmod(0o711)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compose_env, "FOLDER", folder / "compose")
        patch.setattr(sys, "argv", ["compose_env.py", "dossiers.example.org", "smtp://localhost:9"])
        assert compose_env.main() == 0
    for name in ("logs", "files", "ledger", "backups", "vault-backups", "static"):
        (folder / name).mkdir(mode=0o700)
    give_to_service_user(folder / "tmp", 0o777)
    ours = Played(folder, SERVICES, {name: free_port() for name in ("database", "vault", "broker", "web")})
    try:
        for name in ("database", "vault", "broker"):
            ours.start(name)
        for name in ("prepare", "migrate"):
            done = ours.run(name)
            assert done.returncode == 0, done.stdout + done.stderr
        done = ours.run("web", "python", "manage.py", "collectstatic", "--no-input")
        assert done.returncode == 0, done.stderr
        for name in ("web", "worker", "beat"):
            ours.start(name)
        yield ours
    finally:
        ours.stop()
        shutil.rmtree(folder, ignore_errors=True)


def asked(played: Played, path: str, **headers: str) -> tuple[int, str]:
    """What the web process answers to the proxy before it."""
    line = http.client.HTTPConnection("127.0.0.1", played.ports["web"], timeout=15)
    try:
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        return answer.status, answer.read().decode("utf-8", "replace")
    except OSError:
        return 0, ""
    finally:
        line.close()


def log(played: Played, name: str) -> str:
    return (played.folder / "logs" / f"{name}.log").read_text(errors="replace")


def test_everything_comes_up_well_and_says_so_in_the_words_of_the_compose_file(played: Played) -> None:
    until(lambda: asked(played, "/health/", Host="localhost")[0] == 200, 90, f"health {log(played, 'web')}")
    for name in ("worker", "beat"):
        until(lambda name=name: played.healthy(name), 60, name)  # type: ignore[misc]
    proxied = {"Host": "dossiers.example.org", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7"}
    assert asked(played, "/inloggen/", **proxied)[0] == 200
    assert asked(played, "/inloggen/", Host="dossiers.example.org")[0] == 301, "TLS only"
    assert asked(played, "/inloggen/", **{**proxied, "Host": "evil.example.org"})[0] == 400


def test_the_deployment_check_finds_nothing_with_the_secrets_that_were_made(played: Played) -> None:
    words = ("check", "--deploy", "--fail-level", "WARNING", "--database", "default", "--database", "vault")
    done = played.run("web", "python", "manage.py", *words)
    assert done.returncode == 0, done.stdout + done.stderr


def test_from_the_first_organisation_to_its_return_out_of_a_backup_when_all_was_lost(played: Played) -> None:
    well(played, "web", "organisation", "found", *ORGANISATION)
    well(played, "web", "staff", "invite", *ADA, "--role", "organisation_administrator")
    without = played.run("backup")
    assert without.returncode == 2 and "CASEMGMT_BACKUP_RECIPIENT" in without.stderr, without.stderr
    line = as_told(played, "backup_key").strip()
    with (played.folder / "compose" / "backup.env").open("a") as known:
        known.write(f"CASEMGMT_BACKUP_RECIPIENT={line}\n")
    done = played.run("backup")
    assert done.returncode == 0, done.stdout + done.stderr
    for folder in ("backups", "vault-backups"):
        sealed = [path for path in (played.folder / folder).rglob("*") if path.is_file()]
        assert sealed and all(b"ada@example.org" not in path.read_bytes() for path in sealed)
    safe = played.folder / "safe"
    (heads := safe / "heads.jsonl").write_text(well(played, "web", "audit_head"))
    lose_everything(played)
    shutil.copyfile(played.folder / "ledger" / "erased.jsonl", safe / "erased.jsonl")
    told = json.loads(as_told(played, "restore", "--json"))
    assert told["open"] and [one["organisation"] for one in told["trail"]] == ["het-huis", None]
    for name in ("web", "worker", "beat"):
        played.start(name)
    until(lambda: asked(played, "/health/", Host="localhost")[0] == 200, 90, "health after the restore")
    well(played, "web", "audit_verify", "--head", str(heads))


def as_told(played: Played, what: str, *more: str) -> str:
    """What the command says that docs/operation.md tells to type, with its folder of the host in ours."""
    (told,) = [
        one for one in typed(DOCUMENT.read_text(encoding="utf-8")) if what in (one.service, *one.words) and one.folders
    ]
    safe = played.folder / "safe"
    safe.mkdir(mode=0o700, exist_ok=True)
    entry = played.entrypoint(told.service) if "entrypoint" in SERVICES[told.service] else []
    done = played.run(told.service, *entry, *(word.replace("/safe/", f"{safe}/") for word in told.words), *more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def lose_everything(played: Played) -> None:
    """Both databases and the folder of files; the ledger stands on another machine."""
    played.end("web", "worker", "beat", "tidy")
    for name in ("database", "vault"):
        played.end(name)
        shutil.rmtree(played.folder / name)
        played.start(name)
    shutil.rmtree(played.folder / "files")
    (played.folder / "files").mkdir(mode=0o700)
    done = played.run("prepare")
    assert done.returncode == 0, done.stdout + done.stderr


def well(played: Played, service: str, *words: str) -> str:
    """What a management command of a service prints, when it ends with 0."""
    done = played.run(service, "python", "manage.py", *words)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_keystore_is_tidied_at_the_start_and_not_only_a_day_later(played: Played) -> None:
    played.start("tidy")
    until(lambda: "Nothing of destroyed keys is left" in log(played, "tidy"), 30, "a first tidying")


def test_the_application_cannot_do_what_only_the_owner_may(played: Played) -> None:
    for command in ("migrate_all", "tidy_vault"):
        done = played.run("web", "python", "manage.py", command)
        assert (done.returncode, "Traceback" in done.stderr) == (2, False), done.stderr
        assert "OWNER_URL" in done.stderr
