"""Registers the package with Django."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Tasks and approvals."""

    name = "casemgmt.work"
    label = "work"

    def ready(self) -> None:
        """Make the jobs, the menu entries and what waits of new rules known."""
        from casemgmt.work import menu, new_rules, reading, tasks  # noqa: F401
