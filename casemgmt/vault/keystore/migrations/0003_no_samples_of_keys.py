"""Let PostgreSQL keep no samples of keys for its planner: they would outlive the rows they were taken from."""

from django.db import migrations

TABLES = ("keystore_dossierkey", "keystore_organisationkey")


class Migration(migrations.Migration):
    dependencies = [("keystore", "0002_versions_of_keys")]

    operations = [
        migrations.RunSQL(
            f"alter table {table} alter column wrapped set statistics 0",
            f"alter table {table} alter column wrapped set statistics -1",
        )
        for table in TABLES
    ]
