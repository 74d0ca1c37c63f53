"""The way in for staff: who was invited where, until when, with the hash of a code."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_portal_invitation")]

    operations = [
        migrations.CreateModel(
            name="StaffInvitation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField()),
                ("user_id", models.UUIDField()),
                ("name", models.CharField(blank=True, default="", max_length=120)),
                ("code_hash", models.CharField(blank=True, default="", max_length=64)),
                ("after_loss", models.BooleanField(default=False)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "indexes": [models.Index(fields=["user_id"], name="staff_invitation_of_user")],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation_id", "user_id"), name="staff_invitation_once")
                ],
            },
        ),
    ]
