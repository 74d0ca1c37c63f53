"""How the trail's words about letters are said to people."""

from django.utils.translation import gettext_noop

from casemgmt.audit.words import say

say("letter", gettext_noop("a letter"))
