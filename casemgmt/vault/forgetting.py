"""Making the keystore's own files forget: what a deleted row leaves in them would else stay for nobody knows how long.

PostgreSQL deletes a row by marking it. Its bytes stay in the table's file until something is written over them, and in
the write-ahead log until that file is removed or used again. A key that was destroyed must not be found there when the
certificate says that no copy is left.
"""

from dataclasses import dataclass

from django.db import connections

OWNER = "vault_owner"
# The one table whose rows go; those of organisations are replaced by `rotate_keys`.
TABLES = ("keystore_dossierkey", "keystore_organisationkey")


@dataclass(frozen=True, slots=True)
class Tidied:
    """How it went: the bytes of the rewritten tables, and whether the log's older files are removed, not used again."""

    bytes: int
    log_is_removed: bool


def tidy() -> Tidied:
    """Rewrite the tables of keys with what is in use, begin another file of the log and let go of those before.

    Needs the owner's address, for the application may not rewrite a table; readers wait for the rewriting (seconds for
    a million keys). Raises Django's database errors.
    """
    with connections[OWNER].cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"vacuum (full, analyze) {table}")
        cursor.execute("select pg_switch_wal()")
        cursor.execute("checkpoint")
        cursor.execute("select sum(pg_relation_size(to_regclass(name))) from unnest(%s::text[]) name", [list(TABLES)])
        (size,) = cursor.fetchone()
        cursor.execute("show wal_recycle")
        (recycle,) = cursor.fetchone()
    return Tidied(int(size), recycle == "off")
