"""Who somebody is in a dossier."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonRole(models.TextChoices):
    """The part somebody has in a dossier."""

    CLIENT = "client", _("client")
    PARENT = "parent", _("parent")
    STEPPARENT = "stepparent", _("step-parent")
    GUARDIAN = "guardian", _("guardian")
    FOSTER_PARENT = "foster_parent", _("foster parent")
    PARTNER = "partner", _("partner")
    SIBLING = "sibling", _("brother or sister")
    CHILD = "child", _("own child")
    NETWORK = "network", _("network")
    REPORTER = "reporter", _("reporter")
