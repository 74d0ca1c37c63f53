"""Writes that go round the trail of writes stand in a list, each with its reason.

django-auditlog does not see ``update()``, ``bulk_create``, ``bulk_update``, raw
SQL or ``_raw_delete``. Each such call in the application is named in
``bulk_writes.txt`` as ``path function call: reason``.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("bulk_writes.txt")
PACKAGES = ["casemgmt", "dossiers", "consent", "registers", "disclosures", "retention", "requests", "portal", "demo"]
ALWAYS = {"bulk_create", "bulk_update", "_raw_delete", "aupdate", "abulk_create", "abulk_update"}
# ``update`` on these is a dictionary's or a hash's, not a query's.
NOT_QUERIES = {"globals", "filters", "conf", "environ", "headers", "update", "digest", "hash", "sha256", "hmac"}
WRITING = ("insert ", "update ", "delete ", "truncate ", "merge ")


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


def _in(node: ast.AST, path: str, function: str) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        name = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
        if isinstance(child, ast.Call) and (call := _silent_write(child)):
            yield f"{path} {name} {call}"
        yield from _in(child, path, name)


def _silent_write(call: ast.Call) -> str | None:
    if not isinstance(call.func, ast.Attribute):
        return None
    name = call.func.attr
    if name in ALWAYS or (name == "raw" and not isinstance(call.func.value, ast.Name)):
        return name
    if name == "update" and not call.args and _receiver(call.func.value) not in NOT_QUERIES:
        return name
    if name in ("execute", "executemany") and call.args and _writes(call.args[0]):
        return name
    return None


def _receiver(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _writes(argument: ast.expr) -> bool:
    parts = [part.value for part in ast.walk(argument) if isinstance(part, ast.Constant)]
    return any(part.lstrip().lower().startswith(WRITING) for part in parts if isinstance(part, str))


def test_every_write_round_the_trail_is_listed_with_its_reason() -> None:
    unlisted = sorted(set(calls()) - listed().keys())
    assert not unlisted, "list these in tests/standing/bulk_writes.txt, or save row by row:\n" + "\n".join(unlisted)


def test_nothing_is_listed_that_is_gone() -> None:
    gone = sorted(listed().keys() - set(calls()))
    assert not gone, "\n".join(gone)


def test_the_finder_finds() -> None:
    lines = ["A.objects.filter(b=1).update(c=2)", "d.update({1: 2})", "cursor.execute('delete from x')"]
    source = "def f():\n" + "".join(f"    {line}\n" for line in lines)
    assert list(_in(ast.parse(source), "p.py", "module")) == ["p.py f update", "p.py f execute"]
