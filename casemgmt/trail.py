"""Registers every organisation's table for the trail of writes, as its treatments say, and the trail's words."""

import importlib

from auditlog.registry import auditlog
from django.apps import apps

from casemgmt.base.models import OrganisationModel
from casemgmt.base.treatments import declared

# The trail does not write about itself.
_ITSELF = ("audit", "keystore")


def load_treatments() -> None:
    """Import every package's ``treatments`` so that all declarations are known."""
    _import_each("treatments")


def load_words() -> None:
    """Import every package's ``trail_words`` so that everything in the trail can be said in plain words."""
    _import_each("trail_words")


def _import_each(module: str) -> None:
    for config in apps.get_app_configs():
        name = f"{config.name}.{module}"
        if importlib.util.find_spec(name) is not None:
            importlib.import_module(name)


def register_writes() -> None:
    """Give auditlog each model of an organisation with the fields that leave no trace left out."""
    load_treatments()
    for model in apps.get_models():
        label = model._meta.label
        if not issubclass(model, OrganisationModel) or model._meta.app_label in _ITSELF:
            continue
        treatment = declared.get(label) if label in declared else None
        fields = treatment.fields if treatment else {}
        silent = [name for name, choice in fields.items() if choice.audit == "none"]
        if treatment is None or len(silent) < len(fields):
            auditlog.register(model, exclude_fields=silent, m2m_fields=set())
