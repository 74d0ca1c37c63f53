"""Registers the package with Django."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Tasks and approvals."""

    name = "casemgmt.work"
    label = "work"

    def ready(self) -> None:
        """Make the reminder job and the menu entry known."""
        from casemgmt.work import menu, tasks  # noqa: F401
