"""Where the teams stand in the menu, for those who manage users."""

from django.utils.translation import gettext_noop

from casemgmt.organisations.roles import MANAGE
from casemgmt.web import navigation
from casemgmt.web.routes import Needs

MANAGES = Needs.capability(MANAGE)


def offer() -> None:
    """Put the teams in the menu; called once when the application starts."""
    navigation.item(gettext_noop("Teams"), "hierarchy", "organisations:units", 82, needs=MANAGES)
