"""Registers the package with Django and with the frame of a dossier."""

from importlib import import_module

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    """Consent."""

    name = "consent"
    label = "consent"

    def ready(self) -> None:
        """Offer the section of the dossier."""
        import_module("consent.sections")
