"""Registers the package with Django and with the registries of those to our left."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Closing, keeping and letting go."""

    name = "retention"
    label = "retention"

    def ready(self) -> None:
        """Tell jobs, the night shift, the rules and the dossier's pages what we add."""
        from retention import hooks

        hooks.install()
