"""The words of letters: which kinds there are and in what state one is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a letter is for; each has a template of its name in ``templates/letters/``."""

    DISCLOSURE_NOTICE = "disclosure_notice", _("notice of a disclosure")
    REQUEST_RECEIVED = "request_received", _("receipt of a request")
    REQUEST_DECISION = "request_decision", _("decision on a request")
    PORTAL_INVITATION = "portal_invitation", _("invitation to the portal")


class State(models.TextChoices):
    """How far a letter is."""

    WAITING = "waiting", _("being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("could not be made")


class Answer(models.TextChoices):
    """How a request was decided."""

    GRANTED = "granted", _("granted")
    PARTLY = "partly", _("partly granted")
    REFUSED = "refused", _("refused")
