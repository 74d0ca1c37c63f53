"""Registers the ground floor with Django."""

from django.apps import AppConfig


class BaseConfig(AppConfig):
    """The lowest package: it knows nobody."""

    name = "casemgmt.base"
    label = "base"
    default_auto_field = "django.db.models.BigAutoField"
