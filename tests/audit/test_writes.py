"""The trail of writes: names of fields, values sealed, nothing readable."""

import json
from uuid import uuid4

import pytest
from django.db import transaction

from casemgmt.audit.models import LogEntry
from casemgmt.base.organisation import organisation
from casemgmt.letters.models import Letter
from casemgmt.vault import keys
from casemgmt.vault.sealing import CannotOpen, unseal
from casemgmt.vault.sealing import place as sealed_place
from tests.audit.conftest import Place
from tests.letters.conftest import AT

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def letter_to(name: str, place: Place) -> Letter:
    return Letter.objects.create(
        dossier_id=place.dossier_id,
        kind="request_received",
        addressee={"name": name, "lines": []},
        title="MARKER-titel",
        body={"title": "MARKER-titel"},
        made_at=AT,
        made_by_id=uuid4(),
    )


def test_an_update_leaves_names_and_seals_values(place: Place) -> None:
    with organisation(place.id), transaction.atomic():
        keys.load_keys([place.dossier_id])
        letter = letter_to("MARKER-oud", place)
        letter.addressee = {"name": "MARKER-nieuw", "lines": []}
        letter.read_at = AT
        letter.save()
        created, updated = LogEntry.objects.order_by("timestamp")
    assert "MARKER" not in json.dumps([created.changes, updated.changes])
    assert updated.changes["addressee"] is None
    assert updated.changes["read_at"] is not None
    assert set(created.changes) >= {"addressee", "title", "body", "kind"}
    assert (updated.object_repr, updated.serialized_data, updated.changes_text) == ("", None, "")
    where = sealed_place(place.id, place.dossier_id, "trail.values", updated.id)
    with organisation(place.id):
        keys.load_keys([place.dossier_id])
        key = keys.dossier_key(place.dossier_id)
    opened = json.loads(unseal(key, bytes(updated.sealed), where))
    assert set(opened) == {"addressee"}
    assert "MARKER-oud" in str(opened["addressee"][0])
    assert "MARKER-nieuw" in str(opened["addressee"][1])
    with pytest.raises(CannotOpen):
        unseal(key, bytes(updated.sealed), sealed_place(place.id, place.dossier_id, "trail.values", created.id))


def test_a_removed_row_leaves_an_entry_without_its_words(place: Place) -> None:
    with organisation(place.id), transaction.atomic():
        keys.load_keys([place.dossier_id])
        letter_to("MARKER-weg", place).delete()
        entries = list(LogEntry.objects.filter(action=LogEntry.Action.DELETE))
    assert len(entries) == 1
    assert "MARKER" not in json.dumps(entries[0].changes)
    assert b"MARKER" not in bytes(entries[0].sealed)


def test_after_the_key_is_gone_the_values_are_gone_and_the_chain_holds(place: Place) -> None:
    from casemgmt.audit.chain import verify

    with organisation(place.id):
        keys.load_keys([place.dossier_id])
        with transaction.atomic():
            letter_to("MARKER", place)
        keys.destroy_dossier_key(place.dossier_id)
        with pytest.raises(keys.KeyDestroyed):
            keys.dossier_key(place.dossier_id)
    assert verify(place.id).ok
