"""Wrong codes are no longer counted against a client's invitation, so that nobody can use it up by guessing."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_staff_invitation")]

    operations = [migrations.RemoveField("portalinvitation", "attempts")]
