"""An index on it, built beside who works."""

from typing import ClassVar

from django.db import migrations, models

from casemgmt.base.indexes import AddIndexBeside


class Migration(migrations.Migration):
    """Nothing else, for it is not one transaction."""

    atomic = False
    dependencies: ClassVar = [("dossiers", "0098_column")]
    operations: ClassVar = [
        AddIndexBeside(
            "dossier", models.Index(fields=["organisation_id", "of_the_next_release"], name="dossier_of_the_next")
        ),
    ]
