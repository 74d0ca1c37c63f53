"""Registers the package with Django and puts its pages in the portal's bar."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop


class PortalConfig(AppConfig):
    """The portal."""

    name = "portal"
    label = "portal"

    def ready(self) -> None:
        """Put the portal's pages in its bar."""
        from casemgmt.web import navigation

        navigation.item(gettext_noop("Start"), "home", "portal:start", 10, area="portal")
        navigation.item(gettext_noop("Letters"), "mail", "portal:letters", 20, area="portal")
        navigation.item(gettext_noop("Requests"), "inbox", "portal:requests", 30, area="portal")
        navigation.item(gettext_noop("About me"), "user", "portal:me", 40, area="portal")
