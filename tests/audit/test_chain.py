"""The chain: gapless under pressure, closed to the application, and it tells when somebody mightier was at it."""

import io
import json
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, connections, transaction

from casemgmt.audit.chain import Head, Wrong, present_head, verify
from casemgmt.audit.models import AccessEvent, AuditLink
from casemgmt.base.organisation import organisation
from tests.audit.conftest import Place, Tamper, look

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


def test_links_are_gapless_per_organisation_when_many_write_at_once(places: list[Place]) -> None:
    wrong: list[BaseException] = []

    def write(place: Place) -> None:
        try:
            look(place, 15)
        except BaseException as problem:
            wrong.append(problem)
        finally:
            connections.close_all()

    threads = [Thread(target=write, args=[place]) for place in places * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    for place in places:
        with organisation(place.id), transaction.atomic():
            assert list(AuditLink.objects.order_by("seq").values_list("seq", flat=True)) == list(range(1, 46))
        found = verify(place.id)
        assert found.ok
        assert found.checked == 45


def test_what_is_rolled_back_leaves_no_gap(place: Place) -> None:
    look(place, 2)
    with organisation(place.id), pytest.raises(RuntimeError), transaction.atomic():
        look(place)
        raise RuntimeError
    look(place)
    assert verify(place.id).checked == 3
    assert verify(place.id).ok


def test_one_organisation_does_not_see_the_chain_of_another(places: list[Place]) -> None:
    look(places[0], 3)
    assert verify(places[1].id).checked == 0
    assert present_head(places[1].id) == Head(0, "")


@pytest.mark.parametrize(
    "sql",
    [
        "update audit_accessevent set role = 'x'",
        "delete from audit_accessevent",
        "truncate audit_accessevent",
        "delete from audit_logentry",
        "update audit_auditlink set seq = 9",
        "delete from audit_auditlink",
        "update audit_audithead set seq = 9",
        "insert into audit_auditlink (id, organisation_id, seq, kind, row_id, hash)"
        " values (gen_random_uuid(), current_setting('app.organisation')::uuid, 1, 'event', gen_random_uuid(), '')",
        "alter table audit_accessevent disable trigger user",
        "select casemgmt_link()",
    ],
)
def test_the_application_may_not_touch_what_is_written(place: Place, sql: str) -> None:
    """Refused by the grants: neither row security nor a constraint had to stop it."""
    look(place)
    refused = pytest.raises(DatabaseError, match=r"permission denied|must be owner")
    with organisation(place.id), refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert (verify(place.id).ok, verify(place.id).checked) == (True, 1)


@pytest.mark.parametrize("sql", ["update audit_accessevent set role = 'x'", "delete from audit_accessevent"])
def test_triggers_refuse_even_the_owner(place: Place, tamper: Tamper, sql: str) -> None:
    look(place)
    with pytest.raises(DatabaseError, match="never changed or removed"):
        tamper(sql, triggers_off=False)


def test_a_truncate_by_the_owner_is_refused_where_the_tests_did_not_lift_it(place: Place) -> None:
    look(place)
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "create trigger audit_accessevent_no_truncate before truncate on audit_accessevent"
            " for each statement execute function casemgmt_refuse_change()"
        )
        try:
            with pytest.raises(DatabaseError, match="never changed or removed"):
                cursor.execute("truncate audit_accessevent cascade")
        finally:
            cursor.execute("drop trigger audit_accessevent_no_truncate on audit_accessevent")


@pytest.mark.parametrize(
    "change",
    ["role = 'manager'", "at = at + interval '1 second'", "dossier_id = gen_random_uuid()", "outcome = 'denied'"],
)
@pytest.mark.rule("VT-7.1", "SH-4.1.0")
def test_an_edit_by_a_superuser_is_found_and_named(place: Place, tamper: Tamper, change: str) -> None:
    rows = look(place, 5)
    tamper(f"update audit_accessevent set {change} where id = %s", rows[2])
    problem = verify(place.id).problem
    assert problem is not None
    assert (problem.wrong, problem.kind, problem.row_id, problem.seq) == (Wrong.CHANGED, "event", rows[2], 3)


@pytest.mark.rule("VT-7.1")
def test_a_removed_row_is_found_and_named(place: Place, tamper: Tamper) -> None:
    rows = look(place, 5)
    tamper("delete from audit_accessevent where id = %s", rows[1])
    problem = verify(place.id).problem
    assert problem is not None
    assert (problem.wrong, problem.row_id, problem.seq) == (Wrong.MISSING, rows[1], 2)


def test_a_removed_row_with_its_link_leaves_a_gap(place: Place, tamper: Tamper) -> None:
    rows = look(place, 5)
    tamper("delete from audit_accessevent where id = %s", rows[1])
    tamper("delete from audit_auditlink where row_id = %s", rows[1])
    problem = verify(place.id).problem
    assert problem is not None
    assert (problem.wrong, problem.seq) == (Wrong.GAP, 3)


