"""What an operator gave ./run must answer before anything is built on it; a no is one sentence naming the setting."""

from collections.abc import Mapping

import psycopg
import redis
from psycopg.conninfo import conninfo_to_dict

from scripts.services import ADDRESSES, Services
from scripts.state import OperatorError, env_file, read_env

PATIENCE = 5  # seconds


def require_no_other_settings(services: Services, environment: Mapping[str, str]) -> None:
    """Raises OperatorError for settings that we would overwrite: who gave a key or a folder would think it is used.

    ``CASEMGMT_STATE`` says where our own folder is made, and what an earlier start wrote into a shell is ours.
    """
    ours = {value for kind in ("demo", "test") for value in read_env(env_file(kind)).values()}
    found = [
        name
        for name, value in services.env.items()
        if (given := environment.get(name)) and given != value and given not in ours and name != "CASEMGMT_STATE"
    ]
    if found:
        raise OperatorError(
            f"{', '.join(found)}: set, but ./run starts the demo with its own. Start it without; "
            "docs/operation.md (Restore, step 7) says how to start in production."
        )


def require_answers(services: Services) -> None:
    """Knock at each database and broker that is not ours to start; raises OperatorError."""
    ours = {cluster.name for cluster in services.clusters}
    for name, *settings in ADDRESSES:
        for setting in settings if name not in ours else ():
            _database(setting, services.env)
    if services.broker is None:
        _broker("BROKER_URL", services.env)


def _database(setting: str, env: Mapping[str, str]) -> None:
    try:
        parts = conninfo_to_dict(env[setting])
    except psycopg.Error:
        raise OperatorError(f"{setting} is not a PostgreSQL address.") from None
    try:
        psycopg.connect(env[setting], connect_timeout=PATIENCE).close()
    except psycopg.Error:
        place = f"{parts.get('host') or 'this machine'}, port {parts.get('port') or 5432}"
        role, database = parts.get("user") or "the present user", parts.get("dbname") or "the one of that name"
        raise OperatorError(
            f"{setting} does not answer ({place}; role {role}; database {database}): "
            "is the server running, and are the name and the password right?"
        ) from None


def _broker(setting: str, env: Mapping[str, str]) -> None:
    address = env[setting].replace("redis+socket://", "unix://", 1)
    try:
        redis.Redis.from_url(address, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE).ping()
    except ValueError:
        schemes = "redis://, rediss:// or redis+socket://"
        raise OperatorError(f"{setting} must be the address of Redis or Valkey, and begin with {schemes}.") from None
    except redis.RedisError:
        raise OperatorError(f"{setting} does not answer: is Redis or Valkey running there?") from None
