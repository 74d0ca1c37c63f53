"""The states of a removal, in order; the words are the same for all organisations."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RemovalState(models.TextChoices):
    """Where one dossier stands on its way out."""

    PROPOSED = "proposed", _("proposed")
    AGREED = "agreed", _("reviewed: remove")
    APPROVED = "approved", _("approved, cooling-off")
    FROZEN = "frozen", _("being destroyed: frozen")
    SHREDDING = "shredding", _("being destroyed: key")
    SHREDDED = "shredded", _("being destroyed: unreadable")
    ERASED = "erased", _("being destroyed: erased")
    VERIFIED = "verified", _("being destroyed: verified")
    DESTROYED = "destroyed", _("destroyed")
    KEPT = "kept", _("kept, with a reason")
    CANCELLED = "cancelled", _("cancelled")
    STOPPED = "stopped", _("stopped by new facts")


# Still on its way; at most one of these a dossier.
RUNNING = ("proposed", "agreed", "approved", "frozen", "shredding", "shredded", "erased", "verified")
# Up to here everything can be taken back.
REVERSIBLE = ("proposed", "agreed", "approved")
# From here the machine goes on by itself, however often it is interrupted.
DESTROYING = ("frozen", "shredding", "shredded", "erased", "verified")
EVER_APPROVED = ("approved", *DESTROYING, "destroyed")
EVER_REVIEWED = ("agreed", *EVER_APPROVED)

# Kinds of task that this package puts before people.
ASK_YOUTH = "retention.ask_youth"
REVIEW_LIST = "retention.review"
STOPPED_TASK = "retention.stopped"
STUCK_TASK = "retention.stuck"
DECIDE_TASK = "retention.decide_again"
UNLIKELY_TASK = "retention.unlikely"
