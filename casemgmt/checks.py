"""What must be right before the application starts."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from casemgmt.vault.keys import master_key_opens
from casemgmt.vault.sealing import master_key

OLDEST_POSTGRES = 150014
# Data and keys, as the application and as the owner: each pair stands in two clusters, or an old dump of one brings
# back what was destroyed in the other. With the setting that says where the keys are.
PAIRS = (("default", "vault", "VAULT_DATABASE_URL"), ("owner", "vault_owner", "VAULT_DATABASE_OWNER_URL"))


def install() -> None:
    """Register the checks with Django."""
    register(Tags.database)(check_databases)
    register(Tags.security)(check_keys)


def check_keys(**kwargs: Any) -> list[CheckMessage]:
    """The master key must be there and have the right length."""
    try:
        master_key()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="casemgmt.E001")]
    return []


def check_databases(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """PostgreSQL is new enough, no role steps around row security, and the keys stand elsewhere and can be opened."""
    asked = list(databases or [])
    found = [error for alias in asked for error in _check_one(alias)]
    for data, keys, setting in PAIRS:
        if {data, keys} & set(asked) and {data, keys} <= set(connections) and _cluster(data) == _cluster(keys):
            found.append(_one_cluster(setting))
    if {"default", "vault"} <= set(asked) and not master_key_opens():
        found.append(Error("CASEMGMT_MASTER_KEY does not open the keys in the vault.", id="casemgmt.E005"))
    return found


def _check_one(alias: str) -> list[CheckMessage]:
    found: list[CheckMessage] = []
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


def _one_cluster(setting: str) -> CheckMessage:
    """Production refuses; a demonstration or the tests may be given one server by whoever has no second."""
    sentence = f"{setting} leads to the cluster that holds the dossiers; the keys must stand in another."
    message = Error if settings.CASEMGMT_ENV == "production" else Warning
    return message(sentence, id="casemgmt.E004")


def _cluster(alias: str) -> int:
    """What a PostgreSQL cluster was called when it was made; its databases share it, and so does a physical copy."""
    with connections[alias].cursor() as cursor:
        cursor.execute("select system_identifier from pg_control_system()")
        (identifier,) = cursor.fetchone()
    return int(identifier)
