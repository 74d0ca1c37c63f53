"""Registers the package with Django."""

from contextlib import AbstractContextManager

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Typed events, access log, chain, verification, export."""

    name = "casemgmt.audit"
    label = "audit"

    def ready(self) -> None:
        """Give every job circumstances of its own, so that two jobs of one worker are not one request.

        What `organisations` does is written by us.
        """
        from casemgmt.audit import context, staffing
        from casemgmt.base import jobs
        from casemgmt.organisations.trail import provide_trail

        def own() -> AbstractContextManager[None]:
            return context.circumstances(context.AuditContext(source="job"))

        jobs.around[:] = [own]
        provide_trail(staffing.write)
