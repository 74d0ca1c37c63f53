"""What stands in the repository itself: no machine's paths, no secrets, nothing long, nothing unexplained."""

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).resolve().parents[2]
# From elsewhere, as they came.
GUESTS = ("static/vendor/", "static/fonts/", "static/icons/", "locks/", "uv.lock", "docs/pictures/")
APPLICATION = ("casemgmt/", "dossiers/", "consent/", "disclosures/", "retention/", "requests/", "portal/", "demo/")
LONGEST_FUNCTION, LONGEST_FILE = 60, 500

# Split, so that this file does not hold what it looks for.
_HOSTS = (
    *(r"py·pi\.(org|python)", "python·hosted", "npm·js", r"deb·\.debian", r"gh·cr\.io", r"qu·ay\.io"),
    *(r"dock·er\.(io|com)", "jsde·livr", "unp·kg", "cdn·js", "google·apis"),
)
REGISTRIES = re.compile("|".join(host.replace("·", "") for host in _HOSTS))
MACHINE = re.compile(r"(?<![\w.}>/])/(" + "|".join(("wo" + "rk", "ro" + "ot", "ho" + r"me/\w+", "Us" + "ers")) + r")/")
SECRETS = re.compile(
    "-----BEGIN" + r" [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}|ghp_\w{30}|xox[bp]-\w{10}|eyJh" + r"bGciOi"
    r"|(?i:(?:password|secret|token|api_?key)\w*[\"']?\s*[:=]\s*[\"'](?!MARKER-)[A-Za-z0-9+/=_-]{28,}[\"'])"
)
# The portal's session travels under a name of its own; every other cookie is Django's.
SETS_COOKIES = "casemgmt/accounts/middleware.py"
ONE_WAY = re.compile(r"\b(?:back|backwards|reverse|reversed|reversible|irreversible)\b", re.I)
UNFINISHED = re.compile(r"\b(" + "TO" + "DO|FIX" + r"ME|XX" + r"X)\b(?!.*#\d+)")
JINJA = re.compile(r"\{\{(?:\{(?:[^{}]|\{[^{}]*\})*\}|[^{}])*\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
INLINE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\s(?:src=|type=\"application/json\"))|javascript:", re.I
)


@cache
def tracked() -> tuple[Path, ...]:
    """The files of the repository, by path from its root."""
    said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if said.returncode:
        pytest.skip("not a checkout")
    names = said.stdout.decode().split("\0")
    return tuple(Path(name) for name in names if name and (ROOT / name).is_file())


def texts(*suffixes: str, guests: bool = False) -> Iterator[tuple[str, str]]:
    """Name and text of our own files with one of these suffixes, or of all; of what came from elsewhere when asked."""
    for path in tracked():
        name = str(path)
        if (guests or not name.startswith(GUESTS)) and (not suffixes or path.suffix in suffixes):
            try:
                yield name, (ROOT / path).read_text(encoding="utf-8")
            except UnicodeDecodeError:
                assert path.suffix in (".png", ".woff2", ".ico", ".mo", ".pdf", ".jpg"), f"{name} is not UTF-8"


def lines_with(pattern: re.Pattern[str], *suffixes: str, guests: bool = False) -> list[str]:
    """Where a pattern stands."""
    return [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts(*suffixes, guests=guests)
        for number, line in enumerate(text.splitlines(), 1)
        if pattern.search(line)
    ]


def none_of(found: list[str]) -> None:
    """Fail with all that was found."""
    assert not found, f"{len(found)} found:\n" + "\n".join(found)


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    """Every Python file of ours, migrations apart, parsed."""
    return tuple((name, ast.parse(text)) for name, text in texts(".py") if "/migrations/" not in name)


def test_no_package_registry_is_named() -> None:
    """Nor in a lock or in what came from elsewhere: the registry is that of whoever installs."""
    none_of(lines_with(REGISTRIES, guests=True))


def test_no_path_of_somebodys_machine_is_named() -> None:
    none_of(lines_with(MACHINE))


def test_nothing_looks_like_a_secret() -> None:
    none_of(lines_with(SECRETS))


def test_nothing_is_left_for_later_without_an_issue() -> None:
    none_of(lines_with(UNFINISHED, ".py", ".html", ".css", ".js", ".sh", ".toml", ".md"))


def test_no_file_is_longer_than_a_person_reads() -> None:
    lengths = {name: text.count("\n") for name, text in texts(".py", ".css", ".js", ".html")}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions and methods of a module."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{name}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1}"
        for name, tree in trees()
        for node in functions(tree)
        if node.end_lineno and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    none_of(long)


def test_every_public_thing_says_why_it_is_there() -> None:
    bare = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in trees()
        if name.startswith((*APPLICATION, "scripts/"))
        for node in _public(tree)
        if not ast.get_docstring(node)
    ]
    none_of(bare)


