"""Give servers that stand elsewhere the roles, databases and privileges that the application expects.

Needs for each of both servers a superuser's address (DATABASE_ADMIN_URL, VAULT_DATABASE_ADMIN_URL);
names and passwords of the roles are those in the addresses of owner, application and backups. Outside production
what the environment does not tell may stand in the file that CASEMGMT_ENV_FILE names, as for manage.py.
Ends with 0, with 1 when a server refused halfway, with 2 when nothing was begun.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from scripts.outside import PATIENCE
from scripts.roles import Roles, prepare
from scripts.services import ADDRESSES, BACKUP_ADDRESSES
from scripts.state import OperatorError, read_env


def roles_in(owner_url: str, app_url: str, backup_url: str = "") -> Roles:
    """The roles that two addresses of one database name, and that of its backups where one is given."""
    several = [conninfo_to_dict(url) for url in (owner_url, app_url, backup_url) if url]
    names = [value for one in several for value in (one.get("user"), one.get("password"), one.get("dbname"))]
    if not all(names) or len({one.get("dbname") for one in several}) != 1:
        raise OperatorError("All addresses must name the same database, a user and a password.")
    (owner, owner_word), (app, app_word), *rest = [(str(one["user"]), str(one["password"])) for one in several]
    return Roles(str(several[0]["dbname"]), owner, app, owner_word, app_word, *(rest[0] if rest else ()))


def asked(env: Mapping[str, str]) -> list[tuple[str, Roles]]:
    """Of both servers the superuser's address and the roles; raises OperatorError that names all that is missing."""
    admins = {app: f"{app.removesuffix('_URL')}_ADMIN_URL" for _server, app, _owner in ADDRESSES}
    every = [(admins[app], owner, app, BACKUP_ADDRESSES[server]) for server, app, owner in ADDRESSES]
    missing = [name for names in every for name in names if not env.get(name)]
    if missing:
        raise OperatorError(f"{', '.join(missing)}: not set.")
    for names in every:
        for name in names:
            _require_address(name, env[name])
        _require_answer(names[0], env[names[0]])
    return [
        (env[admins[app]], roles_in(env[owner], env[app], env[BACKUP_ADDRESSES[server]]))
        for server, app, owner in ADDRESSES
    ]


def _told(env: Mapping[str, str]) -> Mapping[str, str]:
    """The environment, and outside production the file that it names; raises OperatorError."""
    name = env.get("CASEMGMT_ENV_FILE", "")
    if not name or env.get("CASEMGMT_ENV") == "production":
        return env
    if not os.access(name, os.R_OK):
        raise OperatorError(f"CASEMGMT_ENV_FILE names {name}, which cannot be read.")
    return {**read_env(Path(name)), **env}


def _require_address(name: str, url: str) -> None:
    try:
        conninfo_to_dict(url)
    except psycopg.Error:  # its own words would quote the password
        raise OperatorError(f"{name} is not a PostgreSQL address.") from None


def _require_answer(name: str, url: str) -> None:
    """Both servers must answer before either is changed."""
    try:
        psycopg.connect(url, dbname="postgres", connect_timeout=PATIENCE).close()
    except psycopg.Error:
        raise OperatorError(f"{name} does not answer, or does not let its superuser in.") from None


def main() -> int:
    """Prepare both servers."""
    try:
        servers = asked(_told(os.environ))
    except (OperatorError, psycopg.Error) as problem:
        print(f"Nothing was changed: {problem}", file=sys.stderr)
        return 2
    try:
        for admin, roles in servers:
            prepare(admin, roles)
    except psycopg.Error as problem:
        print(f"The databases could not be prepared: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
