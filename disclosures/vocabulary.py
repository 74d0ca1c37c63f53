"""The words of disclosures: states, ways of handing over, and the kinds of task they make."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a disclosure stands."""

    DRAFT = "draft", _("draft")
    ASSESSING = "assessing", _("being assessed")
    AWAITING_CONSENT = "awaiting_consent", _("waits for consent")
    AWAITING_APPROVAL = "awaiting_approval", _("waits for approval")
    APPROVED = "approved", _("approved")
    HANDED_OVER = "handed_over", _("handed over")
    INFORMED = "informed", _("client informed")
    INFORMING_DEFERRED = "informing_deferred", _("informing deferred")
    CLOSED = "closed", _("finished")
    REFUSED = "refused", _("not approved")
    WITHDRAWN = "withdrawn", _("stopped")


PREPARING = frozenset({State.DRAFT, State.ASSESSING, State.AWAITING_CONSENT})
"""The content may change freely."""

PENDING = frozenset({State.AWAITING_APPROVAL, State.APPROVED})
"""A change of content voids what was asked or given."""

RUNNING = PREPARING | PENDING
"""Nothing has left the house yet."""

LEFT = frozenset({State.HANDED_OVER, State.INFORMED, State.INFORMING_DEFERRED, State.CLOSED})
"""The data have left the house."""

UNTOLD = frozenset({State.HANDED_OVER, State.INFORMING_DEFERRED})
"""They left, and the client does not know yet."""


class How(models.TextChoices):
    """In which way a package is handed over."""

    IN_PERSON = "in_person", _("handed over in person")
    SECURE_MAIL = "secure_mail", _("by secure mail")
    POST = "post", _("by post, in a closed envelope")


APPROVE = "disclosures.approve"
HAND_OVER = "disclosures.hand_over"
INFORM = "disclosures.inform"
QUESTION = "disclosures.question"
REVIEW = "disclosures.review"
ASK_AGAIN = "disclosures.ask_again"
"""Names of the kinds of task."""
