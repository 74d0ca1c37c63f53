"""What is vendored is what it says it is."""

import hashlib
import re
from pathlib import Path

STATIC = Path(__file__).resolve().parents[2] / "static"


def test_vendored_script_has_the_checksum_that_was_written_down() -> None:
    written = re.search(
        r"`htmx\.min\.js`.*`([0-9a-f]{64})`", (STATIC / "vendor/VENDORED.md").read_text(encoding="utf-8")
    )
    assert written is not None
    assert hashlib.sha256((STATIC / "vendor/htmx.min.js").read_bytes()).hexdigest() == written[1]


def test_licences_lie_beside_what_they_cover() -> None:
    for name in ("vendor/LICENSE-htmx.txt", "icons/LICENSE-tabler.txt", "fonts/LICENSE-source-sans-3.txt"):
        assert (STATIC / name).stat().st_size > 100


def test_own_scripts_and_sheets_are_small_enough_to_read() -> None:
    for path in [*STATIC.glob("js/*.js"), *STATIC.glob("css/*.css")]:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 500, path.name


def test_own_scripts_evaluate_nothing_and_write_no_markup() -> None:
    for path in STATIC.glob("js/*.js"):
        assert not re.search(
            r"\beval\(|new Function|innerHTML|document\.cookie|localStorage", path.read_text(encoding="utf-8")
        )


def test_own_scripts_keep_nothing_in_the_browser_but_whether_names_are_hidden() -> None:
    kept: set[str] = set()
    for path in STATIC.glob("js/*.js"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"localStorage|indexedDB|cookieStore|document\.cookie|\bcaches\b|serviceWorker", text)
        asked = re.findall(r"sessionStorage\.(\w+\([^)]*\))", text)
        assert len(asked) == text.count("sessionStorage"), path.name
        kept |= set(asked)
    assert kept == {'getItem("blur")', 'setItem("blur", "on")', 'removeItem("blur")'}
