"""Give servers that stand elsewhere the roles, databases and privileges that the application expects.

Needs for each of both servers a superuser's address (DATABASE_ADMIN_URL, VAULT_DATABASE_ADMIN_URL);
names and passwords of the roles are those in the addresses of owner, application and backups.
"""

import os
import sys

import psycopg
from psycopg.conninfo import conninfo_to_dict

from scripts.roles import Roles, prepare
from scripts.services import ADDRESSES, BACKUP_ADDRESSES
from scripts.state import OperatorError


def roles_in(owner_url: str, app_url: str, backup_url: str = "") -> Roles:
    """The roles that two addresses of one database name, and that of its backups where one is given."""
    several = [conninfo_to_dict(url) for url in (owner_url, app_url, backup_url) if url]
    names = [value for one in several for value in (one.get("user"), one.get("password"), one.get("dbname"))]
    if not all(names) or len({one.get("dbname") for one in several}) != 1:
        raise OperatorError("All addresses must name the same database, a user and a password.")
    (owner, owner_word), (app, app_word), *rest = [(str(one["user"]), str(one["password"])) for one in several]
    return Roles(str(several[0]["dbname"]), owner, app, owner_word, app_word, *(rest[0] if rest else ()))


def main() -> int:
    """Prepare both servers."""
    try:
        for server, app, owner in ADDRESSES:
            admin = f"{app.removesuffix('_URL')}_ADMIN_URL"
            for name in (admin, owner, app):
                if not os.environ.get(name):
                    raise OperatorError(f"{name} is not set.")
            backup = os.environ.get(BACKUP_ADDRESSES[server], "")
            prepare(os.environ[admin], roles_in(os.environ[owner], os.environ[app], backup))
    except (OperatorError, psycopg.Error) as problem:
        print(f"The databases could not be prepared: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
