"""What the mightiest can do to the trail (D2): a real superuser edits, deletes and cuts, and is named.

`tests/audit/test_chain.py` does as the owner of the tables does; here nothing in PostgreSQL is left to refuse.
"""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections, transaction

from casemgmt.audit import events, guards
from casemgmt.audit.vocabulary import Action, Outcome
from tests.audit.test_guards import LYING
from tests.dossiers.pages import World
from tests.security.superuser import main_cluster

pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")
Hands = Callable[..., None]


@pytest.fixture
def hands() -> Iterator[Hands]:
    """A superuser with every trigger and reference off, for whom row security does not exist."""
    with main_cluster().database(connections["owner"].settings_dict["NAME"]) as server:
        server.execute("set session_replication_role = replica")

        def run(sql: str) -> None:
            assert server.execute(sql).rowcount != 0, sql

        functions = server.execute(
            "select pg_get_functiondef(oid) from pg_proc where proname = any(%s)", [list(guards.FUNCTIONS)]
        ).fetchall()
        yield run
        for (text,) in functions:
            server.execute(str(text).encode())


@pytest.fixture
def published(world: World, tmp_path: Path) -> Path:
    """The heads as they were sent away before anybody meddled."""
    for _ in range(5):
        with transaction.atomic():
            events.record_platform(Action.SIGN_IN, outcome=Outcome.DENIED, data="sign-in-failed")
    heads = io.StringIO()
    call_command("audit_head", stdout=heads)
    file = tmp_path / "heads.jsonl"
    file.write_text(heads.getvalue())
    organisation, platform = map(json.loads, heads.getvalue().splitlines())
    assert organisation["seq"] > 10 and platform["seq"] >= 5
    return file


def verdict(head: Path | None = None) -> tuple[int, dict[str, object]]:
    """How `audit_verify` ends, and the first problem that it names."""
    out = io.StringIO()
    try:
        call_command("audit_verify", json=True, stdout=out, head=str(head) if head else None)
    except SystemExit as ended:
        lines = map(json.loads, out.getvalue().splitlines())
        return int(str(ended.code)), next(line["problem"] for line in lines if not line["ok"])
    return 0, {}


