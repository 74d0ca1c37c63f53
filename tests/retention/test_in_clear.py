"""What a copy of the database from before a destruction still tells: a reviewed list, and no words about anybody."""

from __future__ import annotations

from django.db import models

from casemgmt.vault.fields import SealedField
from retention import manifest

TEXT = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
# Every column of text or bytes that goes with a dossier and is not sealed, and why it says nothing of a person.
# The rest of a row are ids, dates, counts and words of a fixed list: decision record 18.
IN_CLEAR = {
    "vault.SearchToken.token": "an HMAC under the organisation's key: with that key a guessed name can be tried",
    "vault.SealedFile.stored_as": "drawn by lot",
    "vault.SealedFile.content_type": "a kind of file",
    "letters.Letter.kind": "a kind from a registry",
    "work.Task.kind": "a kind from a registry",
    "work.Task.capability": "a word of the house",
    "work.Task.link_name": "the name of a page",
    "dossiers.Dossier.number": "a pseudonym: whoever had a letter of this dossier knows it",
    "consent.Consent.recipient_kind": "a kind from the regulation",
    "consent.Consent.informed_of": "words of the regulation",
    "disclosures.Disclosure.recipient_kind": "a kind from the regulation",
    "disclosures.Disclosure.purpose_kind": "a kind from the regulation",
    "disclosures.Disclosure.content_hash": "a fingerprint of what was given",
    "disclosures.Disclosure.package_hash": "a fingerprint of what was given",
    "disclosures.DisclosureRegisterRow.recipient_kind": "a kind from the regulation",
    "retention.EndDate.version": "a version of the rules",
    "client_requests.ClientRequest.kind": "a kind from the regulation",
    "client_requests.ClientRequest.ground": "a ground from the regulation",
}


def test_a_column_of_a_dossier_that_is_not_sealed_is_known_by_name_and_says_nothing_of_a_person() -> None:
    found = {
        f"{model._meta.label}.{field.name}"
        for model, _column in manifest.tables()
        for field in model._meta.local_fields
        if isinstance(field, TEXT) and not isinstance(field, SealedField) and not field.choices
    }
    assert found == set(IN_CLEAR)
