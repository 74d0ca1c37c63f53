"""How the trail's words about operating the whole application are said to people."""

from django.utils.translation import gettext_noop

from casemgmt.audit.words import say

say("organisation-key", gettext_noop("the organisation's own key"))
