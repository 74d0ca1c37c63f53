"""In which lists a name stood: a line per person per day, in one order with the reads, at the same cost everywhere."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction

from casemgmt.audit import events
from casemgmt.audit.appearances import _APPEARANCES, Appearance, looks_and_lists, stood_in_lists
from casemgmt.audit.context import AuditContext, circumstances
from casemgmt.audit.queries import Look, Place
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from tests.audit.conftest import Place as Home

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

NOOR, DAAN = uuid4(), uuid4()
NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
# In the Netherlands this is half past midnight, the day after.
NIGHT = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


def listed(home: Home, at: datetime, who: UUID = NOOR, data: str = "worklist", others: int = 1) -> None:
    """A page of a list with our dossier and some others."""
    with circumstances(AuditContext(user_id=who, role="caseworker")), clock.pretend(at), transaction.atomic():
        dossiers = [home.dossier_id, *(uuid4() for _ in range(others))]
        events.record(Action.READ, outcome=Outcome.SHOWN, data=data, subjects=dossiers)


def read(home: Home, at: datetime, who: UUID = NOOR) -> None:
    with circumstances(AuditContext(user_id=who)), clock.pretend(at), transaction.atomic():
        events.record(Action.READ, outcome=Outcome.SHOWN, dossier_id=home.dossier_id, data="timeline")


def test_a_worklist_opened_thirty_times_a_day_is_one_line_with_a_count(place: Home) -> None:
    with organisation(place.id):
        for minute in range(30):
            # The same list all morning, then each time another.
            listed(place, NOON + timedelta(minutes=minute), others=0 if minute < 20 else 3)
        listed(place, NOON, data="bsn")
        listed(place, NOON, who=DAAN)
        found = stood_in_lists(place.dossier_id)
    assert [(one.user_id, one.lists) for one in found] == [
        (NOOR, {"worklist": 30, "bsn": 1}),
        (DAAN, {"worklist": 1}),
    ]
    assert found[0].at == NOON + timedelta(minutes=29)


def test_a_line_is_of_a_dutch_day(place: Home) -> None:
    with organisation(place.id):
        listed(place, NIGHT - timedelta(hours=1))
        listed(place, NIGHT)
        found = stood_in_lists(place.dossier_id)
    assert [clock.local_date(one.at) for one in found] == [date(2026, 11, 21), date(2026, 11, 20)]


def test_lists_without_this_dossier_and_of_another_organisation_are_not_its_own(places: list[Home]) -> None:
    with organisation(places[0].id):
        listed(places[0], NOON)
        assert stood_in_lists(uuid4()) == []
    with organisation(places[1].id):
        assert stood_in_lists(places[0].dossier_id) == []


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_of_reads_and_lists_follow_each_other_without_holes_or_doubles(place: Home, limit: int) -> None:
    with organisation(place.id):
        for day in range(0, 40, 3):
            at = NOON - timedelta(days=day)
            listed(place, at)
            listed(place, at + timedelta(hours=3))
            listed(place, at, who=DAAN, data="name")
            for hour in range(day % 4):
                read(place, at + timedelta(hours=hour))
        whole = looks_and_lists(place.dossier_id, limit=500)
        seen: list[Look | Appearance] = []
        before: Place | None = None
        while page := looks_and_lists(place.dossier_id, limit=limit, before=before):
            assert len(page) <= limit
            seen += page
            assert len(seen) <= len(whole), "the pages do not come to an end"
            before = page[-1].place
    assert seen == whole
    assert sorted(seen, key=lambda one: one.place, reverse=True) == seen
    assert sum(isinstance(one, Appearance) for one in seen) == 28
    assert sum(one.lists.get("worklist", 0) for one in seen if isinstance(one, Appearance)) == 28


def test_what_is_too_new_to_show_is_neither_listed_nor_counted(place: Home) -> None:
    with organisation(place.id):
        for hour in range(3):
            listed(place, NOON + timedelta(hours=hour), others=hour)
        found = looks_and_lists(place.dossier_id, until=NOON + timedelta(hours=2))
        assert [one.lists for one in found if isinstance(one, Appearance)] == [{"worklist": 2}]
        assert looks_and_lists(place.dossier_id, until=NOON) == []


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_key_at_either_end_of_time_is_no_fault(place: Home, moment: str) -> None:
    with organisation(place.id):
        listed(place, NOON)
        found = stood_in_lists(place.dossier_id, before=(datetime.fromisoformat(moment), uuid4()))
    assert len(found) == (1 if moment.startswith("9") else 0)


def test_a_page_takes_the_index_of_the_dossier_and_of_its_lists_alone(place: Home) -> None:
    fill_events = (
        "insert into audit_accessevent (id, organisation_id, at, action, outcome, role, data, ground, source,"
        " list_id, subject_count, subjects_digest)"
        " select gen_random_uuid(), %s, %s::timestamptz - n * interval '1 minute', 'read', 'shown', '', '', '', 'web',"
        " md5(n::text)::uuid, 3, sha256('x') from generate_series(1, 20000) n"
    )
    fill_rows = (
        "insert into audit_eventsubject (id, organisation_id, list_id, dossier_id, day)"
        " select gen_random_uuid(), %s, md5(n::text)::uuid,"
        " case when n %% 500 = 0 and k = 1 then %s::uuid else gen_random_uuid() end, %s::date - n / 1440"
        " from generate_series(1, 20000) n, generate_series(1, 3) k"
    )
    with organisation(place.id), connections["owner"].cursor() as cursor, transaction.atomic(using="owner"):
        cursor.execute("select set_config('app.organisation', %s, true)", [str(place.id)])
        cursor.execute("alter table audit_eventsubject disable trigger user")
        cursor.execute("alter table audit_accessevent disable trigger user")
        cursor.execute(fill_events, [place.id, NOON])
        cursor.execute(fill_rows, [place.id, place.dossier_id, NOON])
        cursor.execute("alter table audit_eventsubject enable trigger user")
        cursor.execute("alter table audit_accessevent enable trigger user")
    with connections["owner"].cursor() as cursor:
        cursor.execute("analyze audit_accessevent, audit_eventsubject")
    far = datetime(9000, 1, 1, tzinfo=UTC)
    values = {"dossier": place.dossier_id, "newest": far, "oldest": date(1900, 1, 1), "since": NOON.replace(year=1900)}
    values |= {"until": far, "at": far, "id": UUID(int=2**128 - 1), "limit": 50}
    with organisation(place.id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("explain " + _APPEARANCES, values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "subject_of_dossier" in plan
    assert "event_of_list" in plan
    assert "Seq Scan" not in plan
