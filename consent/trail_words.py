"""How the trail's words about consent are said to people."""

from django.utils.translation import gettext_noop

from casemgmt.audit.words import say

say("consent", gettext_noop("consent"))
say("consent-given", gettext_noop("a consent that was given"))
say("consent-refused", gettext_noop("a consent that was refused"))
say("consent-withdrawn", gettext_noop("a consent that was withdrawn"))
