"""Nothing that people read is left in one language: no bare words in templates, no text without Dutch.

`tests/web/test_messages.py` names each missing text; here it is one line per package, with bare words beside it.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import pytest

from casemgmt.web import messages

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
# Letters are in Dutch by themselves, as their regulations are; the gallery shows components with made-up texts.
ONE_LANGUAGE = ("letters/", "gallery/")
COMMENT = re.compile(r"\{#.*?#\}", re.S)
CODE = re.compile(r"\{\{(?:\{(?:[^{}]|\{[^{}]*\})*\}|[^{}])*\}\}|\{%.*?%\}", re.S)
# What a visitor reads in an attribute.
READ = re.compile(r"\s(?:title|aria-label|placeholder|alt)=\"([^\"{]*[A-Za-z]{2}[^\"{]*)\"")
TAG = re.compile(r"<[^>]*>", re.S)
# Places for classes and attributes, and commands to copy.
UNREAD = re.compile(
    r"\{% block \w*(?:class|attributes|area) %\}.*?\{% endblock %\}|\{% macro _.*?\{% endmacro %\}|<code.*?</code>",
    re.S,
)
# A quotation from a regulation or a letter, said so for who listens: marked as Dutch and left so.
QUOTED = re.compile(r"<(\w+)\b[^>]*\slang=\"nl\"[^>]*>.*?</\1>", re.S)
ENTITY = re.compile(r"&\w+;")
WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
# Words that are the same in every language.
NAMES = {"casemgmt", "Nederlands", "English", "PDF", "TOML", "BSN", "Esc", "Ctrl", "json"}


def bare_words(text: str) -> Iterator[str]:
    """Words that stand in a template without going through the catalogue or a variable."""
    without_code = CODE.sub(" ", QUOTED.sub(" ", UNREAD.sub(" ", COMMENT.sub(" ", text))))
    yield from READ.findall(without_code)
    # Markup that starts in one branch and ends in another still reads as tags once the code is out.
    for word in WORD.findall(ENTITY.sub(" ", TAG.sub(" ", without_code))):
        if word not in NAMES:
            yield word


def test_templates_hold_no_bare_words() -> None:
    found = {
        str(path.relative_to(ROOT)): sorted(set(words))
        for path in sorted(TEMPLATES.rglob("*.html"))
        if not str(path.relative_to(TEMPLATES)).startswith(ONE_LANGUAGE)
        if (words := list(bare_words(path.read_text(encoding="utf-8"))))
    }
    assert not found, "\n".join(f"{name}: {', '.join(words)}" for name, words in found.items())


def test_every_package_is_complete() -> None:
    faults = Counter(fault.split(":")[0] for fault in messages.problems(messages.ROOT))
    assert not faults, f"run `manage.py messages --check`: {dict(faults)}"


def test_texts_are_never_put_together_before_they_are_looked_up() -> None:
    """`_(f"…")` and `_("a" + b)` find nothing in the catalogue."""
    faults = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in messages.SOURCES
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if _looks_up(node) and node.args and isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
    ]
    assert faults == []


def _looks_up(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("_", "gettext")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>{{ _('Save') }}</p>", []),
        ("<p>Save</p>", ["Save"]),
        ('<a title="Close it" href="/x">{{ icon }}</a>', ["Close it"]),
        ('{{ sum({"a": {"b": 1}}, caption=_("Term")) }}', []),
        ("{# a note #}&nbsp;<b{{ extra }}>{{ n }}</b>", []),
    ],
)
def test_the_finder_finds(text: str, words: list[str]) -> None:
    assert list(bare_words(text)) == words