def _public(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node
            yield from (each for each in functions(node) if each in node.body and not each.name.startswith("_"))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


def test_every_module_opens_with_what_it_is_about() -> None:
    none_of([name for name, tree in trees() if tree.body and not ast.get_docstring(tree)])


def test_every_function_says_its_types() -> None:
    untyped = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in trees()
        if name.startswith(APPLICATION)
        for node in functions(tree)
        if (node.returns is None and node.name != "__init__") or any(map(_untyped, _arguments(node)))
    ]
    none_of(untyped)


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.arg]:
    given = node.args
    yield from (*given.posonlyargs, *given.args, *given.kwonlyargs)
    yield from filter(None, (given.vararg, given.kwarg))


def _untyped(argument: ast.arg) -> bool:
    return argument.annotation is None and argument.arg not in ("self", "cls")


def test_no_code_of_ours_sets_a_cookie() -> None:
    """Also not in an answer that the tests of addresses never get: only sessions and forms keep something there."""
    none_of(
        [
            f"{name}:{node.lineno} {node.attr}"
            for name, tree in trees()
            if name.startswith(APPLICATION) and name != SETS_COOKIES
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and node.attr in ("set_cookie", "set_signed_cookie", "cookies")
        ]
    )


def test_pages_hold_no_script_and_no_style_of_their_own() -> None:
    """The Content-Security-Policy refuses both; a page that needs them would be broken."""
    found = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in texts(".html")
        if not name.startswith("templates/letters/")  # printed, never shown by a browser
        for number, line in enumerate(JINJA.sub(lambda tag: "\n" * tag[0].count("\n"), text).splitlines(), 1)
        if INLINE.search(line)
    ]
    none_of(found)


@pytest.mark.django_db(databases="__all__")
def test_no_migration_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail(capsys.readouterr().out)


@pytest.mark.django_db(databases="__all__")
def test_every_migration_goes_back_or_says_why_not() -> None:
    ours = {
        config.label
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(ROOT) and _is_ours(config.path)
    }
    one_way = []
    for (label, name), migration in MigrationLoader(connections["default"]).disk_migrations.items():
        if label in ours and not all(operation.reversible for operation in migration.operations):
            document = __import__(migration.__module__, fromlist=["Migration"]).__doc__ or ""
            if not ONE_WAY.search(document):
                one_way.append(f"{label}.{name}")
    none_of(one_way)


def _is_ours(path: str) -> bool:
    return ".venv" not in Path(path).parts


@pytest.mark.parametrize(
    ("pattern", "bad", "good"),
    [
        (REGISTRIES, "https://" + "py" + "pi.org/simple", "the registry"),
        (MACHINE, 'cd "' + "/wo" + 'rk/main"', "casemgmt/work/acts.py"),
        (SECRETS, 'api_key = "' + "a1" * 20 + '"', 'password = "vier losse woorden samen"'),
        (UNFINISHED, "# TO" + "DO: later", "# TO" + "DO: later, see #12"),
        (INLINE, '<p style="color:red">', '<p class="red">'),
        (REGISTRIES, "image: gh" + "cr.io/a/b", "image: postgres:18"),
        (ONE_WAY, "It cannot go back.", "Done in the background."),
    ],
)
def test_the_finders_find(pattern: re.Pattern[str], bad: str, good: str) -> None:
    assert pattern.search(bad)
    assert not pattern.search(good)
