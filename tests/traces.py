"""Looking for words that ought to be nowhere."""

from django.db import connections


def found_in_database(marker: str) -> list[str]:
    """Tables of the main database in which the marker stands anywhere in clear."""
    found = []
    with connections["owner"].cursor() as cursor:
        cursor.execute("select table_name from information_schema.tables where table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'select count(*) from "{table}" t where t::text like %s', [f"%{marker}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found
