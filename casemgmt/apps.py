"""The top floor: the only place that knows every package."""

from django.apps import AppConfig


class TopFloorConfig(AppConfig):
    """Brings the worker's application and the trail of writes into every process."""

    name = "casemgmt"
    label = "casemgmt"

    def ready(self) -> None:
        """Load Celery (so tasks know their broker), checks, and the models and words of the trail."""
        from casemgmt import celery, checks, observing, sign_in_trail
        from casemgmt.base import logs
        from casemgmt.trail import load_words, register_writes

        celery.install()
        checks.install()
        register_writes()
        load_words()
        sign_in_trail.connect()
        logs.circumstances[:] = [observing.circumstances]
