"""Registers the package with Django."""

from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    """Organisation, units, memberships, roles and what they may do."""

    name = "casemgmt.organisations"
    label = "organisations"
