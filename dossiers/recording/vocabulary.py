"""What an entry is: form before colour."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    """A fact, an opinion, a hypothesis to be tested, a professional judgement or a diagnosis."""

    FACT = "fact", _("fact")
    OPINION = "opinion", _("opinion")
    HYPOTHESIS = "hypothesis", _("hypothesis")
    JUDGEMENT = "judgement", _("judgement")
    DIAGNOSIS = "diagnosis", _("diagnosis")


# In which form a kind is drawn: what holds, what somebody thinks, what is still to be tested.
FORM_OF = {
    EntryKind.FACT: "fact",
    EntryKind.OPINION: "opinion",
    EntryKind.HYPOTHESIS: "hypothesis",
    EntryKind.JUDGEMENT: "opinion",
    EntryKind.DIAGNOSIS: "fact",
}
