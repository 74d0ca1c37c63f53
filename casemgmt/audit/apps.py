"""Registers the package with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """Typed events, access log, chain, verification, export."""

    name = "casemgmt.audit"
    label = "audit"
