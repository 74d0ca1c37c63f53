"""Registers the package with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Staff users, portal accounts, sign-in, second factor, confirm-again."""

    name = "casemgmt.accounts"
    label = "accounts"
