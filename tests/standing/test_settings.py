"""Every setting that is read from the environment stands in the README's table, and nothing else does."""

import ast
import re
from pathlib import Path

import pytest

from scripts.prepare_databases import asked
from scripts.state import OperatorError

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"^(?:CASEMGMT_[A-Z_]+|[A-Z_]*(?:DATABASE|BROKER)[A-Z_]*_URL|BROKER_URL|FAILPOINT)$")


def read() -> set[str]:
    """Names of settings that stand as words in casemgmt/settings."""
    return {
        node.value
        for path in (ROOT / "casemgmt/settings").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.match(node.value)
    }


def read_beside() -> set[str]:
    """Names that only the preparing of databases reads: no process of the application learns a superuser's address."""
    with pytest.raises(OperatorError) as missing:
        asked({})
    return set(re.findall(r"[A-Z_]+_ADMIN_URL", str(missing.value)))


def told() -> dict[str, str]:
    """The README's table: what is said about each setting."""
    rows = re.findall(r"^\| `([A-Z_]+)` \|([^|]*)\|([^|]*)\|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.M)
    return {name: needed.strip() for name, needed, meaning in rows if meaning.strip()}


def required() -> set[str]:
    """Settings without which production does not start."""
    found = set()
    for path in (ROOT / "casemgmt/settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("required", "database", "secret", "key", "folder", "broker", "address")
            ):
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found.add(first.value)
    return found


def test_the_readme_tells_every_setting() -> None:
    assert len(read_beside()) == 2
    assert read() | read_beside() == set(told())


def test_the_readme_says_which_production_must_give() -> None:
    assert {name for name, needed in told().items() if needed == "yes"} == required()


def test_the_pictures_are_told_with_words() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(len(words) > 10 for words in re.findall(r"!\[([^\]]*)\]", text))
