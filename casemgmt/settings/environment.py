"""Where settings come from: the environment, and outside production the file that ./run wrote."""

import base64
import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parent.parent.parent
KINDS = ("demo", "test", "production")
KEY_BYTES = 32
SHORTEST_SECRET = 40
HOST = re.compile(r"\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]")
# DER of an Ed25519 public key is a fixed beginning and 32 bytes.
PUBLIC_KEY = re.compile(r"MCowBQYDK2VwAyEA[A-Za-z0-9+/]{43}=")
BROKER = re.compile(r"rediss?://[^/\s]+|redis\+socket:///\S")
MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def _load() -> dict[str, str]:
    found = dict(os.environ)
    name = found.get("CASEMGMT_ENV_FILE", "")
    if found.get("CASEMGMT_ENV", "demo") == "production" or not name:
        name = "" if found.get("CASEMGMT_ENV") == "production" else str(_demo_file())
    elif not os.access(name, os.R_OK):
        raise ImproperlyConfigured(f"CASEMGMT_ENV_FILE names {name}, which cannot be read.")
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


def number(name: str, default: int) -> int:
    """The value of a setting that is a whole number of 0 or more."""
    value = optional(name, str(default))
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise ImproperlyConfigured(f"{name} must be a whole number of 0 or more, not {value!r}.")
    return int(value)


def key(name: str, meaning: str) -> str:
    """A key of 32 bytes in base64; outside production it may be absent. Its value is never told."""
    return _right_key(name, meaning, required(name, meaning, ""))


def key_or_none(name: str, meaning: str) -> str:
    """A key of 32 bytes in base64 that may be absent, in production too."""
    return _right_key(name, meaning, optional(name))


def _right_key(name: str, meaning: str, value: str) -> str:
    try:
        right = not value or len(base64.b64decode(value, validate=True)) == KEY_BYTES
    except ValueError:
        right = False
    if not right:
        raise ImproperlyConfigured(f"{name} must be {meaning}.")
    return value


def public_keys(name: str) -> list[str]:
    """Ed25519 public keys as they stand in their PEM files, the line between the marks, with commas between them."""
    found = [one.strip() for one in optional(name).split(",") if one.strip()]
    if not all(PUBLIC_KEY.fullmatch(one) for one in found):
        raise ImproperlyConfigured(
            f"{name} must hold Ed25519 public keys, the long line of each PEM file, with commas."
        )
    return found


def secret(name: str, meaning: str, default: str) -> str:
    """A text that nobody can guess; one that is too short says so instead of serving."""
    value = required(name, meaning, default)
    if len(value) < SHORTEST_SECRET:
        raise ImproperlyConfigured(f"{name} must be {meaning}, of {SHORTEST_SECRET} characters or more.")
    return value


def folder(name: str, meaning: str, default: str) -> Path:
    """A folder by its whole path: what a relative one means depends on where a process was started."""
    path = Path(required(name, meaning, default))
    if not path.is_absolute():
        raise ImproperlyConfigured(f"{name} must be {meaning}, as a whole path that begins with /.")
    return path


def hosts(name: str, default: str) -> list[str]:
    """Names under which the site is reached: no scheme, no path, no port."""
    found = [host.strip() for host in optional(name, default).split(",")]
    for host in found:
        if not HOST.fullmatch(host):
            raise ImproperlyConfigured(f"{name} must hold host names with commas between them; {host!r} is none.")
    return found


def broker(name: str, meaning: str, default: str) -> str:
    """The address of Redis or Valkey."""
    value = required(name, meaning, default)
    if not BROKER.match(value):
        schemes = "redis://, rediss:// or redis+socket://"
        raise ImproperlyConfigured(f"{name} must be {meaning}, and begin with {schemes}.")
    return value


def address(name: str, meaning: str, default: str) -> str:
    """An e-mail address, with or without a name before it."""
    value = required(name, meaning, default)
    if not MAIL.search(value):
        raise ImproperlyConfigured(f"{name} must be an e-mail address, not {value!r}.")
    return value


def backend(name: str, default: str) -> str:
    """A class in a module that is there; a typing error would else show with the first mail."""
    value = optional(name, default)
    try:
        there = "." in value and find_spec(value.rpartition(".")[0]) is not None
    except (ImportError, ValueError):
        there = False
    if not there:
        raise ImproperlyConfigured(f"{name} must be the Python name of a class, not {value!r}.")
    return value


# A server that hangs must not hang every page with it: seconds until a connection stands, and milliseconds until
# what was sent to it arrived (over a network; beside us it has no meaning). The address may say otherwise.
PATIENCE = {"connect_timeout": "3", "tcp_user_timeout": "10000"}


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
        "OPTIONS": {**PATIENCE, **{key: value for key, value in parts.items() if key not in known}},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "ORGANISATION_GUARD": guard,
    }
