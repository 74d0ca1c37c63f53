"""What the documents for developers name exists: whoever follows them finds it."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("casemgmt", "dossiers", "consent", "disclosures", "retention", "client_requests", "portal", "demo")
DOTTED = re.compile(rf"(?<![/\w])(?:{'|'.join(PACKAGES)})(?:\.\w+)+")
IMPORTED = re.compile(r"from ([\w.]+) import (\w+(?:, \w+)*)")
CLASS = re.compile(r"\b[A-Z][a-z]+(?:[A-Z0-9][a-z]*)*\b")
# Of Django and of Python; and a name that stands for any.
OF_OTHERS = {"UUIDField", "Callable"}
STAND_INS = {"ModelName", "None", "True"}
# What was asked of us out of ASVS 5.0: each has a row in the threat model, also when that row says "not yet".
ASVS = {
    "2.3": (1, 3, 4, 5),
    "2.4": (1,),
    "5.2": (1, 2, 3, 4, 5, 6),
    "5.3": (2,),
    "5.4": (1, 2, 3),
    "7.2": (4,),
    "7.3": (1, 2),
    "7.4": (1, 2),
    "7.5": (3,),
    "8.2": (1, 2, 3, 4),
    "8.3": (2, 3),
    "8.4": (1, 2),
    "11.1": (1,),
    "11.2": (2,),
    "11.3": (2, 3, 4),
    "11.5": (1,),
    "14.1": (2,),
    "14.2": (1, 2, 7, 8),
    "14.3": (1, 2, 3),
    "16.2": (2, 5),
    "16.3": (2,),
    "16.4": (1, 2, 3),
    "16.5": (2, 3, 4),
}


def spans(name: str) -> list[str]:
    """What stands between backticks in a document, quoted words left out."""
    text = (ROOT / name).read_text(encoding="utf-8")
    found = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.S))
    return [re.sub(r'"+[^"]*"+', "", span) for span in found]


def exists(dotted: str) -> bool:
    """Whether this is a module, or something in one."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found: object = import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for part in parts[length:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def classes() -> set[str]:
    """Every class that our packages define."""
    files = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    files += (ROOT / "requests/client_requests").rglob("*.py")
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in files)
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def planned(dotted: str) -> bool:
    """A package that has its place in the order and no content yet; the order itself names it."""
    return dotted == "casemgmt.adapters" and not (ROOT / "casemgmt/adapters").exists()


@pytest.mark.parametrize("document", ["docs/architecture.md", "CONTRIBUTING.md"])
def test_every_dotted_name_leads_somewhere(document: str) -> None:
    told = {name for span in spans(document) for name in DOTTED.findall(span)}
    told |= {f"{m}.{n}" for span in spans(document) for m, ns in IMPORTED.findall(span) for n in ns.split(", ")}
    assert {name for name in told if not exists(name) and not planned(name)} == set()
    assert document != "docs/architecture.md" or len(told) > 25


def test_every_class_that_the_architecture_names_is_defined() -> None:
    told = {word for span in spans("docs/architecture.md") for word in CLASS.findall(span)}
    assert told - classes() - OF_OTHERS - STAND_INS == set()


def test_a_name_that_leads_nowhere_is_seen() -> None:
    assert not exists("casemgmt.policy.profiles.current_profile")
    assert not exists("casemgmt.base.migrations.TenantTable")
    assert exists("casemgmt.base.tenancy.TenantTable")
    assert "Refusal403" not in classes()


def test_every_test_that_the_threat_model_names_is_there() -> None:
    named = [span for span in spans("docs/threat-model.md") if span.startswith("tests/")]
    missing = [one for one in named if not _has(*one.split("::"))]
    assert not missing and len(named) > 50
    assert not _has("tests/standing/test_documents.py", "test_that_nobody_wrote")


def test_every_requirement_that_was_asked_of_us_has_its_row() -> None:
    rows = requirements((ROOT / "docs/threat-model.md").read_text(encoding="utf-8"))
    asked = {f"{section}.{number}" for section, numbers in ASVS.items() for number in numbers}
    assert asked - set(rows) == set() and len(asked) == 52
    untold = {number for number in asked if not all(said or "not yet" in how for how, said in rows[number])}
    assert untold == set(), "a row without a test says that it is not yet so"


def test_a_requirement_without_its_row_or_its_test_is_seen() -> None:
    assert requirements("| 5.2.1, 5.2.4 size | limits | `tests/a.py` |\n5.2.2 in a sentence | x | y |") == {
        "5.2.1": [("limits", "`tests/a.py`")],
        "5.2.4": [("limits", "`tests/a.py`")],
    }
    assert set(requirements("| 3.4.1\u20133.4.3 headers | set | |")) == {"3.4.1", "3.4.2", "3.4.3"}


def requirements(text: str) -> dict[str, list[tuple[str, str]]]:
    """How and by which test each numbered requirement is met, as the tables of a document say; ranges spelled out."""
    found: dict[str, list[tuple[str, str]]] = {}
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) != 5 or cells[0] or cells[4]:
            continue
        for number, last in re.findall(r"(\d+\.\d+\.\d+)(?:\u2013\d+\.\d+\.(\d+))?", cells[1]):
            chapter, first = number.rsplit(".", 1)
            for one in range(int(first), int(last or first) + 1):
                found.setdefault(f"{chapter}.{one}", []).append((cells[2], cells[3]))
    return found


def _has(file: str, test: str = "") -> bool:
    """Whether this file of tests is there, and holds this test when one is named."""
    path = ROOT / file
    if not path.is_file():
        return False
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return not test or test in {node.name for node in tree if isinstance(node, ast.FunctionDef)}
