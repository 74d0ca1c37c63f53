"""Give servers that stand elsewhere the roles, databases and privileges that the application expects.

Needs for each of both servers a superuser's address (DATABASE_ADMIN_URL, VAULT_DATABASE_ADMIN_URL);
names and passwords of the roles are those in the owner's and the application's addresses.
"""

import os
import sys

import psycopg
from psycopg.conninfo import conninfo_to_dict

from scripts.roles import Roles, prepare
from scripts.services import ADDRESSES
from scripts.state import OperatorError


def roles_in(owner_url: str, app_url: str) -> Roles:
    """The roles that two addresses of one database name."""
    owner, app = conninfo_to_dict(owner_url), conninfo_to_dict(app_url)
    names = [app.get("dbname"), owner.get("user"), app.get("user"), owner.get("password"), app.get("password")]
    if not all(names) or owner.get("dbname") != app.get("dbname"):
        raise OperatorError("Both addresses must name the same database, a user and a password.")
    return Roles(*map(str, names))


def main() -> int:
    """Prepare both servers."""
    try:
        for _, app, owner in ADDRESSES:
            admin = f"{app.removesuffix('_URL')}_ADMIN_URL"
            for name in (admin, owner, app):
                if not os.environ.get(name):
                    raise OperatorError(f"{name} is not set.")
            prepare(os.environ[admin], roles_in(os.environ[owner], os.environ[app]))
    except (OperatorError, psycopg.Error) as problem:
        print(f"The databases could not be prepared: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
