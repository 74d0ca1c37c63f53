"""Writes that go round the trail of writes stand in a list, each with its reason.

django-auditlog does not see ``update()``, ``bulk_create``, ``bulk_update``, raw
SQL or ``_raw_delete``. Each such call in the application is named in
``bulk_writes.txt`` as ``path function call: reason``. What raw SQL says is read where it stands; SQL that is put
together from what cannot be read here is a call named ``composed``, and the list says why it writes nothing, or names
it as ``execute`` when it does.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sql_words import Assigned, assigned, read, writes

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("bulk_writes.txt")
PACKAGES = ["casemgmt", "dossiers", "consent", "registers", "disclosures", "retention", "requests", "portal", "demo"]
ALWAYS = {"bulk_create", "bulk_update", "_raw_delete", "aupdate", "abulk_create", "abulk_update"}
# ``update`` on these is a dictionary's or a hash's, not a query's.
NOT_QUERIES = {"globals", "filters", "conf", "environ", "headers", "update", "digest", "hash", "sha256", "hmac"}
RAW = ("execute", "executemany")


def listed() -> dict[str, str]:
    found = {}
    for line in LIST.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            call, separator, reason = line.partition(": ")
            assert separator and len(reason.split()) >= 4, f"No reason: {line}"
            found[call.strip()] = reason
    return found


def calls() -> Iterator[str]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "migrations" not in path.parts:
                tree = ast.parse(path.read_text(encoding="utf-8"))
                yield from _in(tree, str(path.relative_to(ROOT)), "module")


def _in(node: ast.AST, path: str, function: str, known: tuple[Assigned, ...] = ()) -> Iterator[str]:
    if isinstance(node, ast.Module | ast.FunctionDef | ast.AsyncFunctionDef):
        known = (assigned(node), *known)
    for child in ast.iter_child_nodes(node):
        name = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(child, ast.Call) and (call := _silent_write(child, known)):
            yield f"{path} {name} {call}"
        yield from _in(child, path, name, known)


def _silent_write(call: ast.Call, known: tuple[Assigned, ...]) -> str | None:
    if not isinstance(call.func, ast.Attribute):
        return None
    name = call.func.attr
    if name in ALWAYS or (name == "raw" and not isinstance(call.func.value, ast.Name)):
        return name
    if name == "update" and not call.args and _receiver(call.func.value) not in NOT_QUERIES:
        return name
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    if name not in RAW or not given:
        return None
    text, whole = read(given[0], known)
    if writes(text):
        return name
    return None if whole else "composed"


def _receiver(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _unlisted(found: set[str], known: set[str]) -> list[str]:
    """Where SQL that nobody can read here is listed as a write, it need not be listed as harmless."""
    return sorted(call for call in found - known if _as_a_write(call) not in known)


def _as_a_write(call: str) -> str:
    return call.removesuffix("composed") + "execute" if call.endswith(" composed") else call


def test_every_write_round_the_trail_is_listed_with_its_reason() -> None:
    unlisted = _unlisted(set(calls()), set(listed()))
    assert not unlisted, "list these in tests/standing/bulk_writes.txt, or save row by row:\n" + "\n".join(unlisted)


def test_nothing_is_listed_that_is_gone() -> None:
    found = set(calls())
    gone = sorted(listed().keys() - found - {_as_a_write(call) for call in found})
    assert not gone, "\n".join(gone)


def test_the_finder_finds() -> None:
    lines = ["A.objects.filter(b=1).update(c=2)", "d.update({1: 2})", "cursor.execute('delete from x')"]
    source = "def f():\n" + "".join(f"    {line}\n" for line in lines)
    assert list(_in(ast.parse(source), "p.py", "module")) == ["p.py f update", "p.py f execute"]


# Each with what the finder calls it; the first two were planted once in dossiers and passed unseen.
SEEN = {
    's = sql.SQL("update {} set a = %s").format(sql.Identifier("t"))\ncursor.execute(s, [1])': "execute",
    'cursor.execute("with gone as (delete from t returning 1) select count(*) from gone")': "execute",
    'cursor.execute(sql.SQL("delete from t"))': "execute",
    'cursor.execute("/* tidy */ delete -- all\\n from t")': "execute",
    'cursor.execute(f"truncate {name}")': "execute",
    'cursor.execute("dele" + "te from t")': "execute",
    'cursor.execute(query="merge into t using s on true when matched then do nothing")': "execute",
    'QUESTION = "select 1"\nQUESTION += "; insert into t values (1)"\ncursor.execute(QUESTION)': "execute",
    'cursor.execute("do $$ begin delete from t; end $$")': "execute",
    'def f(what):\n    cursor.execute(sql.SQL(what + " from t"))': "composed",
    "cursor.execute(elsewhere.QUESTION)": "composed",
    'for what in ("a", "b"):\n    cursor.executemany(what, [])': "composed",
}
HARMLESS = [
    'cursor.execute("select 1 from t for update")',
    'cursor.execute("select 1 from t for no key update of t skip locked")',
    "cursor.execute(\"select 'delete from t', 'it''s an update'\")",
    'cursor.execute("select updated_at, last_update from t -- never update this")',
    'TABLES = "select 1"\ncursor.execute(TABLES)',
    'name = sql.Identifier("t")\ncursor.execute(sql.SQL("select count(*) from {}").format(name))',
]


@pytest.mark.parametrize(("source", "call"), SEEN.items())
def test_the_finder_reads_sql_that_is_put_together_and_a_write_wherever_it_stands(source: str, call: str) -> None:
    (found,) = _in(ast.parse(source), "p.py", "module")
    assert found.split()[-1] == call


@pytest.mark.parametrize("source", HARMLESS)
def test_the_finder_gives_no_false_alarm(source: str) -> None:
    assert not list(_in(ast.parse(source), "p.py", "module"))


def test_a_write_after_a_conflict_is_the_insert_that_it_belongs_to() -> None:
    assert writes("insert into t values (1) on conflict (id) do update set a = 1")
    assert not writes("on conflict (id) do update set a = 1")


def test_what_cannot_be_read_is_listed_as_harmless_or_as_a_write_and_a_write_never_as_harmless() -> None:
    assert _unlisted({"p.py f composed"}, {"p.py f execute"}) == []
    assert _unlisted({"p.py f composed"}, {"p.py f composed"}) == []
    assert _unlisted({"p.py f execute"}, {"p.py f composed"}) == ["p.py f execute"]
    assert _unlisted({"p.py f composed"}, set()) == ["p.py f composed"]
