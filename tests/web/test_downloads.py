"""Files are saved by the browser and never shown inside our own pages, where they could run what somebody wrote."""

import re
import subprocess
from pathlib import Path

import pytest

from casemgmt.web.downloads import as_download

ROOT = Path(__file__).resolve().parents[2]
BY_HAND = re.compile(r"FileResponse|StreamingHttpResponse|Content-Disposition")


@pytest.mark.parametrize("content", ["tekst", [b"stuk een", b"stuk twee"]])
def test_a_download_is_saved_and_neither_shown_nor_kept(content: str | list[bytes]) -> None:
    answer = as_download(content, name="brief.pdf", content_type="application/pdf")
    assert dict(answer.headers) == {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'attachment; filename="brief.pdf"',
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "no-store, private",
    }


@pytest.mark.parametrize("name", ['a".exe; x="', "een\r\nSet-Cookie: x", "é/../dossier"])
def test_a_name_cannot_say_anything_else_to_the_browser(name: str) -> None:
    said = as_download("", name=name, content_type="text/plain").headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="[A-Za-z0-9.-]*"', said)


def test_nobody_answers_with_a_file_in_another_way() -> None:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    ours = [path for path in listed.split() if not path.startswith(("tests/", "benchmarks/", "scripts/"))]
    assert len(ours) > 200
    others = [path for path in ours if BY_HAND.search((ROOT / path).read_text(encoding="utf-8"))]
    assert others == ["casemgmt/web/downloads.py"]
