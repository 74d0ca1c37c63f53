"""Settings of the whole application; what differs between places comes from the environment.

CASEMGMT_ENV is demo (default), test or production. In production every missing
setting stops the start with one sentence that names it.
"""

from pathlib import Path
from typing import Any

from casemgmt.settings.environment import (
    ENV,
    PRODUCTION,
    ROOT,
    broker,
    database,
    folder,
    hosts,
    key,
    key_or_none,
    never_in_production,
    optional,
    public_keys,
    secret,
)

CASEMGMT_ENV = ENV
DEBUG = False
SECRET_KEY = secret("CASEMGMT_SECRET_KEY", "a long random text", "only-for-demo-" + "x" * 50)
ALLOWED_HOSTS = hosts("CASEMGMT_HOSTS", "localhost,127.0.0.1,[::1],testserver")
# How mail names us. Pages ask the request; a message is written by a worker, who has none.
ADDRESS = optional("CASEMGMT_ADDRESS", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else "http://localhost:8000")
ROOT_URLCONF = "casemgmt.urls"
WSGI_APPLICATION = "casemgmt.wsgi.application"
AUTH_USER_MODEL = "accounts.User"

STATE = Path(optional("CASEMGMT_STATE", str(ROOT / ".state")))
FILES = folder("CASEMGMT_FILES", "the folder of sealed files", str(STATE / "files"))
# While this file is there, every page says that we are at work. Web and worker both see the folder of files.
MAINTENANCE_FILE = Path(optional("CASEMGMT_MAINTENANCE_FILE", str(FILES / "maintenance.json")))
# Who asks for /metrics/ gives this; without it only who asks on the machine itself gets an answer.
METRICS_TOKEN = optional("CASEMGMT_METRICS_TOKEN")
CLOCK_FILE = never_in_production("CASEMGMT_CLOCK_FILE", "it moves the clock, and with it every term of law")
FAILPOINT = never_in_production("FAILPOINT", "it kills the process at a named place")
MASTER_KEY = key("CASEMGMT_MASTER_KEY", "base64 of 32 random bytes")
# During a change of the master key: the one before, which still opens what was not locked again.
PREVIOUS_MASTER_KEY = key_or_none("CASEMGMT_PREVIOUS_MASTER_KEY", "base64 of 32 random bytes")
SIGNING_KEY = key("CASEMGMT_SIGNING_KEY", "base64 of an Ed25519 seed of 32 bytes")
# Certificates that were signed before a change of key stay verifiable with these.
RETIRED_KEYS = public_keys("CASEMGMT_RETIRED_KEYS")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "casemgmt.base",
    "casemgmt.web",
    "casemgmt.accounts",
    "casemgmt.organisations",
    "casemgmt.vault",
    "casemgmt.vault.keystore",
    "casemgmt.audit",
    "casemgmt.policy",
    "casemgmt.letters",
    "casemgmt.work",
    "dossiers",
    "consent",
    "disclosures",
    "retention",
    "client_requests",
    "portal",
    "demo",
    "casemgmt",
    "auditlog",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "casemgmt.audit.middleware.RequestContextMiddleware",
    "casemgmt.observing.ObservingMiddleware",
    "casemgmt.maintenance.MaintenanceMiddleware",
    "casemgmt.refusals.RefusalMiddleware",
    "casemgmt.accounts.middleware.TwoSessionsMiddleware",
    "casemgmt.web.middleware.PageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "casemgmt.accounts.middleware.SessionLimitsMiddleware",
    "casemgmt.entrance.OrganisationMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "casemgmt.web.jinja.environment",
            "context_processors": ["django.contrib.messages.context_processors.messages"],
        },
    },
    {
        # allauth's mail texts; no page of ours is a Django template.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ]
        },
    },
]

_LOCAL = "postgresql://{role}@/{name}?host=/nonexistent"
_SUFFIX = optional("CASEMGMT_TEST_SUFFIX")
DATABASES = {
    "default": database(
        "DATABASE_URL",
        "the address of the database, as the application's role",
        guard=True,
        fallback=_LOCAL.format(role="casemgmt_app", name="casemgmt"),
    )
    | {"TEST": {"MIRROR": "owner"}},
    "vault": database(
        "VAULT_DATABASE_URL",
        "the address of the vault's own database cluster, as the application's role",
        guard=True,
        fallback=_LOCAL.format(role="vault_app", name="vault"),
    )
    | {"TEST": {"MIRROR": "vault_owner"}},
}
# Owners migrate and nothing else; web and worker in production are started without their addresses.
_OWNERS = {
    "owner": ("DATABASE_OWNER_URL", "casemgmt_owner", "casemgmt"),
    "vault_owner": ("VAULT_DATABASE_OWNER_URL", "vault_owner", "vault"),
}
for _alias, (_setting, _role, _name) in _OWNERS.items():
    if optional(_setting) or not PRODUCTION:
        DATABASES[_alias] = database(
            _setting, "the owner's address", guard=False, fallback=_LOCAL.format(role=_role, name=_name)
        ) | {"TEST": {"NAME": f"test_{_name}{_SUFFIX}", "DEPENDENCIES": []}}
    else:
        DATABASES[{"owner": "default", "vault_owner": "vault"}[_alias]]["TEST"] = {}
DATABASE_ROUTERS = ["casemgmt.vault.router.VaultRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# auditlog's own table is swapped for ours; its migrations would still make the stock one.
MIGRATION_MODULES = {"auditlog": None}

BROKER_URL = broker("BROKER_URL", "the address of Redis or Valkey", "redis+socket:///nonexistent")
# Several installations may share one broker: each has its own corner of it.
BROKER_PREFIX = optional("CASEMGMT_BROKER_PREFIX", "casemgmt")


def _cache_location(url: str) -> str:
    return url.replace("redis+socket://", "unix://", 1) if url.startswith("redis+socket") else url


CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": _cache_location(BROKER_URL),
        "KEY_PREFIX": BROKER_PREFIX,
    }
}

AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "dossiers.access.Backend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher" if PRODUCTION else "casemgmt.accounts.hashers.CheapArgon2"
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUDITLOG_LOGENTRY_MODEL = "audit.LogEntry"
ANONYMOUS_USER_NAME = None  # guardian: nobody is granted anything by being nobody
# It asks for guardian's own backend, which honours expired grants and superusers; dossiers.access.Backend decides here.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Europe/Amsterdam"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = Path(optional("CASEMGMT_STATIC", str(STATE / "static")))
WHITENOISE_USE_FINDERS = not PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

from casemgmt.settings.backups import *
from casemgmt.settings.logs import LOGGING as LOGGING
from casemgmt.settings.mail import *
from casemgmt.settings.security import *
from casemgmt.settings.sign_in import *
