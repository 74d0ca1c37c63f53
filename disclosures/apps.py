"""Registers the package with Django and with the packages to our left."""

from importlib import import_module

from django.apps import AppConfig


class DisclosuresConfig(AppConfig):
    """Disclosures."""

    name = "disclosures"
    label = "disclosures"

    def ready(self) -> None:
        """Offer sections, events, approvals, kinds of task and jobs."""
        import_module("disclosures.hooks")
        import_module("disclosures.tasks")
