"""PostgreSQL is the last colleague: what the acts forget, it refuses. All as the application's own role."""

from __future__ import annotations

from datetime import date
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from casemgmt.policy.models import PolicyChange, PolicyVersion, State

from .conftest import NOW, Place, in_force, published, row, submitted

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def run(sql: str, *values: object) -> int:
    """Raw SQL as the application role, inside the organisation."""
    with transaction.atomic(), connection.cursor() as cursor:
        PolicyVersion.objects.first()
        cursor.execute("select current_user")
        assert cursor.fetchone()[0].endswith("_app")
        cursor.execute(sql, values)
        return cursor.rowcount


def test_two_published_versions_never_overlap(inside: Place) -> None:
    first = row(in_force())
    with pytest.raises(IntegrityError, match="policy_versions_never_overlap"), transaction.atomic():
        PolicyVersion.objects.create(
            number=9,
            state=State.PUBLISHED,
            body=first.body,
            body_hash="0" * 64,
            source="again.toml",
            from_date=date(2030, 1, 1),
            made_at=NOW,
            published_at=NOW,
        )


def test_versions_of_two_organisations_may_hold_on_the_same_day(inside: Place, other: Place) -> None:
    assert row(in_force()).from_date is not None


@pytest.mark.parametrize(
    "change",
    [
        "body = '{}'",
        "body_hash = repeat('0', 64)",
        "from_date = '2001-01-01'",
        "why = 'anders'",
        "published_at = now()",
        "number = 7",
        "state = 'draft'",
        "made_by_id = gen_random_uuid()",
    ],
)
def test_a_published_version_is_never_changed(inside: Place, change: str) -> None:
    with pytest.raises(DatabaseError, match="never changed"):
        run(f"update policy_policyversion set {change} where id = %s", in_force())


def test_a_published_version_is_never_removed(inside: Place) -> None:
    with pytest.raises(DatabaseError, match="never removed"):
        run("delete from policy_policyversion where id = %s", in_force())


def test_a_version_that_ended_does_not_begin_again(inside: Place) -> None:
    old = in_force()
    published(inside)
    with pytest.raises(DatabaseError, match="later one"):
        run("update policy_policyversion set until_date = null where id = %s", old)
    with pytest.raises(DatabaseError, match="never changed"):
        run("update policy_policyversion set state = 'published' where id = %s", old)


@pytest.mark.parametrize("column", ["made_by_id", "submitted_by_id"])
def test_the_same_person_cannot_be_written_as_publisher(inside: Place, column: str) -> None:
    draft = submitted(inside)
    run("delete from policy_policychange where version_id = %s", draft)  # else the trigger is earlier
    with pytest.raises(IntegrityError, match="policy_published_by_another"):
        run(
            f"update policy_policyversion set state = 'published', published_at = now(), published_by_id = {column},"
            " from_date = '2001-01-01', until_date = '2001-01-02' where id = %s",
            draft,
        )


def test_who_changed_a_value_cannot_be_written_as_publisher(inside: Place) -> None:
    draft, changer = submitted(inside), uuid4()
    with transaction.atomic():
        PolicyChange.objects.create(version_id=draft, path="x", old="1", new="2", by_id=changer, at=NOW)
    with pytest.raises(DatabaseError, match="does not publish"):
        publish_raw(draft, changer)


def test_what_is_published_is_what_was_submitted(inside: Place) -> None:
    draft = submitted(inside)
    with pytest.raises(DatabaseError, match="submitted"):
        run("update policy_policyversion set body = '{}' where id = %s", draft)


def test_a_version_somebody_made_needs_a_publisher(inside: Place) -> None:
    draft = submitted(inside)
    with pytest.raises(IntegrityError, match="policy_published_is_complete"):
        publish_raw(draft, None)


def test_a_change_is_never_rewritten(inside: Place) -> None:
    submitted(inside)
    with pytest.raises(DatabaseError):
        run("update policy_policychange set by_id = gen_random_uuid()")


def test_there_is_one_pending_version_at_most(inside: Place) -> None:
    base = row(in_force())
    submitted(inside)
    with pytest.raises(IntegrityError, match="policy_one_pending"), transaction.atomic():
        PolicyVersion.objects.create(number=9, body=base.body, body_hash=base.body_hash, made_at=NOW)


@pytest.mark.parametrize("state", ["", "gone", "PUBLISHED"])
def test_an_unknown_state_is_refused(inside: Place, state: str) -> None:
    base = row(in_force())
    with pytest.raises(IntegrityError, match="policy_state_known"), transaction.atomic():
        PolicyVersion.objects.create(number=9, state=state, body=base.body, body_hash=base.body_hash, made_at=NOW)


def publish_raw(draft: UUID, by: UUID | None) -> int:
    """Publish around the acts, in a past where nothing holds."""
    return run(
        "update policy_policyversion set state = 'published', published_at = now(), published_by_id = %s,"
        " from_date = '2001-01-01', until_date = '2001-01-02' where id = %s",
        by,
        draft,
    )
