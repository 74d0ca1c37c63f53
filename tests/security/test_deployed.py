"""What an operator puts on the internet (G9): `check --deploy`, headers, cookies, TLS, hosts, no defaults."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

from tests.services.test_configuration import GOOD, ROOT, started

ASK = """
import django; django.setup()
from django.conf import settings
from django.test import Client
answer = Client(HTTP_HOST="dossiers.example.org", HTTP_X_FORWARDED_PROTO="https").get("/componenten/bestaat-niet/")
for name in ("Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options",
             "Referrer-Policy", "Cross-Origin-Opener-Policy", "Server", "X-Powered-By"):
    print(name, "=", answer.get(name, "none"))
print("status =", answer.status_code)
print("plain =", Client(HTTP_HOST="dossiers.example.org").get("/inloggen/").status_code)
print("host =", Client(HTTP_HOST="evil.example.org", HTTP_X_FORWARDED_PROTO="https").get("/inloggen/").status_code)
print("debug =", settings.DEBUG)
print("cookies =", settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE and settings.SESSION_COOKIE_HTTPONLY)
print("hasher =", settings.PASSWORD_HASHERS[0].rpartition(".")[2])
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
print("checked =", "yes")
"""


def test_production_answers_with_every_header_over_tls_alone_and_to_its_own_name() -> None:
    env = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "casemgmt.settings", **GOOD}
    env["CASEMGMT_SECRET_KEY"] = "".join(chr(48 + number) for number in range(70))  # Django wants one that varies
    env["PYTHONPATH"] = f"{ROOT}:{ROOT / 'requests'}"
    done = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    told = dict(line.split(" = ", 1) for line in done.stdout.splitlines() if " = " in line)
    assert told.get("checked") == "yes", done.stderr
    assert told["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    policy = told["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "base-uri 'none'" in policy
    assert "unsafe" not in policy and "*" not in policy and "http" not in policy
    assert (told["X-Frame-Options"], told["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert (told["Referrer-Policy"], told["Cross-Origin-Opener-Policy"]) == ("same-origin", "same-origin")
    assert (told["Server"], told["X-Powered-By"], told["status"]) == ("none", "none", "404")
    assert (told["plain"], told["host"]) == ("301", "400")
    assert (told["debug"], told["cookies"], told["hasher"]) == ("False", "True", "Argon2PasswordHasher")


@pytest.mark.parametrize(
    "name",
    ["CASEMGMT_SECRET_KEY", "CASEMGMT_MASTER_KEY", "VAULT_DATABASE_URL"],
)
def test_production_has_no_default_of_what_must_be_secret(name: str) -> None:
    done = started(**{name: None})
    assert done.returncode == os.EX_CONFIG and name in done.stderr


def test_there_is_no_admin_no_debug_page_and_nobody_comes_in_with_a_name_that_everybody_knows() -> None:
    assert "django.contrib.admin" not in settings.INSTALLED_APPS
    assert not settings.DEBUG
    client = Client(raise_request_exception=False)
    for path in ("/admin/", "/__debug__/", "/static/../manage.py", "/.env", "/.git/config", "/metrics/../admin/"):
        assert client.get(path).status_code in (400, 404), path
