"""PostgreSQL keeps organisations apart, whatever Python forgets."""

from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from casemgmt.base.organisation import OutsideOrganisation, organisation
from casemgmt.organisations.models import Membership, Organisation, Unit

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@pytest.fixture
def two() -> tuple[Organisation, Organisation]:
    """Two organisations with a unit each."""
    made = []
    for slug in ("een", "twee"):
        place = Organisation.objects.create(slug=slug, name=slug, kind="test", abbreviation="T")
        with organisation(place.id), transaction.atomic():
            Unit.objects.create(name=f"team van {slug}")
        made.append(place)
    return made[0], made[1]


def test_without_an_organisation_every_query_on_its_tables_raises(two):
    with pytest.raises(OutsideOrganisation), transaction.atomic():
        list(Unit.objects.all())


def test_without_a_transaction_every_query_on_its_tables_raises(two):
    with organisation(two[0].id), pytest.raises(OutsideOrganisation):
        list(Unit.objects.all())


@pytest.mark.rule("SH-4.1.0", "SH-4.1.D1", "GT-4.1")
def test_each_organisation_sees_its_own_rows_only(two):
    for place in two:
        with organisation(place.id), transaction.atomic():
            assert [unit.name for unit in Unit.objects.all()] == [f"team van {place.slug}"]


@pytest.mark.rule("SH-4.1.D1", "GT-4.1")
def test_raw_sql_of_the_application_role_without_organisation_gives_no_rows(two):
    with connection.cursor() as cursor:
        raw = cursor.connection.execute("select count(*) from organisations_unit").fetchone()
    assert raw == (0,)


def test_a_row_for_another_organisation_cannot_be_inserted(two):
    with organisation(two[0].id), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Unit.objects.create(name="smokkel", organisation_id=two[1].id)


def test_a_row_cannot_be_moved_to_another_organisation(two):
    with organisation(two[0].id), pytest.raises(Exception, match="row-level security"), transaction.atomic():
        Unit.objects.update(organisation_id=two[1].id)


def test_a_reference_to_another_organisations_row_fails(two):
    with organisation(two[1].id), transaction.atomic():
        theirs = Unit.objects.get()
    with organisation(two[0].id), pytest.raises(Exception, match="foreign key"), transaction.atomic():
        Membership.objects.create(user_id=uuid4(), unit_id=theirs.id, role="caseworker", starts_on="2026-01-01")


def test_the_organisation_is_forgotten_when_the_transaction_ends(two):
    with organisation(two[0].id), transaction.atomic():
        assert Unit.objects.count() == 1
    with connections["default"].cursor() as cursor:
        raw = cursor.connection.execute("select current_setting('app.organisation', true)").fetchone()
    assert raw[0] in ("", None)
