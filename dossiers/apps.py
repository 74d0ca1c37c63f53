"""Registers the package with Django."""

from django.apps import AppConfig


class DossiersConfig(AppConfig):
    """Dossiers and the one door to them."""

    name = "dossiers"
    label = "dossiers"

    def ready(self) -> None:
        """Make our jobs, menu entries and answers known to the packages to our left."""
        from dossiers import frozen, menu, names, opening, tasks  # noqa: F401

        frozen.install()
        names.install()
        opening.install()
