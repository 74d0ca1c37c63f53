"""What must be right before the application starts."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

OLDEST_POSTGRES = 150014


def install() -> None:
    """Register the checks with Django."""
    register(Tags.database)(check_databases)
    register(Tags.security)(check_keys)


def check_keys(**kwargs: Any) -> list[CheckMessage]:
    """The master key must be there and have the right length."""
    from django.core.exceptions import ImproperlyConfigured

    from casemgmt.vault.sealing import master_key

    try:
        master_key()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="casemgmt.E001")]
    return []


def check_databases(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL is new enough, and the application's roles cannot step around row security."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute("select rolsuper or rolbypassrls from pg_roles where rolname = current_user")
            (bypasses,) = cursor.fetchone()
        version = connection.connection.info.server_version
        if version < OLDEST_POSTGRES:
            found.append(Error(f"PostgreSQL of {alias!r} is older than 15.14.", id="casemgmt.E002"))
        if bypasses:
            found.append(Error(f"The role of {alias!r} steps around row security.", id="casemgmt.E003"))
    return found
