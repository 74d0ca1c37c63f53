"""The compose file and the image: checked by what knows their forms, and by what our services need of each other."""

import argparse
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from scripts import compose_env
from tests.services.test_configuration import ROOT

COMPOSE = ROOT / "docker-compose.yml"
PROGRAMS = Path(sys.executable).parent
MAIL = "smtp+starttls://user:word@mail.example.org"


def compose() -> dict[str, Any]:
    """The file as Compose reads it."""
    found: dict[str, Any] = YAML(typ="safe").load(COMPOSE)
    return found


SERVICES: dict[str, dict[str, Any]] = compose()["services"]


# What somebody types, between the marks of code of a document.
TYPED = re.compile(r"`docker compose (run [^`]+)`")
DOCUMENT = ROOT / "docs" / "operation.md"


@dataclass(frozen=True)
class Typed:
    """A `docker compose run` as a document tells it: which service, with which folders more, and what it runs."""

    service: str
    folders: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def mounted(self) -> set[str]:
        """Every folder that is more than the image's own file system, which nobody can write."""
        given = [*SERVICES[self.service].get("volumes", []), *self.folders]
        return {each.split(":")[1] for each in given}


def typed(text: str) -> list[Typed]:
    """Every command of a document that runs a service once."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    parser.add_argument("-v", "--volume", action="append", default=[])
    parser.add_argument("--rm", action="store_true")
    parser.add_argument("--no-deps", action="store_true")
    parser.add_argument("service")
    parser.add_argument("words", nargs=argparse.REMAINDER)
    found = []
    for line in TYPED.findall(text):
        given = parser.parse_args(shlex.split(line)[1:])
        found.append(Typed(given.service, tuple(given.volume), tuple(given.words)))
    return found


def account() -> str:
    """As whom the image runs everything."""
    (number,) = re.findall(r"^USER (\d+)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    return str(number)


def cannot_work(text: str) -> list[str]:
    """What of the commands that a document tells to type cannot work with the compose file and the image."""
    wrong = []
    for one in typed(text):
        if one.service not in SERVICES:
            wrong.append(f"no service {one.service}")
            continue
        files = [word for word in one.words if "/" in word or word.endswith((".pem", ".jsonl"))]
        wrong += [f"{file} is in no folder that stays" for file in files if str(Path(file).parent) not in one.mounted]
        for folder in one.folders:
            here, *rest = folder.split(":")
            made = f"chown -R {account()} {here}" if rest[1:] == ["ro"] else f"install -d -o {account()} -m 0700 {here}"
            wrong += [] if f"`{made}`" in text else [f"nothing says `{made}`"]
    return wrong


def test_what_the_document_tells_to_type_works_for_an_account_that_may_write_nothing_of_the_image() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert {one.service for one in typed(text)} >= {"web", "backup", "restore", "prepare"}
    assert cannot_work(text) == []
    assert all(SERVICES[one.service]["read_only"] for one in typed(text))


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("run --rm web python manage.py backup_key backup-key.pem", "is in no folder that stays"),
        ("run --rm web python manage.py backup_key /safe/backup-key.pem", "is in no folder that stays"),
        ("run --rm -v /only-roots:/safe web python manage.py backup_key /safe/backup-key.pem", "nothing says"),
        ("run --rm -v /only-roots:/safe:ro restore --key /safe/backup-key.pem", "nothing says"),
        ("run --rm keys", "no service"),
    ],
)
def test_what_cannot_work_as_typed_is_seen(words: str, wrong: str) -> None:
    (found,) = cannot_work(f"Type `docker compose {words}`.")
    assert wrong in found


def against_the_schema(path: Path) -> subprocess.CompletedProcess[str]:
    words = [PROGRAMS / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", path]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_the_compose_file_is_what_the_schema_of_compose_allows(tmp_path: Path) -> None:
    done = against_the_schema(COMPOSE)
    assert done.returncode == 0, done.stdout + done.stderr
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(COMPOSE.read_text().replace("    depends_on:\n", "    depend_on:\n", 1))
    assert against_the_schema(wrong).returncode == 1, "a key that Compose does not know is seen"


def test_the_linter_of_images_finds_nothing_wrong_with_ours() -> None:
    done = subprocess.run([PROGRAMS / "hadolint", ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    bare = subprocess.run(
        [PROGRAMS / "hadolint", "-"], input="FROM python\nRUN cd /tmp\n", capture_output=True, text=True, check=False
    )
    assert bare.returncode == 1, "an image without a version is seen"


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_waits_for_is_there_and_says_when_it_is_ready(name: str) -> None:
    for other, asked in SERVICES[name].get("depends_on", {}).items():
        if asked["condition"] == "service_healthy":
            assert SERVICES[other]["healthcheck"]["test"]
        else:
            assert asked["condition"] == "service_completed_successfully" and SERVICES[other]["restart"] == "no"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_a_named_release_a_network_and_volumes_that_are_declared(name: str) -> None:
    service, whole = SERVICES[name], compose()
    assert re.search(r":(?!latest)[\w.-]+$", service["image"]), service["image"]
    assert set(service["networks"]) <= set(whole["networks"])
    for volume in service.get("volumes", []):
        assert volume.split(":")[0] in whole["volumes"], volume
    assert service["restart"] in ("no", "unless-stopped")


def test_each_service_learns_no_more_secrets_than_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compose_env, "FOLDER", tmp_path / "compose")
    monkeypatch.setattr(sys, "argv", ["compose_env.py", "dossiers.example.org", MAIL])
    assert compose_env.main() == 0
    made = {path.name: path.read_text() for path in (tmp_path / "compose").iterdir()}
    assert all((path.stat().st_mode & 0o777) == 0o600 for path in (tmp_path / "compose").iterdir())
    asked = {name: {Path(one).name for one in service.get("env_file", [])} for name, service in SERVICES.items()}
    assert set.union(*asked.values()) <= set(made), "each file that is asked for is made"
    for name in ("web", "worker", "beat"):
        known = "".join(made[one] for one in asked[name])
        assert "OWNER" not in known and "ADMIN" not in known and "BACKUP" not in known, name
    owners = {name for name, files in asked.items() if "owner.env" in files}
    assert owners == {"prepare", "migrate", "tidy", "restore"}
    assert {name for name, files in asked.items() if "admin.env" in files} == {"prepare"}
    assert compose_env.main() == 1, "what was made is never written over"


@pytest.mark.parametrize(
    "words", [[], ["dossiers.example.org"], ["dossiers.example.org", "mail.example.org"], ["localhost", MAIL],
              ["dossiers.example.org", "smtps://user:wo$rd@mail.example.org"]]
)  # fmt: skip
def test_without_a_site_and_a_server_for_its_mail_no_secret_is_made(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(compose_env, "FOLDER", tmp_path / "compose")
    monkeypatch.setattr(sys, "argv", ["compose_env.py", *words])
    assert compose_env.main() == 2
    assert "Usage" in capsys.readouterr().err and not (tmp_path / "compose").exists()


def test_whoever_sends_mail_or_answers_people_reaches_the_world_and_nobody_else() -> None:
    """The worker sends the mail; databases, keys and broker have no way out and none in."""
    assert compose()["networks"]["inside"]["internal"] is True
    outside = {name for name, service in SERVICES.items() if "outside" in service["networks"]}
    assert outside == {"web", "worker", "clamav"}
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"web"}
    assert SERVICES["web"]["ports"] == ["127.0.0.1:8000:8000"]


def test_the_keys_share_no_server_no_folder_and_no_backup_with_the_dossiers() -> None:
    database, vault = SERVICES["database"], SERVICES["vault"]
    assert not set(database["volumes"]) & set(vault["volumes"])
    assert not set(database["env_file"]) & set(vault["env_file"])
    assert "wal_recycle=off" in vault["command"]
    assert {"backups:/backups", "vault-backups:/vault-backups"} <= set(SERVICES["backup"]["volumes"])
