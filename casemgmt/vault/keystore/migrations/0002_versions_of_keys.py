"""Let an organisation have two versions of its key while one follows the other, and no row name one that is not there.

The unique rule of one key becomes one of one key per version before a second can exist, so it is reversible as long as
no rotation is under way.
"""

from django.db import migrations, models

# Under FORCE existing rows would not be looked at: it is lifted in the same transaction while the rule is made.
REFERENCE = """
alter table keystore_organisationkey no force row level security;
alter table keystore_dossierkey no force row level security;
alter table keystore_dossierkey add constraint keystore_dossierkey_version_fk
  foreign key (organisation_id, key_version) references keystore_organisationkey (organisation_id, version);
alter table keystore_dossierkey force row level security;
alter table keystore_organisationkey force row level security;
"""


class Migration(migrations.Migration):
    dependencies = [("keystore", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="organisationkey", name="one_key_per_organisation"),
        migrations.AddConstraint(
            model_name="organisationkey",
            constraint=models.UniqueConstraint(fields=("organisation_id", "version"), name="one_key_per_version"),
        ),
        migrations.AddField(
            model_name="organisationkey",
            name="search",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="dossierkey",
            name="key_version",
            field=models.PositiveIntegerField(default=1, db_default=1),
        ),
        migrations.RunSQL(REFERENCE, "alter table keystore_dossierkey drop constraint keystore_dossierkey_version_fk"),
    ]
