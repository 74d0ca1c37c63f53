"""A role that was ended at once on its very first day stays, as a period of no whole day.

Its last day is then the day before its first, so that it counts on no day at all. Such an empty period shares no day
with another one. Backwards it fails once a role ended so: that row cannot be kept, and it does not choose for you.
"""

import datetime

from django.db import migrations, models

DROP = "alter table organisations_membership drop constraint memberships_never_overlap"
NEVER_OVERLAP = """
alter table organisations_membership add constraint memberships_never_overlap
  exclude using gist (
    organisation_id with =, user_id with =, unit_id with =, role with =,
    daterange(starts_on, %s) with &&
  )
"""
WHOLE_DAYS = NEVER_OVERLAP % "ends_on, '[]'"
ALSO_NONE = NEVER_OVERLAP % "ends_on + 1"
OPEN_END = models.Q(ends_on__isnull=True)


class Migration(migrations.Migration):
    dependencies = [("organisations", "0002_units_close_and_roles_return")]

    operations = [
        migrations.RunSQL(DROP, WHOLE_DAYS),
        migrations.RemoveConstraint("membership", "membership_period"),
        migrations.AddConstraint(
            "membership",
            models.CheckConstraint(
                name="membership_period",
                condition=OPEN_END | models.Q(ends_on__gte=models.F("starts_on") - datetime.timedelta(days=1)),
            ),
        ),
        migrations.RunSQL(ALSO_NONE, DROP),
    ]
