"""Where the inbox of approvals and the administrator's pages stand in the menu."""

from django.utils.translation import gettext_noop

from casemgmt.web import navigation
from casemgmt.web.routes import Needs

# Whoever decides on another's work; the sorts themselves come from the packages.
DECIDES = Needs.any_of(
    "disclosure.approve", "request.decide", "removal.approve", "removal.review", "emergency.review", "policy.publish"
)

navigation.item(gettext_noop("Approvals"), "circle-check", "work:approvals", 60, needs=DECIDES, key="a")

# The organisation's administrator: accounts and machinery, never a dossier.
ADMINISTERS = Needs.capability("users.manage")

# Whoever reviews access afterwards: the controller of the organisation.
REVIEWS = Needs.capability("emergency.review")

navigation.item(gettext_noop("Much read"), "eye", "work:reading_alarms", 75, needs=REVIEWS)
navigation.item(gettext_noop("Staff"), "users", "work:members", 80, needs=ADMINISTERS)
navigation.item(gettext_noop("Background"), "refresh", "work:background", 85, needs=ADMINISTERS)
