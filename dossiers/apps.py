"""Registers the package with Django."""

from django.apps import AppConfig


class DossiersConfig(AppConfig):
    """Dossiers and the one door to them."""

    name = "dossiers"
    label = "dossiers"
