"""A unit can be closed, an organisation can follow a regulation that is not called after it, a role can be held again.

Where one row per person, unit and role was allowed, periods may now follow one another but never share a day.
Needs the extension btree_gist, which set-up makes in every database (scripts/roles.py).

Backwards it fails once somebody held a role in a unit a second time: two such rows cannot be one without losing when
they were held, so it does not choose for you. Everything is then left as it was.
"""

from django.db import migrations, models

NEVER_OVERLAP = """
alter table organisations_membership add constraint memberships_never_overlap
  exclude using gist (
    organisation_id with =, user_id with =, unit_id with =, role with =,
    daterange(starts_on, ends_on, '[]') with &&
  )
"""


class Migration(migrations.Migration):
    dependencies = [("organisations", "0001_initial")]

    operations = [
        migrations.AddField("unit", "closed_on", models.DateField(blank=True, null=True)),
        migrations.AddField(
            "organisation", "regulation", models.SlugField(blank=True, db_index=False, default="", max_length=60)
        ),
        migrations.RemoveConstraint("membership", "membership_once"),
        migrations.RunSQL(
            NEVER_OVERLAP, "alter table organisations_membership drop constraint memberships_never_overlap"
        ),
    ]
