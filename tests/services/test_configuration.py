"""A wrong setting stops the start with one sentence that names it; nothing runs on until it hurts."""

import base64
import os
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

import pytest

from casemgmt.settings.mail import server

ROOT = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(bytes(32)).decode()
GOOD = {
    "CASEMGMT_ENV": "production",
    "CASEMGMT_SECRET_KEY": "x" * 64,
    "CASEMGMT_HOSTS": "dossiers.example.org,localhost",
    "CASEMGMT_MASTER_KEY": KEY,
    "CASEMGMT_SIGNING_KEY": KEY,
    "CASEMGMT_FILES": "/tmp",
    "DATABASE_URL": "postgresql://app:GEHEIM@db/none",
    "VAULT_DATABASE_URL": "postgresql://app:GEHEIM@vault/none",
    "BROKER_URL": "redis://:GEHEIM@broker:6379/0",
    "CASEMGMT_MAIL_URL": "smtp+starttls://app:GEHEIM@mail.example.org",
    "CASEMGMT_MAIL_FROM": "dossier@example.org",
}


def started(*words: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    """What a management command in production answers with these settings."""
    kept = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    env = {"PATH": os.environ["PATH"], **kept}
    return subprocess.run(
        [sys.executable, "manage.py", *(words or ("check",))],
        cwd=ROOT, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_right_settings_start_without_a_warning() -> None:
    done = started()
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CASEMGMT_SIGNING_KEY", "short"),
        ("CASEMGMT_SIGNING_KEY", base64.b64encode(bytes(31)).decode()),
        ("CASEMGMT_SIGNING_KEY", None),
        ("CASEMGMT_MASTER_KEY", "GEHEIM"),
        ("CASEMGMT_PREVIOUS_MASTER_KEY", "GEHEIM"),
        ("CASEMGMT_SECRET_KEY", "GEHEIM"),
        ("BROKER_URL", "http://x"),
        ("BROKER_URL", None),
        ("CASEMGMT_TRUSTED_PROXIES", "abc"),
        ("CASEMGMT_TRUSTED_PROXIES", "-1"),
        ("CASEMGMT_HOSTS", "https://dossiers.example.org"),
        ("CASEMGMT_FILES", "files"),
        ("CASEMGMT_MAIL_BACKEND", "no.such.Backend"),
        ("CASEMGMT_MAIL_FROM", "dossiers"),
        ("CASEMGMT_MAIL_FROM", None),
        ("CASEMGMT_MAIL_URL", None),
        ("CASEMGMT_MAIL_URL", "mail.example.org"),
        ("CASEMGMT_MAIL_URL", "smtp://"),
        ("CASEMGMT_MAIL_URL", "smtps://mail.example.org:many"),
        ("CASEMGMT_MAIL_URL", "smtp://app:GEHEIM@mail.example.org"),
        ("DATABASE_URL", "http://x"),
        ("CASEMGMT_ENV", "live"),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(name: str, value: str | None) -> None:
    done = started(**{name: value})
    assert done.returncode == os.EX_CONFIG
    (line,) = done.stderr.splitlines()
    assert name in line and "GEHEIM" not in line
    assert not done.stdout


def test_a_command_of_ours_is_not_called_unknown_because_of_a_setting() -> None:
    done = started("audit_verify", CASEMGMT_TRUSTED_PROXIES="abc")
    assert done.returncode == os.EX_CONFIG
    assert done.stderr.count("\n") == 1 and "CASEMGMT_TRUSTED_PROXIES" in done.stderr


def test_a_file_of_settings_that_is_not_there_is_told() -> None:
    done = started(CASEMGMT_ENV="demo", CASEMGMT_ENV_FILE="/nowhere/env")
    assert done.returncode == os.EX_CONFIG and "CASEMGMT_ENV_FILE" in done.stderr


PLAIN_HTTP = """
import django; django.setup()
from django.test import Client
for path in ("/health/", "/inloggen/", "/x/health/"):
    try:
        answer = Client(HTTP_HOST="localhost").get(path)
    except Exception as error:
        print(path, type(error).__name__)
    else:
        print(path, answer.status_code, answer.get("Location", ""))
answer = Client(HTTP_HOST="localhost", HTTP_X_FORWARDED_PROTO="https").get("/health/")
print(answer.get("Strict-Transport-Security", "none"))
"""


def test_the_image_can_ask_over_plain_http_how_it_is_and_nothing_else() -> None:
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "casemgmt.settings", **GOOD}
    env["PYTHONPATH"] = f"{ROOT}:{ROOT / 'requests'}"
    done = subprocess.run([sys.executable, "-c", PLAIN_HTTP], cwd=ROOT, env=env, capture_output=True, text=True)
    health, sign_in, elsewhere, secure = done.stdout.splitlines()
    assert health.split()[:2] == ["/health/", "503"], done.stderr  # no store stands behind these settings
    assert sign_in == "/inloggen/ 301 https://localhost/inloggen/"
    assert elsewhere == "/x/health/ 301 https://localhost/x/health/"
    assert secure.startswith("max-age=31536000")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("smtp+starttls://us%40er:wo%24rd@mail.example.org", ("mail.example.org", 587, "us@er", "wo$rd", False, True)),
        ("smtps://user:word@mail.example.org", ("mail.example.org", 465, "user", "word", True, False)),
        ("smtps://user:word@mail.example.org:2465", ("mail.example.org", 2465, "user", "word", True, False)),
        ("smtp://localhost", ("localhost", 25, "", "", False, False)),
    ],
)
def test_one_address_says_where_mail_goes_and_how(url: str, said: tuple[object, ...]) -> None:
    assert astuple(server(url)) == said
