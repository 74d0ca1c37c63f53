"""Where consent stands in the frame of a dossier."""

from django.utils.translation import gettext_noop

from dossiers.sections import section
from dossiers.verbs import Verb

section("consent", gettext_noop("Consent"), "consent:list", 60, Verb.RECORD_CONSENT, group=1, word="consent")
