"""An observer that knows nothing of us: PostgreSQL writes down every statement of a whole working day.

Whoever reads a table of dossiers, in whatever way, has an event in the trail that names the same request and was
committed; whoever writes in one leaves an event or an entry. The trail is held against the server's own log.
"""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psycopg
import pytest
from django.apps import apps
from psycopg.conninfo import conninfo_to_dict

from casemgmt.base.models import OrganisationModel
from dossiers import search, worklist
from tests.journeys.asking import ask
from tests.journeys.disclosing import disclose
from tests.journeys.families import FAMILIES
from tests.journeys.keeping import configure, let_go
from tests.journeys.recording import record
from tests.journeys.stack import Stack, running_stack
from tests.journeys.visitor import Visitor
from tests.security.superuser import main_cluster

pytestmark = [pytest.mark.browser, pytest.mark.long]

SLUG = "sterk-huis"
LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \w+ \[(\d+)\] (\w+):  (?:statement: )?(.*)$")
MARK = re.compile(r"/\* (\w+ [0-9a-f-]{36}) \*/ *")
# As Django writes an id, and where a statement asks for a dossier by it.
# One id, several in brackets, or several in an array: `= '…'::uuid`, `in ('…'::uuid, …)`, `= any('{…}'::uuid[])`.
ASKED = re.compile(
    r"""(?:"dossier_id"|\bdossier_id|"content_object_id"|"dossiers_dossier"\."id")"""
    r"""(?: = | in \(| = any\()((?:'[{}0-9a-f,\- ]*'::uuid(?:\[\])?(?:, )?)+)"""
)
READS, WRITES = ("select", "with"), ("insert", "update", "delete")
EVENT, ENTRY = 'insert into "audit_accessevent"', 'insert into "audit_logentry"'
# What a job may read or clear away in silence: it learns ids and days, and loads no key that would open more.
OPAQUE = [
    re.compile(pattern, re.DOTALL)
    for pattern in (
        r'select .* from "work_task" where ',  # whose turn it is and when; what it is about stays sealed
        r'select "dossiers_dossier"\."id" as "id" from ',  # which dossiers the vault should have a key of
        r'select .* from "letters_letter" where \("letters_letter"\."id" = .* = \'waiting\'\)',  # printed already
        r'delete from "dossiers_draft" where "dossiers_draft"\."saved_at" < ',  # told by the house rule, not one by one
    )
]


@dataclass
class Transaction:
    """What one connection did between its beginning and its end, told by the server."""

    statements: list[str] = field(default_factory=list)
    requests: set[str] = field(default_factory=set)
    steps: dict[str, int] = field(default_factory=dict)

    def add(self, text: str) -> None:
        self.requests |= set(MARK.findall(text))
        # A statement may begin with an empty line, or stand in brackets: what it begins with is its first word.
        said = MARK.sub("", text).lower().lstrip(" \n\t(")
        self.statements.append(said)
        if began := re.match(r"savepoint (\S+)", said):
            self.steps[began[1]] = len(self.statements)
        elif undone := re.match(r"rollback to savepoint (\S+)", said):
            self._undo(self.steps[undone[1]])

    def _undo(self, after: int) -> None:
        """Part of it was undone: what was read then stays read, and what was written is not there."""
        kept = [one for one in self.statements[after:] if not one.startswith(WRITES)]
        self.statements[after:] = kept

    def touches(self, tables: re.Pattern[str], words: tuple[str, ...]) -> list[str]:
        """The statements that begin with one of these words and name one of these tables."""
        return [one for one in self.statements if one.startswith(words) and tables.search(one)]

    def told(self, *where: str) -> set[str]:
        """The requests that left an event or an entry here."""
        return self.requests if any(one.startswith(where) for one in self.statements) else set()


def dossier_tables() -> re.Pattern[str]:
    """Every table that holds something of a dossier; the trail itself is no dossier."""
    names = [
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, OrganisationModel) and model._meta.app_label not in ("audit", "keystore")
        if model._meta.label == "dossiers.Dossier"
        or {"dossier_id", "content_object_id"} & {each.attname for each in model._meta.local_fields}
    ]
    assert len(names) > 20, names
    return re.compile(r"\b(?:" + "|".join(names) + r")\b")


