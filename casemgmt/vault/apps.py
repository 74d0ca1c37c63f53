"""Registers the package with Django."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Sealed fields and files, search tokens, and the keys they hang on."""

    name = "casemgmt.vault"
    label = "vault"
