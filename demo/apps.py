"""Registers the package with Django, for its command."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo; it has no tables."""

    name = "demo"
    label = "demo"
