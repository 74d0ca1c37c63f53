"""Registers the package with Django."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Tasks and approvals."""

    name = "casemgmt.work"
    label = "work"

    def ready(self) -> None:
        """Make the jobs and the menu entries known."""
        from casemgmt.work import menu, reading, tasks  # noqa: F401
