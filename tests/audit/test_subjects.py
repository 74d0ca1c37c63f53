"""Whose names a list showed: written with the event or not at all, once a day, closed afterwards, vouched for."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from casemgmt.audit import events
from casemgmt.audit.chain import Wrong, verify
from casemgmt.audit.context import AuditContext, circumstances
from casemgmt.audit.models import AccessEvent, EventSubject
from casemgmt.audit.subjects import digest_of
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.organisation import organisation
from tests.audit.conftest import Place, Tamper, look
from tests.dossiers.pages import make_world

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")

NOOR, DAAN = uuid4(), uuid4()
THREE = [uuid4() for _ in range(3)]
# Half past eleven at night in the Netherlands.
LATE = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


def show(place: Place, dossiers: list[UUID], who: UUID = NOOR, at: datetime = LATE) -> AccessEvent:
    """Somebody is shown a list, as a page does it."""
    with organisation(place.id), circumstances(AuditContext(user_id=who)), clock.pretend(at), transaction.atomic():
        return events.record(Action.READ, outcome=Outcome.SHOWN, data="worklist", subjects=dossiers)


def rows(place: Place) -> list[EventSubject]:
    with organisation(place.id), transaction.atomic():
        return list(EventSubject.objects.order_by("day", "list_id", "dossier_id"))


def problem_of(place: Place) -> tuple[Wrong, UUID | None] | None:
    found = verify(place.id).problem
    return (found.wrong, found.row_id) if found else None


def test_a_list_names_each_of_its_dossiers(place: Place) -> None:
    event = show(place, [*THREE, THREE[0]])
    assert [row.dossier_id for row in rows(place)] == sorted(THREE)
    assert {row.list_id for row in rows(place)} == {event.list_id}
    assert (event.subject_count, event.subjects_digest) == (3, digest_of(THREE))
    assert verify(place.id).ok


def test_the_same_list_seen_again_that_day_is_another_event_and_no_more_rows(place: Place) -> None:
    seen = [show(place, THREE), show(place, THREE[::-1], at=LATE + timedelta(minutes=20))]
    assert len({event.id for event in seen}) == 2
    assert len({event.list_id for event in seen}) == 1
    assert len(rows(place)) == 3
    assert verify(place.id).ok


def test_a_list_whose_look_was_undone_is_written_down_the_next_time(place: Place) -> None:
    """A process remembers only the lists that were committed."""
    with organisation(place.id), circumstances(AuditContext(user_id=NOOR)), clock.pretend(LATE), transaction.atomic():
        events.record(Action.READ, outcome=Outcome.SHOWN, data="worklist", subjects=THREE)
        transaction.set_rollback(True)
    assert rows(place) == []
    show(place, THREE)
    assert len(rows(place)) == 3
    assert verify(place.id).ok


def test_another_person_another_day_and_other_dossiers_are_another_list(place: Place) -> None:
    show(place, THREE)
    show(place, THREE, who=DAAN)
    show(place, THREE, at=LATE + timedelta(hours=1))  # past midnight in the Netherlands
    show(place, THREE[:2])
    assert len({row.list_id for row in rows(place)}) == 4
    assert len(rows(place)) == 11
    assert len({row.day for row in rows(place)}) == 2
    assert verify(place.id).ok


def test_a_list_of_nobody_is_an_event_without_rows(place: Place) -> None:
    assert show(place, []).subject_count == 0
    assert rows(place) == []
    assert verify(place.id).ok


def test_a_whole_list_costs_one_statement_more_than_an_event(place: Place) -> None:
    with organisation(place.id), transaction.atomic():
        events.record(Action.READ, data="worklist")
        with CaptureQueriesContext(connection) as without:
            events.record(Action.READ, data="worklist")
        for many in (1, 200):
            with CaptureQueriesContext(connection) as seen:
                events.record(Action.READ, data="worklist", subjects=[uuid4() for _ in range(many)])
            assert len(seen) == len(without) + 1


def test_what_is_rolled_back_leaves_neither_event_nor_rows(place: Place) -> None:
    with organisation(place.id), pytest.raises(RuntimeError), transaction.atomic():
        events.record(Action.READ, data="worklist", subjects=THREE)
        raise RuntimeError
    assert rows(place) == []
    assert verify(place.id).checked == 0


def test_an_event_is_of_one_dossier_or_of_a_list(place: Place) -> None:
    with organisation(place.id), pytest.raises(DatabaseError), transaction.atomic():
        events.record(Action.READ, data="worklist", dossier_id=THREE[0], subjects=THREE)


def test_the_same_list_opened_in_many_tabs_at_once_is_written_once(place: Place) -> None:
    wrong: list[BaseException] = []

    def open_tab() -> None:
        try:
            for minute in range(5):
                show(place, THREE, at=LATE + timedelta(minutes=minute))
        except BaseException as problem:
            wrong.append(problem)
        finally:
            connections.close_all()

    tabs = [Thread(target=open_tab) for _ in range(6)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert not wrong
    assert len(rows(place)) == 3
    assert verify(place.id).checked == 30
    assert verify(place.id).ok


def test_one_organisation_sees_no_list_of_another(places: list[Place]) -> None:
    show(places[0], THREE)
    show(places[1], THREE)
    assert len(rows(places[0])) == len(rows(places[1])) == 3
    assert {row.id for row in rows(places[0])}.isdisjoint(row.id for row in rows(places[1]))


@pytest.mark.parametrize(
    "sql",
    [
        "update audit_eventsubject set day = day - 1",
        "delete from audit_eventsubject",
        "truncate audit_eventsubject",
        "alter table audit_eventsubject disable trigger user",
        # Into a list that was shown already, and into none at all.
        "insert into audit_eventsubject (id, organisation_id, list_id, dossier_id, day)"
        " select gen_random_uuid(), organisation_id, list_id, gen_random_uuid(), day from audit_eventsubject limit 1",
        "insert into audit_eventsubject (id, organisation_id, list_id, dossier_id, day)"
        " select gen_random_uuid(), organisation_id, gen_random_uuid(), dossier_id, day from audit_eventsubject",
    ],
)
def test_the_application_may_not_touch_the_rows_of_a_list(place: Place, sql: str) -> None:
    show(place, THREE)
    with organisation(place.id), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert len(rows(place)) == 3
    assert verify(place.id).ok


@pytest.fixture
def shown(place: Place) -> list[AccessEvent]:
    """A look at a dossier, a list seen twice, and another list."""
    look(place)
    return [show(place, THREE), show(place, THREE, at=LATE + timedelta(minutes=1)), show(place, THREE[:2])]


@pytest.fixture
def tamper_rows(tamper: Tamper) -> Iterator[Tamper]:
    """As a superuser, also on the rows of lists."""

    def run(sql: str, *values: object) -> None:
        off, on = (f"alter table audit_eventsubject {word} trigger user" for word in ("disable", "enable"))
        tamper(off)
        try:
            tamper(sql, *values)
        finally:
            tamper(on)

    yield run


def test_a_removed_subject_is_found_and_its_event_named(place: Place, shown: list, tamper_rows: Tamper) -> None:
    tamper_rows(
        "delete from audit_eventsubject where list_id = %s and dossier_id = %s", shown[2].list_id, min(THREE[:2])
    )
    assert problem_of(place) == (Wrong.SUBJECT_MISSING, shown[2].id)


def test_a_whole_list_that_was_removed_is_found(place: Place, shown: list, tamper_rows: Tamper) -> None:
    tamper_rows("delete from audit_eventsubject where list_id = %s", shown[0].list_id)
    assert problem_of(place) == (Wrong.SUBJECT_MISSING, shown[0].id)


def test_an_added_subject_is_found_and_its_event_named(place: Place, shown: list, tamper_rows: Tamper) -> None:
    tamper_rows(
        "insert into audit_eventsubject (id, organisation_id, list_id, dossier_id, day)"
        " values (gen_random_uuid(), %s, %s, gen_random_uuid(), '2026-11-20')",
        place.id,
        shown[2].list_id,
    )
    assert problem_of(place) == (Wrong.SUBJECT_ADDED, shown[2].id)


def test_a_row_of_a_list_that_nobody_was_shown_is_found(place: Place, shown: list, tamper_rows: Tamper) -> None:
    forged = uuid4()
    tamper_rows(
        "insert into audit_eventsubject (id, organisation_id, list_id, dossier_id, day)"
        " values (%s, %s, gen_random_uuid(), gen_random_uuid(), '2026-11-20')",
        forged,
        place.id,
    )
    assert problem_of(place) == (Wrong.SUBJECT_ADDED, forged)


@pytest.mark.parametrize(
    "change", ["dossier_id = gen_random_uuid()", "day = day - 1", "id = gen_random_uuid()"], ids=["whom", "day", "key"]
)
def test_a_changed_subject_is_found_and_its_event_named(
    place: Place, shown: list, tamper_rows: Tamper, change: str
) -> None:
    tamper_rows(
        f"update audit_eventsubject set {change} where list_id = %s and dossier_id = %s",
        shown[2].list_id,
        min(THREE[:2]),
    )
    assert problem_of(place) == (Wrong.SUBJECT_CHANGED, shown[2].id)


def test_subjects_moved_to_another_list_are_found(place: Place, shown: list, tamper_rows: Tamper) -> None:
    tamper_rows("update audit_eventsubject set list_id = gen_random_uuid() where list_id = %s", shown[2].list_id)
    assert problem_of(place) == (Wrong.SUBJECT_MISSING, shown[2].id)


@pytest.mark.parametrize(
    "change",
    [
        "list_id = gen_random_uuid()",
        "subject_count = 2",
        "subjects_digest = sha256('x')",
        "list_id = null, subject_count = null, subjects_digest = null",
    ],
)
def test_an_event_that_forgets_its_list_is_found_by_the_chain(
    place: Place, shown: list, tamper: Tamper, change: str
) -> None:
    tamper(f"update audit_accessevent set {change} where id = %s", shown[1].id)
    assert problem_of(place) == (Wrong.CHANGED, shown[1].id)


def test_events_from_before_lists_keep_their_digest(place: Place) -> None:
    (event_id,) = look(place)
    with organisation(place.id), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "select casemgmt_event_digest(e) = sha256(convert_to(jsonb_build_array('event/1', e.id, e.organisation_id,"
            " e.at, e.action, e.outcome, e.user_id, e.role, e.on_behalf_of_id, e.dossier_id, e.data, e.object_id,"
            " e.ground, encode(e.sealed, 'hex'), e.source, e.ip, e.request_id)::text, 'UTF8'))"
            " from audit_accessevent e where id = %s",
            [event_id],
        )
        # The digest is of UTC, whatever the session's time is.
        assert cursor.fetchone() == (True,)


def test_the_command_names_the_event_whose_list_was_touched(place: Place, shown: list, tamper_rows: Tamper) -> None:
    tamper_rows("delete from audit_eventsubject where list_id = %s", shown[2].list_id)
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("audit_verify", organisation=place.slug, json=True, stdout=out)
    problem = json.loads(out.getvalue())["problem"]
    assert (problem["wrong"], problem["row_id"], problem["seq"]) == ("subject-missing", str(shown[2].id), 4)


def test_the_export_names_everybody_of_a_list_and_what_vouches_for_them(place: Place, shown: list) -> None:
    out = io.StringIO()
    call_command("audit_export", organisation=place.slug, stdout=out)
    lines = {line["EventID"]: line for line in map(json.loads, out.getvalue().splitlines())}
    named = [
        [one["ObjectID"] for one in lines[str(event.id)]["participants"] if one["ParticipantObjectTypeCode"] == 1]
        for event in shown
    ]
    assert named == [[str(one) for one in sorted(group)] for group in (THREE, THREE, THREE[:2])]
    assert lines[str(shown[2].id)]["participantsDigest"] == digest_of(THREE[:2]).hex()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_list_whose_subjects_cannot_be_written_down_is_not_shown() -> None:
    world = make_world()
    role = settings.DATABASES["default"]["USER"]
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"revoke insert on audit_eventsubject from {role}")
        try:
            answers = [
                world.worker.get(world.here("dossiers/")),
                world.worker.post(world.here("zoeken/"), {"q": "bakker"}),
            ]
        finally:
            cursor.execute(f"grant insert on audit_eventsubject to {role}")
    assert all(answer.status_code in (500, 503) and b"Gezin Bakker" not in answer.content for answer in answers)
    # A list that stood already is not written again, so what is shown is looked at last.
    assert "Gezin Bakker" in world.worker.get(world.here("dossiers/")).content.decode()
