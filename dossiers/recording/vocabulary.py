"""What an entry is: form before colour."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EntryKind(models.TextChoices):
    """A fact, somebody's opinion, a hypothesis to be tested, or something that happened."""

    FACT = "fact", _("fact")
    OPINION = "opinion", _("opinion")
    HYPOTHESIS = "hypothesis", _("hypothesis")
