"""Registers the package with Django."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """Letters: their wording, their PDF and where they lie."""

    name = "casemgmt.letters"
    label = "letters"

    def ready(self) -> None:
        """Make the job that prints letters known."""
        from casemgmt.letters import tasks  # noqa: F401
