"""What leaves was printed and sealed first, as it was approved.

Stops at a disclosure that was handed over and never printed: a person must look
at that one first, for its register line tells of a package that was not there.
Prints that are there were made from what was approved, so they get its hash;
going back drops that column and nothing else.
"""

from django.db import migrations, models
from django.db.models import F, Q

# The owner of the table sees no rows while row security is forced.
_PRINTS_GET_THEIR_HASH = """
alter table disclosures_disclosure no force row level security;
update disclosures_disclosure set package_hash = content_hash where package_id is not null;
alter table disclosures_disclosure force row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0001_initial")]

    operations = [
        migrations.AddField(
            "disclosure", "package_hash", models.CharField(blank=True, default="", max_length=64)
        ),
        migrations.RunSQL(_PRINTS_GET_THEIR_HASH, migrations.RunSQL.noop),
        migrations.AddConstraint(
            "disclosure",
            models.CheckConstraint(
                name="disclosure_package_is_what_was_approved",
                condition=Q(package__isnull=True, package_hash="")
                | (Q(package__isnull=False, package_hash=F("content_hash")) & ~Q(package_hash="")),
            ),
        ),
        migrations.AddConstraint(
            "disclosure",
            models.CheckConstraint(
                name="disclosure_leaves_as_package",
                condition=~Q(state__in=["closed", "handed_over", "informed", "informing_deferred"])
                | Q(package__isnull=False),
            ),
        ),
    ]
