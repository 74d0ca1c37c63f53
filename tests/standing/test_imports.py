"""Each package imports only what stands to its left on the line in docs/architecture.md.

Read with ``ast``, so imports inside functions and module or model names in strings count as well.
"""

import ast
import importlib.util
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
TOP = "casemgmt"  # settings, URLs, the entrance and whatever else lies directly in casemgmt/
DOTTED = re.compile(r"^[a-z_]+(\.[A-Za-z_]+)+$")
# Settings and commands name everything by string; they stand on the top floor anyway.
OUTSIDE = ("scripts", "tests", "benchmarks")


@cache
def line() -> tuple[str, ...]:
    """The packages from left to right, as the architecture says them; the last is the top floor."""
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    found = re.search(r"^`(casemgmt\.base < .*)`$", text, re.M)
    assert found, "docs/architecture.md no longer has its line"
    return (*[name.strip() for name in found[1].split("<")][:-1], TOP)


@cache
def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name, migrations apart."""
    found = {}
    for base in (ROOT, ROOT / "requests"):
        for package in {name.split(".")[0] for name in line()}:
            for path in (base / package).rglob("*.py"):
                parts = path.relative_to(base).with_suffix("").parts
                if "migrations" not in parts:
                    found[".".join(parts).removesuffix(".__init__")] = path
    return found


def floor(module: str) -> str | None:
    """The package on the line that a module belongs to; None for one that is not ours."""
    fitting = [name for name in line() if module == name or module.startswith(f"{name}.")]
    return max(fitting, key=len) if fitting else None


@cache
def tree(module: str) -> ast.Module:
    """A module, parsed once."""
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def imported(module: str) -> set[str]:
    """The modules that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(module, node)
            found |= {base} | {f"{base}.{alias.name}" for alias in node.names if f"{base}.{alias.name}" in modules()}
    return found


def _absolute(module: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = module if modules()[module].name == "__init__.py" else module.rpartition(".")[0]
    return importlib.util.resolve_name("." * node.level + (node.module or ""), package)


def named(module: str) -> Iterator[str]:
    """Modules and models of ours that a module names in a string."""
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and DOTTED.match(node.value):
            name = node.value
            if name in modules() or (name.rpartition(".")[0] in modules() and name.count(".") > 1):
                yield name
            elif model := _model(name):
                yield model


def _model(label: str) -> str | None:
    app, _dot, name = label.rpartition(".")
    try:
        return apps.get_model(app, name).__module__
    except (LookupError, ValueError):
        return None


def upward(module: str, targets: set[str]) -> list[str]:
    """What a module takes from packages to the right of its own."""
    mine = line().index(floor(module) or TOP)
    return sorted(target for target in targets if (other := floor(target)) and line().index(other) > mine)


@pytest.mark.parametrize("package", line())
def test_a_package_imports_only_what_stands_to_its_left(package: str) -> None:
    faults = {
        module: found
        for module in modules()
        if floor(module) == package and (found := upward(module, imported(module) | set(named(module))))
    }
    assert not faults


def test_every_package_of_ours_has_its_place_on_the_line() -> None:
    packages = {config.name for config in apps.get_app_configs() if (ROOT / config.name.replace(".", "/")).is_dir()}
    packages |= {config.name for config in apps.get_app_configs() if (ROOT / "requests" / config.name).is_dir()}
    lost = {name for name in packages if floor(name) in (None, TOP) and name != TOP}
    assert not lost
    assert set(packages) >= {"casemgmt.base", "dossiers"}


def test_the_linter_checks_the_same_line() -> None:
    """import-linter runs in ./test; its layers are those of the architecture, for the packages that exist."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = [layer for layer in reversed(settings["contracts"][0]["layers"]) if "|" not in layer]
    present = [name for name in line()[:-1] if name in modules()]
    assert [layer for layer in layers if layer in modules()] == present


def test_nothing_of_the_application_imports_scripts_or_tests() -> None:
    faults = {
        module: sorted(found)
        for module in modules()
        if (found := {name for name in imported(module) if name.split(".")[0] in OUTSIDE})
    }
    assert not faults


INSIDE = {
    "models": ("acts", "views", "forms", "queries", "access", "tasks"),
    "acts": ("views", "forms", "tasks"),
    "queries": ("views", "forms", "tasks"),
    "forms": ("views", "tasks"),
    "tasks": ("views", "forms"),
}


@pytest.mark.parametrize("kind", INSIDE)
def test_inside_a_package_pages_know_acts_and_acts_know_models(kind: str) -> None:
    faults = {}
    for module in modules():
        if module.rpartition(".")[2] != kind:
            continue
        own = module.rpartition(".")[0]
        forbidden = {f"{own}.{name}" for name in INSIDE[kind]}
        if found := {name for name in imported(module) if name in forbidden or _is_acts_for_models(kind, name)}:
            faults[module] = sorted(found)
    assert not faults


def _is_acts_for_models(kind: str, name: str) -> bool:
    return kind == "models" and name in modules() and name.endswith(".acts")


def test_no_view_asks_a_table_itself() -> None:
    """A view asks a query or an act, so that what is read, and through which door, stands in one place."""
    views = [name for name in modules() if any(part.endswith("views") for part in name.split("."))]
    faults = {
        module: found
        for module in views
        if (found := [node.lineno for node in ast.walk(tree(module)) if _is_table(node)])
    }
    assert len(views) > 20 and not faults


def _is_table(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("objects", "_base_manager", "_default_manager")


def test_the_web_package_has_no_models() -> None:
    assert not [module for module in modules() if module.startswith("casemgmt.web.") and module.endswith(".models")]
    assert not list(apps.get_app_config("web").get_models())


def test_rules_know_no_django() -> None:
    """Rules are pure functions: neither they nor anything of ours that they import knows the framework."""
    waiting = [name for name in modules() if name.startswith(("casemgmt.policy.rules", "casemgmt.policy.schema"))]
    seen: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in seen or module not in modules():
            continue
        seen.add(module)
        taken = imported(module)
        assert not {name for name in taken if name.split(".")[0] in ("django", "guardian", "allauth")}, module
        waiting += sorted(taken)
    assert "casemgmt.policy.rules.retention" in seen


def test_the_finder_finds() -> None:
    assert "casemgmt.base.clock" in imported("dossiers.access")
    assert upward("casemgmt.base.clock", {"dossiers.access", "casemgmt.base.errors", "django.db"}) == [
        "dossiers.access"
    ]
