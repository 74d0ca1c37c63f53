"""The states of a request and the words around it; the same for all organisations."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestState(models.TextChoices):
    """How far a request is."""

    RECEIVED = "received", _("received")
    ASSESSING = "assessing", _("being assessed")
    DECIDED = "decided", _("decided")
    EXECUTING = "executing", _("being carried out")
    COMPLETED = "completed", _("completed")
    WITHDRAWN = "withdrawn", _("withdrawn")


# The clock runs and destruction must wait.
RUNNING = ("received", "assessing", "decided", "executing")
BEFORE_DECISION = ("received", "assessing")
AFTER_DECISION = ("decided", "executing", "completed")


class Outcome(models.TextChoices):
    """How a request was decided."""

    GRANTED = "granted", _("granted")
    PARTLY = "partly", _("partly granted")
    REFUSED = "refused", _("refused")


class Channel(models.TextChoices):
    """How a request came in."""

    PORTAL = "portal", _("in the portal")
    WRITTEN = "written", _("in writing")
    ORAL = "oral", _("by word of mouth")


class Identified(models.TextChoices):
    """How it was established who asks."""

    DOCUMENT = "document", _("identity document shown")
    KNOWN = "known", _("known in person by the worker")
    PORTAL = "portal", _("signed in to the portal with a second factor, after identification at the invitation")


class Executed(models.TextChoices):
    """How a granted request was carried out."""

    PORTAL = "portal", _("opened in the portal")
    APPOINTMENT = "appointment", _("by appointment, together")
    OTHER = "other", _("done, as described")


class Stand(StrEnum):
    """Whether an inspection stands open in the portal for its asker; a value of the day, kept nowhere."""

    NEVER = "never"
    OPEN = "open"
    # Opened, but each piece in it is closed now.
    EMPTY = "empty"
    CLOSED = "closed"
    OVER = "over"
    # Opened, but the asker has no open page in the portal today: it was ended, or is frozen until a day.
    UNREACHABLE = "unreachable"


# Kinds of task.
DECIDE = "client_requests.decide"
CARRY_OUT = "client_requests.carry_out"
READ_AGAIN = "client_requests.read_again"

# Kinds of the profile of which something is shown or handed out: rules about others' data apply to these.
SHOWING = ("inspection", "copy", "information")

# The ground for a refusal of a kind for which the regulation names none at all: a person answers for it.
NO_GROUND_NAMED = "no_ground_named"
