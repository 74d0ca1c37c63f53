"""Generate the secrets of docker-compose.yml, once: `python3 scripts/compose_env.py HOST MAIL`.

HOST is the name of the site, MAIL the server that sends its mail: smtp+starttls://user:password@mail.example.org.

Each service gets a file of its own in .state/compose/, with no more than it needs: web and
worker never see the owner's or a superuser's password. Standard library only.
"""

import base64
import re
import secrets
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / ".state" / "compose"
HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
# What compose itself would read something into; in an address each has its %-code.
MAIL = re.compile(r"""smtp(s|\+starttls)?://[^\s$'"#\\]+""")


def files(host: str, mail: str) -> dict[str, dict[str, str]]:
    """The content of every file."""
    word = secrets.token_hex
    databases = {"": ("database", "casemgmt", "casemgmt"), "VAULT_": ("vault", "vault", "vault")}
    found: dict[str, dict[str, str]] = {"app": {}, "owner": {}, "backup": {}, "admin": {}}
    for prefix, (server, database, role) in databases.items():
        superuser = word(24)
        found[server] = {"POSTGRES_PASSWORD": superuser}
        for file, kind, user, password in (
            ("app", "", f"{role}_app", word(24)),
            ("owner", "OWNER_", f"{role}_owner", word(24)),
            ("backup", "BACKUP_", f"{role}_backup", word(24)),
            ("admin", "ADMIN_", "postgres", superuser),
        ):
            name = "postgres" if file == "admin" else database
            found[file][f"{prefix}DATABASE_{kind}URL"] = f"postgresql://{user}:{password}@{server}:5432/{name}"
    found["broker"] = {"BROKER_PASSWORD": word(24)}
    found["app"] |= {
        "BROKER_URL": f"redis://:{found['broker']['BROKER_PASSWORD']}@broker:6379/0",
        "CASEMGMT_HOSTS": f"{host},localhost",
        # The one proxy that ends TLS: port 8000 is open to this host alone.
        "CASEMGMT_TRUSTED_PROXIES": "1",
        "CASEMGMT_MAIL_URL": mail,
        "CASEMGMT_MAIL_FROM": f"dossier@{host}",
        "CASEMGMT_SECRET_KEY": secrets.token_urlsafe(48),
        "CASEMGMT_MASTER_KEY": base64.b64encode(secrets.token_bytes(32)).decode("ascii"),
        "CASEMGMT_SIGNING_KEY": base64.b64encode(secrets.token_bytes(32)).decode("ascii"),
    }
    return found


def main() -> int:
    """Write the files, never over others: without the old keys the old data cannot be read."""
    words = sys.argv[1:]
    if len(words) != 2 or not HOST.fullmatch(words[0]) or not MAIL.fullmatch(words[1]):
        print(
            "Usage: python3 scripts/compose_env.py dossiers.example.org smtp+starttls://user:password@mail.example.org"
            " (in a password write %24 for $, %23 for #, %27 and %22 for quotes)",
            file=sys.stderr,
        )
        return 2
    if FOLDER.exists():
        print(f"{FOLDER} exists already and stays as it is.", file=sys.stderr)
        return 1
    FOLDER.parent.mkdir(exist_ok=True)
    FOLDER.mkdir(mode=0o700)
    for name, values in files(*words).items():
        path = FOLDER / f"{name}.env"
        path.touch(mode=0o600)
        path.write_text("".join(f"{key}={value}\n" for key, value in values.items()), encoding="ascii")
    print(FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
