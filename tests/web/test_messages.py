"""Every text has its Dutch, and collecting them again changes nothing."""

from pathlib import Path

import pytest

from casemgmt.web import messages


def test_the_texts_of_the_pages_are_complete_and_up_to_date() -> None:
    assert [fault for fault in messages.problems(messages.ROOT) if fault.startswith("web:")] == []


def test_every_package_has_its_dutch() -> None:
    faults = messages.problems(messages.ROOT)
    packages = sorted({fault.split(":")[0] for fault in faults})
    assert faults == [], f"Run `manage.py messages` and fill the Dutch of: {', '.join(packages)}"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "templates/consent").mkdir(parents=True)
    (tmp_path / "dossiers").mkdir()
    (tmp_path / "dossiers/views.py").write_text('x = _("Save")\ny = ngettext("%(num)s task", "%(num)s tasks", 2)\n')
    (tmp_path / "templates/consent/ask.html").write_text('{{ _("Save") }}{{ pgettext("month", "May") }}')
    return tmp_path


def fill(root: Path, package: str, english: str, dutch: str) -> None:
    part = root / f"locale/nl/parts/{package}.po"
    part.write_text(part.read_text().replace(f'msgid "{english}"\nmsgstr ""', f'msgid "{english}"\nmsgstr "{dutch}"'))


def test_each_package_gets_a_part_of_its_own(root: Path) -> None:
    list(messages.update(root))
    assert 'msgid "Save"' in (root / "locale/nl/parts/dossiers.po").read_text()
    assert 'msgctxt "month"' in (root / "locale/nl/parts/consent.po").read_text()
    assert any("no Dutch for 'Save'" in fault for fault in messages.problems(root))


def test_dutch_of_one_package_is_lent_to_another(root: Path) -> None:
    list(messages.update(root, ["dossiers"]))
    fill(root, "dossiers", "Save", "Opslaan")
    list(messages.update(root, ["consent"]))
    assert 'msgstr "Opslaan"' in (root / "locale/nl/parts/consent.po").read_text()


def test_one_english_text_with_two_dutch_ones_is_named(root: Path) -> None:
    list(messages.update(root))
    fill(root, "dossiers", "Save", "Opslaan")
    fill(root, "consent", "Save", "Bewaren")
    assert any("another Dutch" in fault for fault in messages.problems(root))


def test_a_lost_placeholder_and_an_outdated_part_are_named(root: Path) -> None:
    (root / "dossiers/views.py").write_text('x = _("Hello %(name)s")\n')
    list(messages.update(root))
    fill(root, "dossiers", "Hello %(name)s", "Dag")
    assert any("placeholders" in fault for fault in messages.problems(root))
    (root / "dossiers/views.py").write_text('x = _("Other")\n')
    assert any("outdated" in fault for fault in messages.problems(root))


def test_collecting_again_changes_nothing(root: Path) -> None:
    list(messages.update(root))
    before = {path: path.read_bytes() for path in root.rglob("*.po")}
    list(messages.update(root))
    assert {path: path.read_bytes() for path in root.rglob("*.po")} == before
