"""Registers the package with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Staff users, portal accounts, sign-in, second factor, confirm-again."""

    name = "casemgmt.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Listen to second factors and offer one's own pages to the menu."""
        from casemgmt.accounts import menu, signals

        signals.connect()
        menu.offer()
