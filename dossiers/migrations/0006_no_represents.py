"""The flag of a dossier goes: who represents whom stands per client since 0005."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0005_representation_per_client")]

    operations = [migrations.RemoveField(model_name="person", name="represents")]