def transactions(lines: Iterator[str]) -> Iterator[Transaction]:
    """Committed transactions, in the order in which they ended; what was undone is not given."""
    for statement, pid in _statements(lines):
        word = MARK.sub("", statement).strip().lower().rstrip(";")
        if word == "begin":
            _open[pid] = Transaction()
        elif word in ("commit", "rollback"):
            ended = _open.pop(pid, None)
            if ended and word == "commit":
                yield ended
        elif pid in _open:
            _open[pid].add(statement)
        else:
            alone = Transaction()
            alone.add(statement)
            yield alone


_open: dict[str, Transaction] = {}


def _statements(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Each statement with the server process that ran it; the log folds long ones over several lines."""
    text, pid = "", ""
    for line in lines:
        found = LINE.match(line)
        if found is None:
            text += "\n" + line.strip() if text else ""
            continue
        if text:
            yield text, pid
        pid = found[1]
        text = found[3].strip() if found[2] == "LOG" and "statement: " in line else ""
    if text:
        yield text, pid


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The application with a mark on its statements, in a database whose statements the server writes down."""
    before = os.environ.get("DJANGO_SETTINGS_MODULE", "")
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.journeys.marked_settings"
    try:
        with running_stack() as running:
            _write_down(running)
            yield running
    finally:
        os.environ["DJANGO_SETTINGS_MODULE"] = before


def _write_down(stack: Stack) -> None:
    name = _name(stack)
    with psycopg.connect(main_cluster().url, autocommit=True) as server:
        server.execute(f"alter database \"{name}\" set log_statement = 'all'")
        # Who is connected already would go on in silence; the application connects again by itself.
        server.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [name])


def test_every_read_of_a_dossier_table_has_its_event_in_the_trail(stack: Stack, visit: Callable[..., Visitor]) -> None:
    log = main_cluster().log
    begin = log.stat().st_size
    live(stack, visit)
    told, wrote, reads, writes = set(), set(), {}, {}
    tables = dossier_tables()
    with log.open(encoding="utf-8", errors="replace") as lines:
        lines.seek(begin)
        for done in transactions(lines):
            unknown = set(done.touches(tables, ("",))) - set(done.touches(tables, READS + WRITES))
            assert not unknown, f"neither a read nor a write: {sorted(unknown)[:5]}"
            told |= done.told(EVENT)
            wrote |= done.told(EVENT, ENTRY)
            for kept, found in (
                (reads, done.touches(tables, READS)),
                (writes, done.touches(tables, WRITES)),
            ):
                if found:
                    assert done.requests, found
                    kept.update({request: [*kept.get(request, []), *found] for request in done.requests})
    print(f"{len(reads)} requests or jobs read, {len(writes)} wrote, {len(told)} left an event")
    assert len(reads) > 100 and len(writes) > 10, (len(reads), len(writes))
    silent = {request: found[:3] for request, found in reads.items() if request not in told and more(request, found)}
    assert not silent, f"{len(silent)} read without an event: {list(silent.items())[:20]}"
    unwritten = {
        request: found[:3] for request, found in writes.items() if request not in wrote and more(request, found)
    }
    assert not unwritten, f"{len(unwritten)} wrote without a trace: {list(unwritten.items())[:20]}"
    trail = _the_trail(stack)
    lost = set(told) - set(trail)
    assert not lost, f"{len(lost)} of {len(told)} events were written and are not there: {sorted(lost)[:5]}"
    unnamed = {request: named(found) - trail.get(request, set()) for request, found in reads.items()}
    # Of what was destroyed only its certificate is read, and nothing of it is left to be named.
    there = _dossiers(stack)
    bad = {request: found & there for request, found in unnamed.items() if request.startswith("web ") and found & there}
    assert not bad, {request: (found, reads[request]) for request, found in list(bad.items())[:3]}


