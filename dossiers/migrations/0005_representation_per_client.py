"""Whoever stood as representative of a dossier stands as representative of each client in it.

That is what the flag meant until now, so nobody loses or gains a right by this
migration: of a minor whoever was flagged, of an adult only a guardian (birth dates
are sealed, so age is judged where it always is, on the day itself). Staff take
away what is not so. Without days: none were known.

Back again, only who represents every other client becomes flagged: the flag
would otherwise give a child to somebody who has custody of its sister.
"""

from django.db import migrations

_PER_CLIENT = """
insert into dossiers_representation (id, organisation_id, dossier_id, representative_id, client_id)
select gen_random_uuid(), one.organisation_id, one.dossier_id, one.id, client.id
from dossiers_person one
join dossiers_person client on client.organisation_id = one.organisation_id
    and client.dossier_id = one.dossier_id and client.role = 'client' and client.id <> one.id
where one.represents
"""
_PER_DOSSIER = """
update dossiers_person one set represents = true
where exists (
    select 1 from dossiers_representation held
    where held.organisation_id = one.organisation_id and held.representative_id = one.id
) and not exists (
    select 1 from dossiers_person client
    where client.organisation_id = one.organisation_id and client.dossier_id = one.dossier_id
    and client.role = 'client' and client.id <> one.id
    and not exists (
        select 1 from dossiers_representation held
        where held.organisation_id = one.organisation_id and held.representative_id = one.id
        and held.client_id = client.id and held.starts_on is null and held.ends_on is null
    )
)
"""


def _of_every_organisation(statement: str) -> str:
    """Under FORCE the owner sees no row: it is lifted in this transaction, and back before it ends."""
    tables = ("dossiers_person", "dossiers_representation")
    lifted = "".join(f"alter table {table} no force row level security;" for table in tables)
    forced = "".join(f"alter table {table} force row level security;" for table in tables)
    # A table with deferred checks waiting cannot be altered.
    return f"{lifted}{statement};set constraints all immediate;{forced}"


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0004_representation")]

    operations = [
        migrations.RunSQL(_of_every_organisation(_PER_CLIENT), _of_every_organisation(_PER_DOSSIER)),
    ]
