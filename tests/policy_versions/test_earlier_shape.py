"""An organisation whose regulation was stored by an earlier release works on, and its decisions keep their version."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connections, transaction

from casemgmt.base.organisation import organisation
from casemgmt.policy import acts, versions
from casemgmt.policy.schema.profile import hash_of

from .conftest import KEPT, NOW, TODAY, Place, drafted, in_force, row

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
BODY = Path(__file__).parents[1] / "policy" / "bodies" / "sterk-huis.json"


@pytest.fixture
def stored(inside: Place) -> str:
    """The regulation in force, as it was stored before working notes lost their setting; gives its hash."""
    body = BODY.read_text(encoding="utf-8").strip()
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        # What is published never changes; here it is as if it had come from before.
        cursor.execute("alter table policy_policyversion no force row level security, disable trigger user")
        cursor.execute("update policy_policyversion set body = %s, body_hash = %s", [body, hash_of(json.loads(body))])
        assert cursor.rowcount == 1
        cursor.execute("alter table policy_policyversion force row level security, enable trigger user")
    versions.forget_held()
    return hash_of(json.loads(body))


def test_a_decision_names_the_body_as_it_was_published(inside: Place, stored: str) -> None:
    profile = versions.profile_in_force(TODAY)
    named = versions.version_named(profile.version_id)
    assert named is not None and named.body_hash == stored
    assert versions.version_label(profile.version_id).startswith("versie 1")


def test_every_page_of_the_rules_opens(inside: Place, stored: str) -> None:
    for path in ("", "versies/", "versies/1/", "versies/1/bestand/"):
        assert inside.client("wim").get(inside.url(path)).status_code == 200, path


def test_a_draft_of_it_is_changed_and_changed_back_and_then_nothing_differs(inside: Place, stored: str) -> None:
    draft = drafted(inside)
    before = row(in_force()).body
    joris = inside.actor("joris")
    with organisation(inside.id):
        assert acts.change_values(version_id=draft, values={KEPT: "16 years"}, by=joris, at=NOW)
        assert "16 years" in row(draft).body and "notes_author_only" in row(draft).body
        acts.change_values(version_id=draft, values={KEPT: "15 years"}, by=joris, at=NOW)
        assert row(in_force()).body == before and row(draft).body != before