def more(request: str, statements: list[str]) -> bool:
    """Whether this was more than a job that learns ids and days; a person who asks has no such excuse."""
    return not request.startswith("job ") or not all(any(one.match(said) for one in OPAQUE) for said in statements)


def named(statements: list[str]) -> set[str]:
    """The dossiers that these statements ask for by their ids."""
    return {found for one in statements for asked in ASKED.findall(one) for found in _ids(asked)}


def live(stack: Stack, visit: Callable[..., Visitor]) -> None:
    """A working day, as in `test_day.py`."""
    family = FAMILIES[SLUG]
    dossier = record(visit, SLUG, family)
    disclose(visit, SLUG, family, dossier)
    ask(visit, SLUG, family, dossier)
    configure(visit, SLUG)
    let_go(visit, stack, SLUG, family)


def _the_trail(stack: Stack) -> dict[str, set[str]]:
    """For each request and job that left an event: the dossiers that it names, itself, as not there, or in its list."""
    asked = """
        select e.source || ' ' || e.request_id, e.dossier_id, e.object_id, s.dossier_id from audit_accessevent e
          left join audit_eventsubject s on s.organisation_id = e.organisation_id and s.list_id = e.list_id
    """
    found: dict[str, set[str]] = defaultdict(set)
    with main_cluster().database(_name(stack)) as server:
        for request, *several in server.execute(asked):
            found[str(request)] |= {one.hex for one in several if one}
    return dict(found)


def _ids(text: str) -> set[str]:
    return set(re.findall("[0-9a-f]{32}", text.replace("-", "")))


def _dossiers(stack: Stack) -> set[str]:
    with main_cluster().database(_name(stack)) as server:
        return {row[0].hex for row in server.execute("select id from dossiers_dossier")}


def _name(stack: Stack) -> str:
    return str(conninfo_to_dict(stack.env["DATABASE_URL"])["dbname"])


def test_the_reader_of_the_log_sees_what_was_read_in_silence() -> None:
    """So that the test above cannot pass by misreading: a read, an undone event, a statement over two lines."""
    mark = "/* web 11111111-1111-1111-1111-111111111111 */"
    said = [
        f"2026-11-22 12:00:00.000 UTC [7] LOG:  statement: {word}"
        for word in ("BEGIN", f'{mark} SELECT "dossiers_person"."id"', "COMMIT", "BEGIN", f"{mark} {EVENT} (1)")
    ]
    said.insert(2, '\t FROM "dossiers_person"')
    said.append("2026-11-22 12:00:00.000 UTC [7] LOG:  statement: ROLLBACK")
    (only,) = transactions(iter(said))
    assert only.touches(dossier_tables(), READS) and only.requests and not only.told(EVENT)


def test_the_reader_of_the_log_believes_no_event_that_was_undone_in_the_middle() -> None:
    done = Transaction()
    for said in (
        "SAVEPOINT a",
        EVENT,
        'SELECT 1 FROM "dossiers_person"',
        "ROLLBACK TO SAVEPOINT a",
        "RELEASE SAVEPOINT a",
    ):
        done.add(f"/* job 11111111-1111-1111-1111-111111111111 */ {said}")
    assert done.touches(dossier_tables(), READS) and not done.told(EVENT)


@pytest.mark.parametrize("statement", [worklist._WORKLIST, search._CLIENTS])
def test_the_reader_of_the_log_knows_a_read_however_it_is_written(statement: str) -> None:
    """The worklist and the names of a list are written by hand, and begin with an empty line."""
    done = Transaction()
    done.add("/* web 11111111-1111-1111-1111-111111111111 */ " + statement)
    assert done.touches(dossier_tables(), READS)


def test_the_reader_of_the_log_names_the_dossiers_of_a_list() -> None:
    one, other = "1" * 32, "2" * 32
    for way in (f"= any('{{{one},{other}}}'::uuid[])", f"in ('{one}'::uuid, '{other}'::uuid)"):
        assert named([f"select name from dossiers_person where dossier_id {way} and role = 'client'"]) == {one, other}
    assert named([f"select 1 from dossiers_person where dossier_id = '{one}'::uuid"]) == {one}
