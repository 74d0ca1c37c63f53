"""The hands of the mightiest: a superuser on the tests' own PostgreSQL server, and that server's log."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo


@dataclass(frozen=True)
class Server:
    """The address of its superuser and the file in which it writes."""

    url: str
    log: Path

    def database(self, name: str) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection as superuser to one of its databases; every statement is committed by itself."""
        return psycopg.connect(make_conninfo(self.url, dbname=name), autocommit=True)


def main_cluster() -> Server:
    """The server that the tests started for the dossiers; skips where they were given one from outside."""
    state = Path(os.environ.get("CASEMGMT_STATE", "/nonexistent"))
    passwords = state / "passwords-main"
    if not passwords.exists():
        pytest.skip("the tests run on a server of somebody else, whose superuser they are not")
    where = {**conninfo_to_dict(os.environ["DATABASE_OWNER_URL"]), "user": "postgres", "dbname": "postgres"}
    where["password"] = json.loads(passwords.read_text(encoding="utf-8"))["postgres"]
    url = make_conninfo("", **{key: str(value) for key, value in where.items()})
    return Server(url, state / "logs" / "database-main.log")
