from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0002_seal_assignments")]

    operations = [
        migrations.AddField("person", "capable_judged_by_id", models.UUIDField(null=True)),
        migrations.AddField("person", "capable_judged_at", models.DateTimeField(null=True)),
    ]
