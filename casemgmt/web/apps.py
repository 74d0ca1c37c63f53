"""Registers the package with Django so that its commands and translations are found."""

from django.apps import AppConfig
from django.conf import settings


class WebConfig(AppConfig):
    """The ground floor of all pages; it has no models."""

    name = "casemgmt.web"
    label = "web"
    verbose_name = "Pages"

    def ready(self) -> None:
        """Outside production compile Dutch that changed, so that nobody reads English after a pull."""
        from casemgmt.web import messages

        if getattr(settings, "CASEMGMT_ENV", "production") != "production" and messages.is_stale(messages.ROOT):
            messages.compile_catalogue(messages.ROOT)
