"""Registers the package with Django."""

from django.apps import AppConfig


class KeystoreConfig(AppConfig):
    """The keys, in a database cluster of their own."""

    name = "casemgmt.vault.keystore"
    label = "keystore"
