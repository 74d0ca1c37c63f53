"""Expand: a column that may be empty; for a moment the table is needed by itself."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One statement, which needs the table for itself."""

    dependencies: ClassVar = [("dossiers", "0009_once_secret")]
    operations: ClassVar = [
        migrations.AddField("dossier", "of_the_next_release", models.CharField(max_length=20, null=True)),
    ]
