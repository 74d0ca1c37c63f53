"""How the words about the pages of the portal are said to people; a client reads them of their own visits only."""

from django.utils.translation import gettext_noop

from casemgmt.audit.words import say, say_to_all

say("portal-start", gettext_noop("their own page in the portal"), gettext_noop("your own page"))
say("portal-me", gettext_noop("their own page in the portal"), gettext_noop("your own page"))
say_to_all("portal-looks", gettext_noop("who looked"))
say_to_all("portal-received", gettext_noop("who received data"))
say("portal-letters", gettext_noop("letters in the portal"), gettext_noop("your letters"))
say("portal-letter", gettext_noop("letters in the portal"), gettext_noop("your letters"))
say("portal-inspection", gettext_noop("an inspection in the portal"), gettext_noop("your inspection"))
say("portal-ask", gettext_noop("requests in the portal"), gettext_noop("your requests"))
say("portal-request", gettext_noop("requests in the portal"), gettext_noop("your requests"))
say("portal-requests", gettext_noop("requests in the portal"), gettext_noop("your requests"))
