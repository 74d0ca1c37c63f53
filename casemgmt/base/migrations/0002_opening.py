"""The mark of where a database was opened; a new one, and one that is migrated for the first time, is open."""

from typing import Any

from django.db import migrations, models, router

from casemgmt.base.opening import open_here
from casemgmt.base.tenancy import app_role


def open_it(apps: Any, schema_editor: Any) -> None:
    """Open the database here, and let the application only look at the mark."""
    alias = schema_editor.connection.alias
    if not router.allow_migrate_model(alias, apps.get_model("base", "Opening")):
        return
    schema_editor.execute(f'revoke all on base_opening from public, "{app_role(alias)}"')
    schema_editor.execute(f'grant select on base_opening to "{app_role(alias)}"')
    with schema_editor.connection.cursor() as cursor:
        open_here(cursor)


class Migration(migrations.Migration):
    dependencies = [("base", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("place", models.CharField(max_length=80)),
                ("token", models.UUIDField()),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="one_opening")],
            },
        ),
        migrations.RunPython(open_it, migrations.RunPython.noop),
    ]
