"""The clusters and databases of the benchmarks: one pair of databases for each size."""

import os
from dataclasses import dataclass
from typing import IO

import psycopg
from psycopg import sql

from scripts.services import Services, plan, start
from scripts.state import base_folder, claim

FOLDER = "bench"
_ADDRESSES = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "VAULT_DATABASE_URL",
    "VAULT_DATABASE_OWNER_URL",
    "BROKER_URL",
    "CASEMGMT_BROKER_PREFIX",
    "CASEMGMT_FILES",
    "CASEMGMT_MAIL",
    "CASEMGMT_LOGS",
)
# Held until this process ends: two benchmarks at once would measure each other and drop each other's data.
_held: list[IO[str]] = []


@dataclass(frozen=True)
class Size:
    """One size of the data, with its databases in both clusters."""

    dossiers: int

    @property
    def main(self) -> str:
        """The name of its main database."""
        return f"bench_{self.dossiers}"

    @property
    def vault(self) -> str:
        """The name of its vault database."""
        return f"bench_vault_{self.dossiers}"

    @property
    def peer(self) -> str:
        """The name of the comparison's database, in the main cluster."""
        return f"bench_peer_{self.dossiers}"


def begin() -> Services:
    """Start the clusters and point Django's settings at them; call before Django is set up.

    They are always clusters of our own, whatever the environment names: a benchmark makes and drops databases.
    """
    base = base_folder()
    for name in _ADDRESSES:
        os.environ.pop(name, None)
    # A state folder of their own: durable clusters, beside the demo's and the tests'.
    os.environ.update(CASEMGMT_STATE=str(base if base.name == FOLDER else base / FOLDER), CASEMGMT_ENV="demo")
    services = plan("bench")
    lock = claim(services.state / "run.lock", {})
    if lock is None:
        raise SystemExit("Another benchmark runs in this checkout; wait for it.")
    _held.append(lock)
    start(services, die_with_us=True)
    for cluster in services.clusters:
        # What a loading that was killed left behind: measuring is done as production writes.
        with superuser(services, cluster.name, "postgres") as connection:
            connection.execute("alter system reset all")
            connection.execute("select pg_reload_conf()")
    os.environ.update(services.env)
    # The state of a benchmark is a demo's in everything but its name, and but for the clock that can be moved:
    # production has none, and reading its file is no part of a page.
    os.environ.update(CASEMGMT_ENV="demo", CASEMGMT_ENV_FILE=str(services.state / "env"), CASEMGMT_CLOCK_FILE="")
    os.environ["DJANGO_SETTINGS_MODULE"] = "casemgmt.settings"
    return services


def superuser(services: Services, cluster: str, database: str) -> psycopg.Connection:
    """A superuser's connection: loading goes around row security and triggers, measuring never does."""
    found = next(one for one in services.clusters if one.name == cluster)
    return psycopg.connect(found.url("postgres", database), autocommit=True)


def address(services: Services, cluster: str, database: str, *, owner: bool = False) -> str:
    """The address of a database, as the application's role or as its owner."""
    found = next(one for one in services.clusters if one.name == cluster)
    return found.url(found.owner if owner else found.app, database)


def make_database(services: Services, cluster: str, name: str) -> None:
    """Make an empty database from the cluster's template, owned by its owner; an earlier one of that name goes."""
    found = next(one for one in services.clusters if one.name == cluster)
    with superuser(services, cluster, "postgres") as connection:
        connection.execute(f'drop database if exists "{name}" with (force)')
        connection.execute(f'create database "{name}" owner {found.owner}')


def filled_with(services: Services, cluster: str, name: str) -> str:
    """The mark of the data that a database was filled with to the end; "" when it is not there or was cut short."""
    with superuser(services, cluster, "postgres") as connection:
        row = connection.execute(
            "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [name]
        ).fetchone()
    return str(row[0] or "") if row else ""


def mark_filled(connection: psycopg.Connection, name: str, mark: str) -> None:
    """Say in the database itself that it is whole, and of which schema."""
    connection.execute(sql.SQL("comment on database {} is {}").format(sql.Identifier(name), sql.Literal(mark)))


def use(size: Size) -> None:
    """Point the application's connections at the databases of one size."""
    from django.db import connections

    names = {"default": size.main, "owner": size.main, "vault": size.vault, "vault_owner": size.vault}
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
