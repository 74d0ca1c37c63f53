"""What guards the trail in the database is what this release put there, and who changes it changes no judgement."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connections, transaction

from casemgmt.audit import chain, events, guards
from casemgmt.audit.chain import Wrong, verify, verify_platform
from casemgmt.audit.vocabulary import Action, Outcome
from tests.audit.conftest import Place, Tamper, look

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
Owner = Callable[[str], None]


@pytest.fixture
def owner() -> Iterator[Owner]:
    """SQL of the tables' owner; the functions and triggers that it meddled with are put back."""

    def run(sql: str) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(sql)

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "select pg_get_functiondef(oid) from pg_proc where proname = any(%s)", [sorted(guards.FUNCTIONS)]
        )
        functions = [text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION") for (text,) in cursor.fetchall()]
    yield run
    for text in functions:
        run(text)
    run("drop trigger if exists audit_platformevent_zz on audit_platformevent")
    run("drop rule if exists nothing on audit_platformevent")
    run("alter table audit_platformevent enable trigger user")


def named() -> tuple[str, str]:
    problem = verify_platform().problem
    assert problem is not None
    assert problem.wrong == Wrong.GUARD
    return problem.kind, problem.name


def test_the_functions_are_those_that_are_known() -> None:
    """After a migration that changes one: these are the new values for ``casemgmt.audit.guards``."""
    with chain._one_moment():
        assert guards.fingerprints(chain._rows) == guards.FUNCTIONS
    assert verify_platform().ok


LYING = """
create or replace function casemgmt_event_digest(e audit_accessevent) returns bytea
language plpgsql immutable set timezone to 'UTC' as $$
begin
  e.outcome := 'shown';
  return sha256(convert_to(jsonb_build_array(
    'event/1', e.id, e.organisation_id, e.at, e.action, e.outcome, e.user_id, e.role, e.on_behalf_of_id, e.dossier_id,
    e.data, e.object_id, e.ground, encode(e.sealed, 'hex'), e.source, e.ip, e.request_id)::text, 'UTF8'));
end $$
"""


def test_a_digest_that_lies_hides_no_edit_and_is_named_itself(place: Place, tamper: Tamper, owner: Owner) -> None:
    rows = look(place, 3)
    owner(LYING)
    tamper("update audit_accessevent set outcome = 'denied' where id = %s", rows[1])
    look(place)
    problem = verify(place.id).problem
    assert problem is not None
    assert (problem.wrong, problem.row_id) == (Wrong.CHANGED, rows[1])
    assert named() == ("function", "casemgmt_event_digest")


def test_a_function_of_the_same_name_elsewhere_is_not_asked(place: Place, tamper: Tamper, owner: Owner) -> None:
    """A role may be given another path; the statements that judge have their own."""
    rows = look(place, 2)
    owner("create schema elsewhere")
    owner(
        "create function elsewhere.sha256(bytea) returns bytea language sql as $$ select ''::bytea $$;"
        " grant usage on schema elsewhere to public"
    )
    try:
        with connections["default"].cursor() as cursor:
            cursor.execute("set search_path = elsewhere, pg_catalog, public")
        assert verify(place.id).ok
        tamper("update audit_accessevent set role = 'x' where id = %s", rows[0])
        assert not verify(place.id).ok
    finally:
        with connections["default"].cursor() as cursor:
            cursor.execute("reset search_path")
        owner("drop schema elsewhere cascade")


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        (
            "create trigger audit_platformevent_zz before insert on audit_platformevent for each row"
            " when (new.data = 'sign-in-failed') execute function casemgmt_platform_link()",
            ("trigger", "audit_platformevent_zz"),
        ),
        (
            "alter table audit_platformevent disable trigger audit_platformevent_immutable",
            ("trigger", "audit_platformevent_immutable"),
        ),
        (
            "create rule nothing as on insert to audit_platformevent do instead nothing",
            ("table", "audit_platformevent"),
        ),
    ],
    ids=["a trigger more", "a trigger asleep", "a rule beside it"],
)
def test_who_changes_how_rows_are_written_is_named(owner: Owner, sql: str, found: tuple[str, str]) -> None:
    with transaction.atomic():
        events.record_platform(Action.SIGN_IN, outcome=Outcome.DONE, data="sign-in")
    assert verify_platform().ok
    owner(sql)
    assert named() == found
