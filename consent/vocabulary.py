"""The words of consent; persons, purposes and recipients have theirs in the policy's vocabulary."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ConsentState(models.TextChoices):
    """What somebody said."""

    GIVEN = "given", _("said yes")
    REFUSED = "refused", _("said no")
    WITHDRAWN = "withdrawn", _("withdrew the yes")


class Form(models.TextChoices):
    """How it was said."""

    ORAL = "oral", _("by word of mouth")
    WRITTEN = "written", _("in writing")


class Told(models.TextChoices):
    """What somebody was told before answering (the decide contract's ``informed``)."""

    PURPOSE = "purpose", _("what it is for")
    RECIPIENT = "recipient", _("who receives it")
    CONTENT = "content", _("what exactly is given")


class Purpose(models.TextChoices):
    """For what consent is asked (the decide contract's ``consent_purpose``)."""

    PROCESSING = "processing", _("keeping a dossier")
    DISCLOSURE = "disclosure", _("giving data to others")
    REQUEST_INFORMATION = "request_information", _("asking others for information")
    EXTERNAL_AUDIT = "external_audit", _("an audit by outsiders")
    SHARE_INSIDE_TEAM = "share_inside_team", _("sharing inside the team")
