"""Where backups and the ledger of erasures stand, how long they stay, and for whom they are sealed."""

import base64
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from casemgmt.settings.environment import KEY_BYTES, ROOT, number, optional

_STATE = Path(optional("CASEMGMT_STATE", str(ROOT / ".state")))


def _whole(name: str, default: Path) -> Path:
    """A folder by its whole path, or its default."""
    path = Path(optional(name, str(default)))
    if not path.is_absolute():
        raise ImproperlyConfigured(f"{name} must be a whole path that begins with /.")
    return path


def _public_key(name: str) -> bytes:
    """The public half of a backup key (X25519, 32 bytes in base64), or nothing."""
    try:
        value = base64.b64decode(optional(name), validate=True)
    except ValueError:
        value = b"?"
    if len(value) not in (0, KEY_BYTES):
        raise ImproperlyConfigured(f"{name} must be the line that `manage.py backup_key` printed.")
    return value


# Which dossiers were erased, written down where no restored database can take it back: best on another machine.
LEDGER = _whole("CASEMGMT_LEDGER", Path(optional("CASEMGMT_FILES", str(_STATE / "files"))) / "ledger")
# Two folders, so that whoever has the dossiers' backups does not have the keys'.
BACKUPS = _whole("CASEMGMT_BACKUPS", _STATE / "backups")
VAULT_BACKUPS = _whole("CASEMGMT_VAULT_BACKUPS", _STATE / "vault-backups")
BACKUP_DAYS = number("CASEMGMT_BACKUP_DAYS", 30)
VAULT_BACKUP_DAYS = number("CASEMGMT_VAULT_BACKUP_DAYS", 7)
# Only the public half: this machine makes backups and cannot read them again.
BACKUP_RECIPIENT = _public_key("CASEMGMT_BACKUP_RECIPIENT")
# A role that reads every row and writes none; web and worker never learn these.
BACKUP_URLS = {"data": optional("DATABASE_BACKUP_URL"), "vault": optional("VAULT_DATABASE_BACKUP_URL")}
PG_BIN = optional("CASEMGMT_PG_BIN")
