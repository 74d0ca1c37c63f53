"""The roles, extensions and default privileges that a database needs before its first migration.

The owner runs migrations and owns every table; the application role owns nothing, so row
security holds for it and it can neither alter nor truncate. Used by the embedded clusters and
by the compose file's one-off service, so that both have the same rights.
"""

from dataclasses import dataclass

import psycopg
from psycopg import sql

# Of the application's statements only what the server tells of itself goes to its log, no error of one of them.
QUIET_ROLE = "log_min_messages=log"
EXTENSIONS = ("unaccent", "pg_trgm", "btree_gist")


@dataclass(frozen=True)
class Roles:
    """One database with its owner, its application role and, where backups are made, the role that makes them."""

    database: str
    owner: str
    app: str
    owner_password: str
    app_password: str
    backup: str = ""
    backup_password: str = ""


def default_privileges_sql(owner_role: str, app_role: str) -> str:
    """What the application role may do with objects that the owner is yet to make.

    Append-only tables take UPDATE and DELETE back in their migration. A database made from a
    template inherits these privileges, so test databases have them through template1.
    """
    words = sql.SQL(
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {app};"
        "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
        " GRANT USAGE, SELECT ON SEQUENCES TO {app};"
    )
    return words.format(owner=sql.Identifier(owner_role), app=sql.Identifier(app_role)).as_string(None)


def prepare(admin_url: str, roles: Roles) -> None:
    """Bring roles, database, extensions and privileges to what they should be; repeatable."""
    with psycopg.connect(admin_url, dbname="postgres", autocommit=True) as server:
        _keep_role(server, roles.owner, roles.owner_password, "CREATEDB")
        _keep_role(server, roles.app, roles.app_password, "NOCREATEDB")
        # A failing statement of the application may quote a value in its very sentence; the application's own log
        # has where and what kind of fault it was. What the server does by itself is told as before.
        server.execute(sql.SQL("ALTER ROLE {} SET {}").format(sql.Identifier(roles.app), sql.SQL(QUIET_ROLE)))
        # The test suite logs in as the owner and steps down to the application role.
        server.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(roles.app), sql.Identifier(roles.owner)))
        if roles.backup:
            _keep_reader(server, roles)
        _keep_database(server, roles)
    # template1 too: test databases are made from it.
    for database in (roles.database, "template1"):
        with psycopg.connect(admin_url, dbname=database, autocommit=True) as inside:
            _furnish(inside, roles)


def _keep_role(server: psycopg.Connection, name: str, password: str, may_create: str) -> None:
    known = server.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone()
    words = "{verb} ROLE {name} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE {may_create} PASSWORD {password}"
    server.execute(
        sql.SQL(words).format(
            verb=sql.SQL("ALTER" if known else "CREATE"),
            name=sql.Identifier(name),
            may_create=sql.SQL("CREATEDB" if may_create == "CREATEDB" else "NOCREATEDB"),
            password=sql.Literal(password),
        )
    )


def _keep_reader(server: psycopg.Connection, roles: Roles) -> None:
    """The role of backups sees the rows of every organisation and can change none; the application never has it."""
    _keep_role(server, roles.backup, roles.backup_password, "NOCREATEDB")
    name = sql.Identifier(roles.backup)
    server.execute(sql.SQL("ALTER ROLE {} BYPASSRLS").format(name))
    server.execute(sql.SQL("ALTER ROLE {} SET default_transaction_read_only = on").format(name))
    server.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(name))


def _keep_database(server: psycopg.Connection, roles: Roles) -> None:
    names = {"database": sql.Identifier(roles.database), "owner": sql.Identifier(roles.owner)}
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [roles.database]).fetchone():
        server.execute(sql.SQL("CREATE DATABASE {database} OWNER {owner}").format(**names))
    server.execute(sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names))
    app = sql.Identifier(roles.app)
    server.execute(sql.SQL("GRANT CONNECT ON DATABASE {database} TO {app}").format(app=app, **names))
    if roles.backup:
        reader = sql.Identifier(roles.backup)
        server.execute(sql.SQL("GRANT CONNECT ON DATABASE {database} TO {reader}").format(reader=reader, **names))


def _furnish(inside: psycopg.Connection, roles: Roles) -> None:
    for extension in EXTENSIONS:
        inside.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    inside.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    owner, app = sql.Identifier(roles.owner), sql.Identifier(roles.app)
    inside.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(owner))
    inside.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(app))
    inside.execute(default_privileges_sql(roles.owner, roles.app).encode())
    # `tidy_vault` ends a file of the log, so that what was destroyed does not stay in it.
    inside.execute(sql.SQL("GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {}").format(owner))
    inside.execute(sql.SQL("GRANT pg_checkpoint TO {}").format(owner))
