"""Who looked, page by page, by index, counted per Dutch day."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction

from casemgmt.audit.models import AccessEvent
from casemgmt.audit.queries import looks_per_day, who_looked
from casemgmt.audit.vocabulary import Action
from casemgmt.base.organisation import organisation
from tests.audit.conftest import Place

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

# Half past eleven at night in UTC is the next day in the Netherlands.
LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
WHO = uuid4()


def write(place: Place, *moments: datetime, **more: object) -> None:
    with transaction.atomic():
        for at in moments:
            AccessEvent.objects.create(
                at=at, action=Action.READ, outcome="shown", dossier_id=place.dossier_id, user_id=WHO, **more
            )


def test_pages_follow_each_other_without_holes_or_doubles_even_at_one_moment(place: Place) -> None:
    with organisation(place.id):
        write(place, *[NOON] * 5, LATE, LATE)
        seen = []
        before = None
        while page := who_looked(place.dossier_id, limit=2, before=before):
            seen += page
            before = page[-1].place
        assert len(seen) == len({look.id for look in seen}) == 7
        assert [look.at for look in seen] == [LATE] * 2 + [NOON] * 5


def test_only_this_dossier_this_period_and_these_actions(place: Place) -> None:
    with organisation(place.id):
        write(place, NOON, LATE)
        with transaction.atomic():
            AccessEvent.objects.create(at=NOON, action=Action.PRINT, outcome="done", dossier_id=place.dossier_id)
            AccessEvent.objects.create(at=NOON, action=Action.READ, outcome="shown", dossier_id=uuid4())
        assert len(who_looked(place.dossier_id)) == 3
        assert [look.at for look in who_looked(place.dossier_id, since=LATE)] == [LATE]
        assert len(who_looked(place.dossier_id, until=LATE)) == 2
        assert len(who_looked(place.dossier_id, actions=frozenset({Action.PRINT}))) == 1


def test_days_are_dutch_days(place: Place) -> None:
    with organisation(place.id):
        write(place, NOON, NOON, LATE)
        found = [(day.day, day.count) for day in looks_per_day(place.dossier_id)]
    assert found == [(date(2026, 11, 20), 2), (date(2026, 11, 21), 1)]


def test_another_organisation_sees_nothing_of_it(places: list[Place]) -> None:
    with organisation(places[0].id):
        write(places[0], NOON)
    with organisation(places[1].id):
        assert who_looked(places[0].dossier_id) == []


def test_a_page_is_found_by_the_index_of_the_dossier(place: Place) -> None:
    fill = (
        "insert into audit_accessevent"
        " (id, organisation_id, at, action, outcome, role, data, ground, source, dossier_id)"
        " select gen_random_uuid(), %s, %s::timestamptz - n * interval '1 minute', 'read', 'shown', '', '', '', 'web',"
        " case when n %% 100 = 0 then %s::uuid else gen_random_uuid() end from generate_series(1, 3000) n"
    )
    with organisation(place.id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(fill, [place.id, NOON, place.dossier_id])
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze audit_accessevent")
    with organisation(place.id), transaction.atomic(), connection.cursor() as cursor:
        rows = AccessEvent.objects.filter(dossier_id=place.dossier_id, at__lte=NOON).order_by("-at", "-id")[:50]
        sql, values = rows.query.sql_with_params()
        cursor.execute("explain " + sql, values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "event_of_dossier" in plan
