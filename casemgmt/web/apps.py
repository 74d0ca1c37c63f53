"""Registers the package with Django so that its templates, commands and translations are found."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """The ground floor of all pages; it has no models."""

    name = "casemgmt.web"
    label = "web"
    verbose_name = "Pages"
