"""The clusters and databases of the benchmarks: one pair of databases for each size."""

import os
from dataclasses import dataclass

import psycopg

from scripts.services import Services, plan, start
from scripts.state import base_folder


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


def begin() -> Services:
    """Start the clusters and point Django's settings at them; call before Django is set up."""
    # A state folder of their own: durable clusters, beside the demo's and the tests'.
    os.environ.setdefault("CASEMGMT_STATE", str(base_folder() / "bench"))
    services = plan("bench")
    start(services, die_with_us=True)
    os.environ.update(services.env)
    # The state of a benchmark is a demo's in everything but its name.
    os.environ.update(CASEMGMT_ENV="demo", CASEMGMT_ENV_FILE=str(services.state / "env"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgmt.settings")
    return services


def superuser(services: Services, cluster: str, database: str) -> psycopg.Connection:
    """A superuser's connection: loading goes around row security and triggers, measuring never does."""
    found = next(one for one in services.clusters if one.name == cluster)
    return psycopg.connect(found.url("postgres", database), autocommit=True)


def make_database(services: Services, cluster: str, name: str) -> bool:
    """Make a database from the cluster's template, owned by its owner; False when it is there already."""
    found = next(one for one in services.clusters if one.name == cluster)
    with superuser(services, cluster, "postgres") as connection:
        if connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
            return False
        connection.execute(f'create database "{name}" owner {found.owner}')
    return True


def use(size: Size) -> None:
    """Point the application's connections at the databases of one size."""
    from django.db import connections

    names = {"default": size.main, "owner": size.main, "vault": size.vault, "vault_owner": size.vault}
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
