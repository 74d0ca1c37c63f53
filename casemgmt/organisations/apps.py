"""Registers the package with Django."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Organisation, units, memberships, roles and what they may do."""

    name = "casemgmt.organisations"
    label = "organisations"

    def ready(self) -> None:
        """Make the invitation's message and the menu entry known."""
        from casemgmt.organisations import mail, menu  # noqa: F401

        menu.offer()
