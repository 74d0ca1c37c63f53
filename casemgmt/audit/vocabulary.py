"""The words of the trail, after NEN 7513: what was done and how it ended."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    """What somebody, or the application, did."""

    READ = "read", _("read")
    SEARCH = "search", _("searched")
    PRINT = "print", _("printed")
    EXPORT = "export", _("exported")
    CREATE = "create", _("created")
    ADD = "add", _("added")
    CHANGE = "change", _("changed")
    CONSENT = "consent", _("recorded consent")
    DISCLOSE = "disclose", _("prepared or made a disclosure")
    DECIDE = "decide", _("decided")
    REQUEST = "request", _("handled a request")
    CLOSE = "close", _("closed")
    REMOVE = "remove", _("worked on removal")
    DESTROY = "destroy", _("destroyed")
    GRANT = "grant", _("gave or took access")
    POLICY = "policy", _("worked on the rules")
    SIGN_IN = "sign_in", _("signed in or out")
    JOB = "job", _("automatic work")


class Outcome(models.TextChoices):
    """How it ended."""

    SHOWN = "shown", _("shown")
    DONE = "done", _("done")
    DENIED = "denied", _("refused")
    UNKNOWN = "unknown", _("not found")
    FAILED = "failed", _("went wrong")
