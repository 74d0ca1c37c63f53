"""What a page's view leads to, read from its code: functions of ours that it calls, and templates that it names."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

from django.urls import URLResolver, get_resolver

from casemgmt.web.routes import RouteDeclaration

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
OURS = frozenset(
    {"casemgmt", "dossiers", "consent", "registers", "disclosures", "retention", "client_requests", "portal", "tests"}
)
PRIVATE = re.compile(r'class="[^"]*\bprivate\b')
# Behind these is what a dossier holds.
READING = frozenset(
    {
        "dossiers.access.open_dossier",
        "dossiers.access.visible",
        "dossiers.access.reachable",
        "portal.door.open_portal",
    }
)
CHANGING = frozenset({"dossiers.access.change_dossier", "dossiers.acts.create_dossier", "portal.door.change_portal"})


def views() -> dict[str, tuple[RouteDeclaration, Callable[..., Any]]]:
    """Every declared page with its view, by name."""
    return {view.declaration.name: (view.declaration, view.__wrapped__) for view in _views(get_resolver())}


def _views(resolver: URLResolver) -> Iterator[Any]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _views(entry)
        elif hasattr(entry.callback, "declaration"):
            yield entry.callback


def reached(view: Callable[..., Any]) -> tuple[set[str], set[str]]:
    """The functions and the templates that a view leads to; what stands behind a door is not followed further."""
    functions: set[str] = set()
    templates: set[str] = set()
    todo: list[Any] = [view]
    while todo:
        function = _plain(todo.pop())
        if function is None or (name := f"{function.__module__}.{function.__qualname__}") in functions:
            continue
        functions.add(name)
        if name not in READING | CHANGING:
            templates |= {word for code in _codes(function.__code__) for word in code.co_consts if _is_template(word)}
            todo.extend(_called(function))
    return functions, templates


def shows_private(template: str) -> bool:
    """Whether a template marks something as only for the reader's own eyes."""
    path = TEMPLATES / template
    return path.is_file() and PRIVATE.search(path.read_text(encoding="utf-8")) is not None


def _plain(found: Any) -> FunctionType | None:
    """The function of ours behind its decorators, or None for anything else."""
    found = getattr(found, "__wrapped__", found)
    ours = isinstance(found, FunctionType) and found.__module__.partition(".")[0] in OURS
    return found if ours else None


def _called(function: FunctionType) -> Iterator[Any]:
    """What a function may call: the names in its code, in its classes, and what its closure holds."""
    for code in _codes(function.__code__):
        for name in code.co_names:
            found = function.__globals__.get(name)
            if isinstance(found, ModuleType) and found.__name__.partition(".")[0] in OURS:
                yield from (getattr(found, part, None) for part in code.co_names)
            elif isinstance(found, type):
                yield from vars(found).values()
            else:
                yield found
    for cell in function.__closure__ or ():
        yield cell.cell_contents


def _codes(code: CodeType) -> Iterator[CodeType]:
    """A function's code and that of the functions inside it."""
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _is_template(word: object) -> bool:
    return isinstance(word, str) and word.endswith(".html")
