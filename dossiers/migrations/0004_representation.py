"""Who represents whom, per client; both people are of one dossier, which PostgreSQL itself keeps."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

import casemgmt.base.models
import casemgmt.base.organisation
import casemgmt.base.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0003_capacity_judged"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Representation",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("organisation_id", models.UUIDField(default=casemgmt.base.organisation.current, editable=False)),
                ("starts_on", models.DateField(null=True)),
                ("ends_on", models.DateField(null=True)),
            ],
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                fields=("organisation_id", "dossier", "id"), name="person_within_dossier"
            ),
        ),
        migrations.AddField(
            model_name="representation",
            name="client",
            field=casemgmt.base.models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dossiers.person", within="dossier_id"
            ),
        ),
        migrations.AddField(
            model_name="representation",
            name="dossier",
            field=casemgmt.base.models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dossiers.dossier"
            ),
        ),
        migrations.AddField(
            model_name="representation",
            name="representative",
            field=casemgmt.base.models.TenantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="dossiers.person", within="dossier_id"
            ),
        ),
        migrations.AddIndex(
            model_name="representation",
            index=models.Index(fields=["organisation_id", "dossier"], name="representation_of_dossier"),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.UniqueConstraint(
                fields=("organisation_id", "representative", "client"), name="represents_a_client_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.CheckConstraint(
                condition=models.Q(("representative", models.F("client")), _negated=True),
                name="represents_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="representation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on__isnull", True),
                    ("ends_on__isnull", True),
                    ("ends_on__gte", models.F("starts_on")),
                    _connector="OR",
                ),
                name="representation_period",
            ),
        ),
        casemgmt.base.tenancy.TenantTable(
            model_name="Representation",
            writes="all",
            references_organisation=True,
        ),
    ]
