"""Registers the package with Django and with the registries of those to our left."""

from django.apps import AppConfig


class ClientRequestsConfig(AppConfig):
    """The client's requests."""

    name = "client_requests"
    label = "client_requests"

    def ready(self) -> None:
        """Tell tasks, approvals, the dossier's pages and destruction what we add."""
        from client_requests import hooks

        hooks.install()
