"""Every field of every table of ours has a decision: at destruction, in a client's copy, in the trail."""

import pytest
from django.apps import apps
from django.db import models

from casemgmt.base.models import OrganisationModel
from casemgmt.base.treatments import declare, declared
from casemgmt.trail import load_treatments
from casemgmt.vault.fields import SealedField

load_treatments()

# Apps of others whose tables hold no dossier content; their rows go as the reason says.
LIBRARIES = {
    "auth": "groups and permissions, unused",
    "contenttypes": "names of models",
    "sessions": "sessions, expire",
    "account": "sign-in of accounts; the portal account of a destroyed dossier is cleared by retention",
    "mfa": "second factors of accounts; cleared with a portal account",
    "usersessions": "sessions of accounts; cleared with a portal account",
    "socialaccount": "sign-in through another identity provider",
    "guardian": "unused tables; our own grants are in dossiers",
    "auditlog": "swapped for audit.LogEntry",
}
# Models of ours that have no treatment, each with its reason.
UNDECLARED = {
    "base.Job": "opaque work for later: organisation, kind and subject; a done job is gone",
    "base.Opening": "where this database was opened; of no organisation and about nobody",
}
# Models whose sealed fields stay after a destruction, each with its reason: nobody can read them once the key is gone.
SEALED_BUT_KEPT = {"retention.Removal": "its row is evidence of the removal"}
# Models that find their dossier by another column, each with its name.
BY_COLUMN = {"dossiers.Assignment": "content_object_id"}
OURS = [
    model
    for model in apps.get_models(include_auto_created=True)
    if model._meta.app_label not in LIBRARIES and model._meta.managed
]
each_model = pytest.mark.parametrize("model", OURS, ids=[model._meta.label for model in OURS])


def fields(model: type[models.Model]) -> set[str]:
    return {field.name for field in model._meta.local_fields}


@each_model
def test_every_field_is_decided_about(model: type[models.Model]) -> None:
    label = model._meta.label
    if label in UNDECLARED:
        return
    assert label in declared, f"{label} has no treatment: declare it in its package's treatments.py"
    decided = set(declared.get(label).fields)
    assert fields(model) - decided == set(), "undecided"
    assert decided - fields(model) == set(), "decided, but not there"


@each_model
def test_a_sealed_field_is_never_plain_in_the_trail_and_goes_with_its_dossier(model: type[models.Model]) -> None:
    if model._meta.label not in declared:
        return
    treatment = declared.get(model._meta.label).fields
    for field in model._meta.local_fields:
        if isinstance(field, SealedField) and field.name in treatment:
            assert treatment[field.name].audit != "plain", field.name
            kept = model._meta.label in SEALED_BUT_KEPT
            assert kept or treatment[field.name].retention in ("erase", "term"), field.name


@each_model
def test_what_is_erased_with_a_dossier_can_be_found_by_it(model: type[models.Model]) -> None:
    if model._meta.label not in declared or not declared.get(model._meta.label).goes_with_dossier:
        return
    assert issubclass(model, OrganisationModel)
    column = BY_COLUMN.get(model._meta.label, "id" if model.__name__ == "Dossier" else "dossier_id")
    assert column in {field.attname for field in model._meta.local_fields}


def test_every_declaration_is_of_a_model_that_exists() -> None:
    labels = {model._meta.label for model in apps.get_models(include_auto_created=True)}
    assert {label for label, _ in declared} <= labels


def test_a_word_that_is_no_treatment_is_refused() -> None:
    with pytest.raises(ValueError, match="Unknown treatment"):
        declare("x.Y", "name erase copy secret")
