"""How the trail's words about requests and access to the portal are said to people."""

from django.utils.translation import gettext_noop

from casemgmt.audit.words import say

say("requests", gettext_noop("the requests"))
say("request", gettext_noop("a request"))
say("request-mandate", gettext_noop("the mandate to decide on a request"))
say("inspection", gettext_noop("an inspection"))
say("inspection-closed", gettext_noop("an inspection in the portal that was closed"))
say("inspection-kept-closed", gettext_noop("pieces of an inspection that were read and stay closed"))
say("inspection-released", gettext_noop("pieces of an inspection that were read and released"))
say("portal", gettext_noop("access to the portal"))
say("portal-access", gettext_noop("access to the portal"))
say("portal-invited", gettext_noop("a code for the portal"))
say("portal-renewed", gettext_noop("a new code for the portal"))