LAST = "(select max(seq) from audit_auditlink)"
SET_BACK = "update audit_audithead h set seq = l.seq, hash = l.hash from audit_auditlink l where l.seq = " + LAST
CUT = "truncate audit_accessevent, audit_logentry, audit_auditlink, audit_audithead, audit_eventsubject"
LAST_PLATFORM = "(select max(seq) from audit_platformlink)"
# What was done, and how it is named without the published head, and with it; "" is not found at all.
MEDDLING: dict[str, tuple[list[str], str, str]] = {
    "an event edited": (["update audit_accessevent set role = 'x' where action = 'create'"], "changed", "changed"),
    "an event's person": (["update audit_accessevent set user_id = gen_random_uuid()"], "changed", "changed"),
    "an event deleted": (["delete from audit_accessevent where action = 'create'"], "missing", "missing"),
    "all events deleted": (["delete from audit_accessevent"], "missing", "missing"),
    "a write edited": (["update audit_logentry set timestamp = timestamp - interval '1 day'"], "changed", "changed"),
    "a write's values": (["update audit_logentry set changes = '{}'::jsonb"], "changed", "changed"),
    "a write deleted": (["delete from audit_logentry"], "missing", "missing"),
    "a name written beside": (["update audit_logentry set object_repr = 'Jantje'"], "changed", "changed"),
    "a link's hash": (["update audit_auditlink set hash = '\\x00' where seq = 3"], "changed", "changed"),
    "links deleted": (["delete from audit_auditlink where seq = 3"], "gap", "gap"),
    "links turned about": (["update audit_auditlink set seq = 1000 - seq"], "gap", "gap"),
    "the head set back": (["update audit_audithead set seq = 3"], "head", "head"),
    "the head deleted": (["delete from audit_audithead"], "head", "head"),
    "an event without a link": (
        [
            "insert into audit_accessevent (id, organisation_id, at, action, outcome, role, data, ground, source)"
            " select gen_random_uuid(), organisation_id, now(), 'read', 'shown', '', '', '', 'web'"
            " from audit_audithead"
        ],
        "unlinked",
        "unlinked",
    ),
    # The last rows with their links, and the head set back: inside the database all agrees.
    "the tail cut": (
        [
            f"delete from audit_accessevent where id = (select row_id from audit_auditlink where seq = {LAST})",
            f"delete from audit_logentry where id = (select row_id from audit_auditlink where seq = {LAST})",
            f"delete from audit_auditlink where seq = {LAST}",
            SET_BACK,
        ],
        "",
        "cut",
    ),
    "everything cut": (
        [CUT],
        "",
        "cut",
    ),
    # What the published heads are looked up by is changed, or what the digests were made with.
    "everything cut under another slug": (
        [CUT, "update organisations_organisation set slug = 'heel-anders'"],
        "",
        "cut",
    ),
    "everything cut and the organisation removed": (
        [CUT, "delete from organisations_organisation"],
        "",
        "nobodys",
    ),
    "everything cut under another id": (
        [CUT, "update organisations_organisation set id = gen_random_uuid()"],
        "",
        "nobodys",
    ),
    "a digest that hides an edit": (
        [LYING, "update audit_accessevent set outcome = 'denied' where action = 'create'"],
        "changed",
        "changed",
    ),
    "a digest that lies": ([LYING], "guard", "guard"),
    # What happened where no organisation was current.
    "a failed sign-in made good": (["update audit_platformevent set outcome = 'done'"], "changed", "changed"),
    "a sign-in deleted": (
        ["delete from audit_platformevent where id = (select row_id from audit_platformlink where seq = 2)"],
        "missing",
        "missing",
    ),
    "a sign-in without a link": (
        [
            "insert into audit_platformevent (id, at, action, outcome, data)"
            " values (gen_random_uuid(), now(), 'sign_in', 'done', 'sign-in')"
        ],
        "unlinked",
        "unlinked",
    ),
    "a sign-in's link deleted": (["delete from audit_platformlink where seq = 3"], "gap", "gap"),
    "a sign-in's link written anew": (["update audit_platformlink set hash = '\\x00'"], "changed", "changed"),
    "the platform's head deleted": (["delete from audit_platformhead"], "head", "head"),
    "the platform's tail cut": (
        [
            "delete from audit_platformevent where id ="
            f" (select row_id from audit_platformlink where seq = {LAST_PLATFORM})",
            f"delete from audit_platformlink where seq = {LAST_PLATFORM}",
            "update audit_platformhead h set seq = l.seq, hash = l.hash from audit_platformlink l"
            f" where l.seq = {LAST_PLATFORM}",
        ],
        "",
        "cut",
    ),
    "the platform's trail cut": (["truncate audit_platformevent, audit_platformlink, audit_platformhead"], "", "cut"),
}


# The owner's hands try most of it in the gate already (`tests/audit/test_chain.py`).
QUICK = ("a write edited", "a write deleted", "the tail cut", "everything cut", "a digest that hides an edit")
QUICK += ("everything cut under another id", "a failed sign-in made good", "the platform's tail cut")
DEEDS = [pytest.param(deed, marks=[] if deed in QUICK else [pytest.mark.long]) for deed in MEDDLING]


@pytest.mark.parametrize("deed", DEEDS)
def test_what_a_superuser_did_to_the_trail_is_named(world: World, hands: Hands, published: Path, deed: str) -> None:
    statements, alone, with_head = MEDDLING[deed]
    assert (verdict()[0], verdict(published)[0]) == (0, 0)
    for sql in statements if deed not in ("the tail cut",) else _cut(statements):
        hands(sql)
    for head, expected in ((None, alone), (published, with_head)):
        code, problem = verdict(head)
        assert (code, problem.get("wrong", "")) == (1 if expected else 0, expected), deed
        assert not code or (
            problem["sentence"] and (problem["row_id"] or problem["name"] or problem["seq"] is not None)
        )


def _cut(statements: list[str]) -> Iterator[str]:
    """The last row is an event or an entry: one of the two deletions finds nothing, and that is no mistake."""
    first, second, *rest = statements
    yield f"with gone as ({first} returning 1) select 1"
    yield f"with gone as ({second} returning 1) select 1"
    yield from rest


def test_every_table_of_the_trail_is_meddled_with() -> None:
    """By the catalogue: a table that somebody adds to the trail has its deed here."""
    done = " ".join(sql for statements, _, _ in MEDDLING.values() for sql in statements)
    with connections["owner"].cursor() as cursor:
        cursor.execute("select relname from pg_class where relkind = 'r' and relname like 'audit\\_%'")
        assert all(table in done for (table,) in cursor.fetchall())
