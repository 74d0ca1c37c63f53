"""What a piece of SQL says, in the code where it is written and in the text that is sent: does it write?

For the two guards of writes round the trail: ``tests/standing/test_bulk_writes.py`` reads the code, and
``tests/bulk_hook.py`` looks at what is really sent.
"""

import ast
import re
from typing import Any

from psycopg import sql

# What is no word of the statement itself: literals and comments. A name in quotes stays, and so does the body of
# a block between dollars, for it is carried out.
_ASIDE = re.compile(r"""("[^"]*")|'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/""", re.DOTALL)
# Locks on rows that are read, and what an insert does instead, which is found by its own first words.
_NO_WRITE = re.compile(r"\bfor\s+(?:no\s+key\s+)?update\b|\bdo\s+update\b", re.IGNORECASE)
_WRITE = re.compile(r"\b(?:insert\s+into|update|delete\s+from|truncate|merge)\b", re.IGNORECASE)

# What is assigned to each name; nothing for a name that gets its value in another way, such as a parameter.
Assigned = dict[str, list[ast.expr | None]]
Read = tuple[str, bool]
Scope = ast.Module | ast.FunctionDef | ast.AsyncFunctionDef
DEEPEST = 12


def writes(statement: str) -> bool:
    """Whether the statement, or one inside it, changes rows."""
    plain = _ASIDE.sub(lambda found: found[1] or " ", statement)
    return _WRITE.search(_NO_WRITE.sub(" ", plain)) is not None


def text_of(statement: Any, connection: Any = None) -> str:
    """What is sent, whether it comes as text, as bytes or as what psycopg puts together."""
    if isinstance(statement, sql.Composable):
        return statement.as_string(connection)
    return statement.decode("utf-8", "replace") if isinstance(statement, bytes) else str(statement)


def assigned(scope: Scope) -> Assigned:
    """What the names of a module or of a function get; a function's own parameters are unknown."""
    found: Assigned = {}
    for node in _own(scope):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    known = {target for values in (_targets(node) for node in _own(scope)) for target in values}
    for node in _own(scope):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in known:
            found.setdefault(node.id, []).append(None)
        if isinstance(node, ast.arg):
            found.setdefault(node.arg, []).append(None)
    return found


def _own(scope: Scope) -> list[ast.AST]:
    """The nodes of a scope without those of the functions inside it."""
    found: list[ast.AST] = []
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop(0)
        found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += ast.iter_child_nodes(node)
    return found


def _targets(node: ast.AST) -> list[int]:
    if isinstance(node, ast.Assign):
        return [id(target) for target in node.targets if isinstance(target, ast.Name)]
    return [id(node.target)] if isinstance(node, ast.AnnAssign | ast.AugAssign) else []


def read(node: ast.expr | None, known: tuple[Assigned, ...], depth: int = 0) -> Read:
    """The words of an expression as far as they can be read, and whether that is all of them."""
    if node is None or depth > DEEPEST:
        return "", False
    if isinstance(node, ast.Constant):
        return (node.value, True) if isinstance(node.value, str) else (str(node.value), True)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _together([node.left, node.right], known, depth, "")
    if isinstance(node, ast.JoinedStr):
        return _together(node.values, known, depth, "")
    if isinstance(node, ast.FormattedValue):
        return read(node.value, known, depth + 1)
    if isinstance(node, ast.IfExp):
        return _together([node.body, node.orelse], known, depth, " ; ")
    if isinstance(node, ast.Name):
        values = next((names[node.id] for names in known if node.id in names), [None])
        return _together(values, known, depth, " ; ")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _called(node, node.func, known, depth)
    return _in_pieces(node)


def _called(call: ast.Call, function: ast.Attribute, known: tuple[Assigned, ...], depth: int) -> Read:
    given: list[ast.expr | None] = [*call.args, *(keyword.value for keyword in call.keywords)]
    if isinstance(function.value, ast.Name) and function.value.id == "sql":
        if function.attr in ("Identifier", "Literal", "Placeholder"):
            return '"name"', True  # a name or a value: it can be no word of the statement
        if function.attr == "SQL":
            return _together(given, known, depth, " ")
    if function.attr in ("format", "encode", "strip"):
        return _together([function.value, *given], known, depth, " ")
    return _in_pieces(call)


def _together(nodes: Any, known: tuple[Assigned, ...], depth: int, between: str) -> Read:
    read_so = [read(node, known, depth + 1) for node in nodes]
    return between.join(text for text, _whole in read_so), bool(read_so) and all(whole for _text, whole in read_so)


def _in_pieces(node: ast.AST) -> Read:
    """Of what is not understood at least the texts in it."""
    pieces = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return " ".join(pieces), False
