"""Registers the comparison with its own Django."""

from django.apps import AppConfig


class PeerConfig(AppConfig):
    """Only ever installed by the comparison's settings."""

    name = "benchmarks.peer"
    label = "peer"
