"""Where settings come from: the environment, and outside production the file that ./run wrote."""

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parent.parent.parent
KINDS = ("demo", "test", "production")


def _load() -> dict[str, str]:
    found = dict(os.environ)
    name = found.get("CASEMGMT_ENV_FILE", "")
    if found.get("CASEMGMT_ENV", "demo") == "production" or not name:
        name = "" if found.get("CASEMGMT_ENV") == "production" else str(_demo_file())
    path = Path(name) if name else None
    if path and path.is_file() and os.access(path, os.R_OK):
        for line in path.read_text(encoding="utf-8").splitlines():
            key, separator, value = line.partition("=")
            if separator:
                found.setdefault(key.strip(), value.strip())
    return found


def _demo_file() -> Path:
    import hashlib

    tag = hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
    folder = Path("/var/tmp") / f"casemgmt-{tag}" if os.geteuid() == 0 else ROOT / ".state"
    return Path(os.environ.get("CASEMGMT_STATE", folder)) / "env"


_values = _load()
ENV = _values.get("CASEMGMT_ENV", "demo")
if ENV not in KINDS:
    raise ImproperlyConfigured(f"CASEMGMT_ENV must be one of {', '.join(KINDS)}, not {ENV!r}.")
PRODUCTION = ENV == "production"


def optional(name: str, default: str = "") -> str:
    """The value of a setting, or its default."""
    return _values.get(name, "") or default


def required(name: str, meaning: str, default: str) -> str:
    """The value of a setting that production must give; elsewhere ``default`` will do."""
    value = _values.get(name, "")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"{name} is not set: {meaning}.")
    return value or default


def never_in_production(name: str, meaning: str) -> str:
    """The value of a setting for tests and demonstrations; production that has it does not start."""
    value = _values.get(name, "")
    if value and PRODUCTION:
        raise ImproperlyConfigured(f"{name} is set, and production refuses it: {meaning}.")
    return value


def database(name: str, meaning: str, *, guard: bool, fallback: str) -> dict[str, Any]:
    """Django's settings of one database from the URL in the setting ``name``."""
    url = required(name, meaning, fallback)
    try:
        parts = conninfo_to_dict(url)
    except Exception:
        raise ImproperlyConfigured(f"{name} is not a PostgreSQL address.") from None
    known = {"dbname", "user", "password", "host", "port"}
    return {
        "ENGINE": "casemgmt.base.db",
        "NAME": parts.get("dbname") or "casemgmt",
        "USER": parts.get("user") or "",
        "PASSWORD": parts.get("password") or "",
        "HOST": parts.get("host") or "",
        "PORT": str(parts.get("port") or ""),
        "OPTIONS": {key: value for key, value in parts.items() if key not in known},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "ORGANISATION_GUARD": guard,
    }
