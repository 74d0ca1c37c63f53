"""What was typed about an assignment is sealed; a text column cannot become one of bytes, so it is made anew."""

from django.db import migrations

import casemgmt.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0001_initial"),
    ]

    operations = [
        migrations.RemoveField(model_name="assignment", name="role_in_care"),
        migrations.RemoveField(model_name="assignment", name="ground"),
        migrations.AddField(
            model_name="assignment",
            name="role_in_care",
            field=casemgmt.vault.fields.SealedText(label="assignment.role_in_care", null=True),
        ),
        migrations.AddField(
            model_name="assignment",
            name="ground",
            field=casemgmt.vault.fields.SealedText(label="assignment.ground", null=True),
        ),
    ]
