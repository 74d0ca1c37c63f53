"""A client's own child becomes a part somebody can have: an adult child may act for an incapable parent (GT-22.4-c).

Can go back as long as nobody has that part; the constraint of before refuses such a row.
"""

from django.db import migrations, models

BEFORE = ["client", "parent", "stepparent", "guardian", "foster_parent", "partner", "sibling", "network", "reporter"]
ROLES = [*BEFORE[:7], "child", *BEFORE[7:]]
LABELS = {"stepparent": "step-parent", "foster_parent": "foster parent", "sibling": "brother or sister"}
LABELS |= {"child": "own child"}


class Migration(migrations.Migration):
    """Let the constraint know the part."""

    dependencies = [("dossiers", "0007_worklist_index")]

    operations = [
        migrations.RemoveConstraint(model_name="person", name="person_role_known"),
        migrations.AlterField(
            model_name="person",
            name="role",
            field=models.CharField(choices=[(role, LABELS.get(role, role)) for role in ROLES], max_length=20),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(condition=models.Q(("role__in", ROLES)), name="person_role_known"),
        ),
    ]