def test_an_edit_that_rewrites_its_own_link_breaks_the_next(place: Place, tamper: Tamper) -> None:
    rows = look(place, 5)
    tamper("update audit_accessevent set role = 'x' where id = %s", rows[2])
    tamper(
        "update audit_auditlink l set hash = sha256((select hash from audit_auditlink where seq = 2)"
        " || convert_to('3', 'UTF8')"
        " || (select casemgmt_event_digest(e) from audit_accessevent e where e.id = l.row_id))"
        " where seq = 3"
    )
    problem = verify(place.id).problem
    assert problem is not None
    assert (problem.wrong, problem.seq) == (Wrong.CHANGED, 4)


def cut_tail(tamper: Tamper, rows: list) -> None:  # type: ignore[type-arg]
    """Remove the last two rows, their links, and set the head back: all that is inside the database agrees."""
    for row in rows[-2:]:
        tamper("delete from audit_accessevent where id = %s", row)
        tamper("delete from audit_auditlink where row_id = %s", row)
    tamper(
        "update audit_audithead h set seq = l.seq, hash = l.hash from"
        " (select seq, hash from audit_auditlink order by seq desc limit 1) l"
    )


def test_a_cut_tail_is_found_by_the_head_that_was_published(place: Place, tamper: Tamper) -> None:
    rows = look(place, 5)
    published = present_head(place.id)
    cut_tail(tamper, rows)
    assert verify(place.id).ok
    problem = verify(place.id, head=published).problem
    assert problem is not None
    assert (problem.wrong, problem.seq) == (Wrong.CUT, 5)


def test_a_cut_tail_written_anew_is_found_too(place: Place, tamper: Tamper) -> None:
    rows = look(place, 5)
    published = present_head(place.id)
    cut_tail(tamper, rows)
    look(place, 4)
    assert verify(place.id).ok
    assert verify(place.id, head=[Head(0, ""), published]).problem is not None


def test_a_cut_tail_without_its_head_set_back_is_found_at_once(place: Place, tamper: Tamper) -> None:
    rows = look(place, 3)
    tamper("delete from audit_accessevent where id = %s", rows[-1])
    tamper("delete from audit_auditlink where row_id = %s", rows[-1])
    problem = verify(place.id).problem
    assert problem is not None
    assert problem.wrong == Wrong.HEAD


def test_a_row_written_past_the_triggers_is_found(place: Place, tamper: Tamper) -> None:
    look(place, 2)
    forged = uuid4()
    tamper(
        "insert into audit_accessevent (id, organisation_id, at, action, outcome, role, data, ground, source)"
        " values (%s, %s, now(), 'read', 'shown', '', '', '', 'web')",
        forged,
        place.id,
    )
    problem = verify(place.id).problem
    assert problem is not None
    assert (problem.wrong, problem.row_id) == (Wrong.UNLINKED, forged)


def test_commands_publish_and_verify(places: list[Place], tamper: Tamper, tmp_path: Path) -> None:
    rows = look(places[0], 3)
    look(places[1], 2)
    heads = io.StringIO()
    call_command("audit_head", stdout=heads)
    file = tmp_path / "heads.jsonl"
    file.write_text(heads.getvalue())
    out = io.StringIO()
    call_command("audit_verify", head=str(file), json=True, stdout=out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(line["organisation"], line["ok"], line["checked"]) for line in lines] == [
        ("sterk-huis", True, 3),
        ("veilig-thuis-hm", True, 2),
        (None, True, 0),
    ]
    tamper("update audit_accessevent set role = 'x' where id = %s", rows[0])
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("audit_verify", organisation="sterk-huis", json=True, stdout=out)
    assert ended.value.code == 1
    assert json.loads(out.getvalue())["problem"]["row_id"] == str(rows[0])
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("audit_verify", stdout=out)
    assert f"WRONG at event {rows[0]}" in out.getvalue()


def test_a_file_that_holds_no_heads_is_refused(place: Place, tmp_path: Path) -> None:
    file = tmp_path / "heads"
    file.write_text("[]\n")
    with pytest.raises(CommandError, match="does not hold heads"):
        call_command("audit_verify", head=str(file))
    with pytest.raises(CommandError, match="no organisation"):
        call_command("audit_verify", organisation="nergens")


def test_the_export_is_in_the_trail_before_its_first_line(place: Place) -> None:
    rows = look(place, 2)
    out = io.StringIO()
    call_command("audit_export", organisation=place.slug, stdout=out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [line["EventID"] for line in lines] == [str(row) for row in rows]
    first = lines[0]
    assert first["EventActionCode"] == "R"
    assert first["EventOutcomeIndicator"] == 0
    assert first["participants"][0]["ObjectID"] == str(place.dossier_id)
    assert first["autorisatieProtocol"] == "assignment"
    with organisation(place.id), transaction.atomic():
        assert AccessEvent.objects.filter(action="export", data="trail").count() == 1


def test_the_export_takes_the_days_that_were_asked(place: Place) -> None:
    look(place, 1)
    out = io.StringIO()
    call_command(
        "audit_export", "--organisation", place.slug, "--from", "2001-01-01", "--until", "2001-01-31", stdout=out
    )
    assert out.getvalue() == ""


def test_the_first_and_the_last_day_that_there_are_can_be_asked_for(place: Place) -> None:
    look(place, 1)
    out = io.StringIO()
    call_command(
        "audit_export", "--organisation", place.slug, "--from", "0001-01-01", "--until", "9999-12-31", stdout=out
    )
    assert len(out.getvalue().splitlines()) == 1
