"""docs/seams.md says nothing that is not so: its commands, options, failpoints and marks exist, and none is missing."""

import ast
import re
from pathlib import Path

from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "seams.md").read_text(encoding="utf-8")
TOLD = ("demo", "routes", "audit_head", "audit_verify", "audit_export", "destruction_status", "verify_certificate")
TOLD += ("night", "test_clock", "sweep_keys", "search_tokens", "sweep_files", "rotate_keys", "tidy_vault")
TOLD += ("maintenance", "backup", "restore", "backup_key")


def test_every_seam_is_told_and_every_command_that_is_shown_takes_these_words() -> None:
    assert all(f"`{name}" in TEXT for name in TOLD)
    shown = re.findall(r"^\$ python manage\.py (\w+)([^#\n>]*)", TEXT, re.M)
    assert {name for name, _words in shown} >= {"demo", "audit_verify", "night", "test_clock"}
    for name, words in shown:
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        parser.parse_args(words.split())


def test_the_failpoints_are_those_of_the_code_in_their_order() -> None:
    code = (ROOT / "retention" / "destruction.py").read_text(encoding="utf-8")
    assert re.findall(r"`(destruction\.[a-z-]+)`", TEXT) == re.findall(r'failpoint\("([a-z.-]+)"\)', code)
    elsewhere = {
        call.args[0].value
        for path in ROOT.glob("[a-z]*/**/*.py")
        if "tests" not in path.parts
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "failpoint"
        if isinstance(call.args[0], ast.Constant)
    }
    assert all(f"`{name}`" in TEXT for name in elsewhere)


def test_the_marks_are_those_of_the_templates() -> None:
    told = set(re.findall(r"`([a-z-]+)`", TEXT.rpartition("Marks on pages")[2])) - {"data-testid"}
    templates = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.html"))
    written = set(re.findall(r'data-testid="([a-z-]+)"|testid="([a-z-]+)"', templates))
    assert {"row", "task", "due", "state", "letter"} <= told <= {word for pair in written for word in pair} | {"when"}
