"""What happens where no organisation is current (sign-ins above all) is kept and linked as the organisations' is."""

import io
import json
from pathlib import Path
from threading import Thread
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction

from casemgmt.audit import events
from casemgmt.audit.chain import Head, Wrong, present_platform_head, verify_platform
from casemgmt.audit.models import PlatformEvent, PlatformLink
from casemgmt.audit.vocabulary import Action, Outcome
from tests.audit.conftest import Place, Tamper

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def sign_in(times: int = 1) -> list[UUID]:
    """So many failed sign-ins, each in a transaction of its own."""
    made = []
    for _ in range(times):
        with transaction.atomic():
            made.append(events.record_platform(Action.SIGN_IN, outcome=Outcome.DENIED, data="sign-in-failed").id)
    return made


def wrong() -> tuple[Wrong, UUID | None, int | None]:
    problem = verify_platform().problem
    assert problem is not None
    return problem.wrong, problem.row_id, problem.seq


@pytest.mark.parametrize(
    "sql",
    [
        "update audit_platformevent set outcome = 'done'",
        "delete from audit_platformevent",
        "truncate audit_platformevent",
        "update audit_platformlink set seq = 9",
        "delete from audit_platformlink",
        "insert into audit_platformlink (seq, row_id, hash) values (7, gen_random_uuid(), '')",
        "update audit_platformhead set seq = 9",
        "insert into audit_platformhead (id, seq, hash) values (1, 0, '')",
        "alter table audit_platformevent disable trigger user",
        "select casemgmt_platform_link()",
        "select casemgmt_platform_append(e) from audit_platformevent e",
    ],
)
def test_the_application_may_not_touch_what_is_written(sql: str) -> None:
    sign_in()
    refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert (verify_platform().ok, verify_platform().checked) == (True, 1)


@pytest.mark.parametrize("sql", ["update audit_platformevent set data = 'x'", "delete from audit_platformevent"])
def test_triggers_refuse_even_the_owner(sql: str) -> None:
    sign_in()
    with pytest.raises(DatabaseError, match="never changed or removed"), connections["owner"].cursor() as cursor:
        cursor.execute(sql)


def test_links_are_gapless_when_many_sign_in_at_once_and_what_is_rolled_back_leaves_no_gap() -> None:
    def work() -> None:
        try:
            sign_in(10)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pytest.raises(RuntimeError), transaction.atomic():
        events.record_platform(Action.SIGN_IN, outcome=Outcome.DONE, data="sign-in")
        raise RuntimeError
    sign_in()
    assert list(PlatformLink.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 42))
    assert (verify_platform().ok, verify_platform().checked) == (True, 41)


@pytest.mark.parametrize(
    "change",
    [
        "at = at + interval '1 second'",
        "action = 'job'",
        "outcome = 'done'",
        "user_id = gen_random_uuid()",
        "data = 'sign-in'",
        "ip = '192.0.2.1'",
        "request_id = gen_random_uuid()",
    ],
)
def test_an_edit_by_a_superuser_is_found_and_named(tamper: Tamper, change: str) -> None:
    rows = sign_in(4)
    tamper(f"update audit_platformevent set {change} where id = %s", rows[1])
    assert wrong() == (Wrong.CHANGED, rows[1], 2)


def test_every_column_of_the_event_is_vouched_for() -> None:
    tried = {"at", "action", "outcome", "user_id", "data", "ip", "request_id"}
    assert {field.column for field in PlatformEvent._meta.local_fields} == tried | {"id"}


def test_what_was_removed_or_forged_is_found_and_named(tamper: Tamper) -> None:
    rows = sign_in(4)
    forged = uuid4()
    tamper(
        "insert into audit_platformevent (id, at, action, outcome, data) values (%s, now(), 'job', 'done', 'x')",
        forged,
    )
    assert wrong() == (Wrong.UNLINKED, forged, None)
    tamper("delete from audit_platformevent where id = %s", rows[2])
    assert wrong() == (Wrong.MISSING, rows[2], 3)
    tamper("delete from audit_platformlink where seq = 3")
    assert wrong() == (Wrong.GAP, rows[3], 4)


def test_a_cut_tail_is_found_by_the_head_that_was_published(tamper: Tamper, tmp_path: Path) -> None:
    rows = sign_in(4)
    out = io.StringIO()
    call_command("audit_head", stdout=out)
    published = json.loads(out.getvalue().splitlines()[-1])
    assert (published["organisation"], published["id"], published["seq"]) == (None, None, 4)
    assert Head(4, published["hash"]) == present_platform_head()
    (file := tmp_path / "heads.jsonl").write_text(out.getvalue())
    call_command("audit_verify", head=str(file), stdout=io.StringIO())
    tamper("delete from audit_platformevent where id = %s", rows[3])
    tamper("delete from audit_platformlink where seq = 4")
    tamper("update audit_platformhead h set seq = l.seq, hash = l.hash from audit_platformlink l where l.seq = 3")
    assert verify_platform().ok
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("audit_verify", head=str(file), stdout=out)
    assert "platform: WRONG at head, number 4." in out.getvalue()


def test_who_asks_for_one_organisation_hears_of_that_one(place: Place) -> None:
    for name in ("audit_head", "audit_verify"):
        out = io.StringIO()
        call_command(name, organisation=place.slug, json=True, stdout=out)
        assert [json.loads(line)["organisation"] for line in out.getvalue().splitlines()] == [place.slug]


def test_events_from_before_the_chain_are_linked_by_the_migration(tamper: Tamper) -> None:
    """As many as fill more than one step of it; some of the same moment."""

    def migrate(name: str) -> None:
        call_command("migrate", "audit", name, database="owner", interactive=False, verbosity=0)

    before = [uuid4() for _ in range(1203)]
    migrate("0004")
    try:
        with connections["default"].cursor() as cursor:
            for number, row_id in enumerate(before):
                cursor.execute(
                    "insert into audit_platformevent (id, at, action, outcome, data)"
                    " values (%s, timestamptz '2026-01-01' + %s * interval '1 minute', 'sign_in', 'done', 'sign-in')",
                    [row_id, number // 3],
                )
            cursor.execute("update audit_platformevent set data = 'sign-in-failed' where id = %s", [before[7]])
        migrate("0005")
        (early,) = sign_in()
    finally:
        migrate("0006")
        with connections["owner"].cursor() as cursor:
            cursor.execute("drop trigger if exists audit_platformevent_no_truncate on audit_platformevent")
    assert (verify_platform().problem, verify_platform().checked) == (None, 1204)
    linked = list(PlatformLink.objects.order_by("seq").values_list("row_id", flat=True))
    assert linked[0] == early and set(linked[1:]) == set(before)
    assert [before.index(row) // 3 for row in linked[1:]] == [number // 3 for number in range(1203)]
    tamper("delete from audit_platformevent where id = %s", before[7])
    assert wrong()[:2] == (Wrong.MISSING, before[7])
