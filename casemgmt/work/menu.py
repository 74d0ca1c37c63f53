"""Where the inbox of approvals stands in the menu."""

from django.utils.translation import gettext_noop

from casemgmt.web import navigation
from casemgmt.web.routes import Needs

# Whoever decides on another's work; the sorts themselves come from the packages.
DECIDES = Needs.any_of("disclosure.approve", "request.decide", "removal.approve", "removal.review", "emergency.review")

navigation.item(gettext_noop("Approvals"), "circle-check", "work:approvals", 60, needs=DECIDES, key="a")
