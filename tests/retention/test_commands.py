"""What an auditor or operator runs: verifying a certificate anywhere, with openssl too, and how destruction stands."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from casemgmt.base import clock
from casemgmt.base.models import Job
from casemgmt.base.organisation import organisation
from retention import certificates, night, signing
from retention.models import Removal
from tests.retention.places import dossier, settle

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """A genuine certificate and the key, as they are downloaded."""
    text = json.dumps({"number": "2026-abc", "organisation": "sterk-huis", "made_at": "2026-11-30T12:00:00+00:00"})
    signature = base64.b64encode(signing.signing_key().sign(text.encode())).decode()
    file, key = tmp_path / "certificate.json", tmp_path / "key.pem"
    file.write_text(certificates.CertificateFile(text, signature, signing.public_keys_pem()).to_json())
    key.write_text(signing.public_keys_pem())
    return file, key


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The command as an auditor runs it: no database, no services."""
    nowhere = {name: value for name, value in os.environ.items() if not name.endswith("_URL")}
    return subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=nowhere, capture_output=True, text=True)


def test_a_genuine_certificate_verifies_without_database_or_services(files: tuple[Path, Path]) -> None:
    done = run("verify_certificate", str(files[0]), "--key", str(files[1]), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["content"]["number"] == "2026-abc"


def test_a_changed_certificate_or_another_key_does_not_verify(files: tuple[Path, Path], tmp_path: Path) -> None:
    file, key = files
    changed = tmp_path / "changed.json"
    changed.write_text(file.read_text().replace("2026-abc", "2026-abd"))
    for words in ((str(changed), str(key)), (str(file), str(file))):
        out = StringIO()
        with pytest.raises(SystemExit) as ended:
            call_command("verify_certificate", words[0], "--key", words[1], "--json", stdout=out)
        assert ended.value.code == 1
        assert json.loads(out.getvalue())["genuine"] is False


@pytest.mark.parametrize("nested", ["[" * 200_000, json.dumps({"text": "[" * 200_000, "signature": ""})])
def test_a_file_nested_without_end_is_no_genuine_certificate(
    files: tuple[Path, Path], tmp_path: Path, nested: str
) -> None:
    deep, out = tmp_path / "deep.json", StringIO()
    deep.write_text(nested)
    with pytest.raises(SystemExit) as ended:
        call_command("verify_certificate", str(deep), "--key", str(files[1]), "--json", stdout=out)
    assert ended.value.code == 1
    assert json.loads(out.getvalue()) == {"genuine": False, "error": "This is not a genuine certificate."}


def test_a_file_that_is_not_there_is_said_so(files: tuple[Path, Path]) -> None:
    with pytest.raises(CommandError) as ended:
        call_command("verify_certificate", "nowhere.json", "--key", str(files[1]))
    assert ended.value.returncode == 2


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl binary")
def test_openssl_alone_verifies_a_certificate(files: tuple[Path, Path], tmp_path: Path) -> None:
    stored = json.loads(files[0].read_text())
    for text, genuine in ((stored["text"], True), (stored["text"] + " ", False)):
        (tmp_path / "text").write_text(text)
        (tmp_path / "signature").write_bytes(base64.b64decode(stored["signature"]))
        words = ["pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "text", "-sigfile", "signature"]
        done = subprocess.run(["openssl", *words], cwd=tmp_path, capture_output=True, text=True)
        assert (done.returncode == 0) is genuine, done.stderr


def status(**options: Any) -> tuple[int, list[dict[str, Any]]]:
    out, code = StringIO(), 0
    try:
        call_command("destruction_status", "--json", stdout=out, **options)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_the_status_counts_states_and_names_what_is_stuck() -> None:
    house = settle()
    dossier(house, closed_on=date(2010, 5, 1))
    with organisation(house.id):
        night.propose_due(house.id)
    assert status() == (
        0,
        [{"organisation": "sterk-huis", "states": {"proposed": 1}, "certificates": 0, "erased": 0, "stuck": []}],
    )
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    with organisation(house.id), transaction.atomic():
        Removal.objects.update(
            state="shredded",
            reviewed_by_id=house.people["karin"].id,
            reviewed_at=long_ago,
            approved_by_id=house.people["ria"].id,
            approved_at=long_ago,
            cooling_until=long_ago,
        )
        row = Removal.objects.get()
    code, found = status(organisation="sterk-huis")
    assert (code, found[0]["stuck"][0]["why"]) == (1, "no job")
    Job.objects.create(
        organisation_id=house.id,
        kind="retention.destroy",
        subject=row.id,
        due_at=clock.now() + timedelta(minutes=1),
        failed_at=clock.now(),
        last_error="OSError",
    )
    assert status()[1][0]["stuck"][0]["why"] == "OSError"
    with pytest.raises(CommandError):
        call_command("destruction_status", "--organisation", "nergens")


def public_line() -> str:
    """The long line of the key's PEM file, as an operator copies it into the setting."""
    return "".join(signing.pem(signing.signing_key().public_key()).splitlines()[1:-1])


def other_seed() -> str:
    """A key to change to."""
    return base64.b64encode(bytes(range(32))).decode()


def test_after_a_change_of_key_old_certificates_verify_and_say_with_which_key(
    files: tuple[Path, Path], tmp_path: Path, settings: Any
) -> None:
    document, before, line = files[0].read_text(), signing.present_id(), public_line()
    settings.SIGNING_KEY = other_seed()
    assert signing.present_id() != before
    with pytest.raises(ValueError, match="genuine"):
        certificates.verify(document, signing.public_keys_pem())
    settings.RETIRED_KEYS = [line]
    assert certificates.verify(document, signing.public_keys_pem()).key == before
    keys, out = tmp_path / "keys.pem", StringIO()
    keys.write_text(signing.public_keys_pem())
    call_command("verify_certificate", str(files[0]), "--key", str(keys), stdout=out)
    assert f"Signed with key {before}." in out.getvalue()


def test_a_certificate_that_names_a_key_is_genuine_with_no_other(files: tuple[Path, Path], settings: Any) -> None:
    """A thief of a retired key cannot make a certificate that says the present one signed it."""
    line, before = public_line(), signing.signing_key()
    settings.SIGNING_KEY, settings.RETIRED_KEYS = other_seed(), [line]
    for named, genuine in ((signing.present_id(), False), (signing.key_id(before.public_key()), True)):
        text = json.dumps({"number": "1", "key": named})
        signature = base64.b64encode(before.sign(text.encode())).decode()
        document = certificates.CertificateFile(text, signature, "").to_json()
        if genuine:
            assert certificates.verify(document, signing.public_keys_pem()).key == named
        else:
            with pytest.raises(ValueError, match="genuine"):
                certificates.verify(document, signing.public_keys_pem())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl binary")
def test_the_id_of_a_key_can_be_computed_by_anybody(files: tuple[Path, Path]) -> None:
    words = ["openssl", "pkey", "-pubin", "-in", str(files[1]), "-outform", "DER"]
    assert (
        hashlib.sha256(subprocess.run(words, capture_output=True, check=True).stdout).hexdigest()
        == signing.present_id()
    )
