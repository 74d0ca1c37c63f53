"""What was secret of somebody is kept with them, sealed: taking an address away opens it for nobody.

Can go back; what was kept is lost then, and only the addresses of today count as secret.
"""

from django.db import migrations

import casemgmt.vault.fields


class Migration(migrations.Migration):
    """Give people a place for it; of before this nothing is known but what the trail keeps."""

    dependencies = [("dossiers", "0008_own_child_is_a_part_of_its_own")]

    operations = [
        migrations.AddField(
            "person", "once_secret", casemgmt.vault.fields.SealedJSON(label="person.once_secret", null=True)
        ),
    ]
