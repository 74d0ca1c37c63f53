"""The printer: what it refuses, what ends it, and what its PDF carries."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pikepdf
import pytest

from casemgmt.letters import pdf
from casemgmt.letters.pdf import LetterFailed, render_many, render_pdf

PAGE = (
    '<!DOCTYPE html><html lang="nl"><head><title>Een brief</title>{head}</head><body><h1>Kop</h1>{body}</body></html>'
)
SECRET = "MARKER-in-a-file-of-this-machine"


def page(body: str = "<p>tekst</p>", head: str = "") -> str:
    return PAGE.format(body=body, head=head)


@pytest.fixture
def secret(tmp_path: Path) -> str:
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    for folder in (tmp_path, *tmp_path.parents):
        if os.access(folder, os.W_OK) and str(folder).startswith("/tmp/"):
            folder.chmod(0o755)
    return path.as_uri()


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", '<img src="{file}">'),
        ('<link rel="attachment" href="{file}">', ""),
        ('<base href="file:///"><link rel="attachment" href="{path}">', ""),
        ('<link rel="stylesheet" href="{file}">', ""),
        ("<style>@import url({file});</style>", ""),
        ("<style>body {{ background: url({file}) }}</style>", ""),
        ("", '<object data="{file}"></object>'),
        ("", '<img src="http://127.0.0.1:9/x.png">'),
        ('<link rel="attachment" href="http://127.0.0.1:9/x">', ""),
        ("", '<svg xmlns="http://www.w3.org/2000/svg"><image href="{file}" width="9" height="9"/></svg>'),
    ],
)
def test_an_address_outside_the_letter_is_refused(head: str, body: str, secret: str) -> None:
    fill = {"file": secret, "path": secret.removeprefix("file://")}
    try:
        made = render_pdf(page(body.format(**fill), head.format(**fill)))
    except LetterFailed as refused:
        assert SECRET not in str(refused)
        assert "secret.txt" not in str(refused)
        return
    with pikepdf.open(io.BytesIO(made)) as document:
        assert not document.attachments
        assert SECRET.encode() not in b"".join(_streams(document))


def _streams(document: pikepdf.Pdf) -> list[bytes]:
    return [thing.read_bytes() for thing in document.objects if isinstance(thing, pikepdf.Stream) and _plain(thing)]


def _plain(stream: pikepdf.Stream) -> bool:
    return str(stream.get("/Subtype", "")) != "/Image"


def test_an_address_in_a_link_is_not_followed_but_may_be_printed() -> None:
    assert render_pdf(page('<p><a href="https://example.org/">adres</a></p>')).startswith(b"%PDF-")


@pytest.mark.parametrize(
    "bomb",
    [
        pytest.param("<div style='display:flex'>" * 25 + "x", id="cpu"),
        pytest.param("<table>" + "<tr><td>x</td></tr>" * 60000, id="rows", marks=pytest.mark.long),
    ],
)
def test_a_bomb_ends_and_takes_no_other_letter_with_it(bomb: str) -> None:
    before, exploded, after = render_many([page(), page(bomb), page()])
    assert isinstance(before, bytes)
    assert isinstance(exploded, LetterFailed)
    assert isinstance(after, bytes)


def test_nested_elements_without_end_fail_as_one_letter() -> None:
    deep, after = render_many([page("<div>" * 3000), page()])
    assert isinstance(deep, LetterFailed)
    assert isinstance(after, bytes)


def test_a_letter_that_takes_too_long_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "WALL_SECONDS", 0.05)
    with pytest.raises(LetterFailed) as failed:
        render_pdf(page())
    assert failed.value.again


def test_a_failure_says_nothing_of_the_letter() -> None:
    with pytest.raises(LetterFailed) as failed:
        render_pdf(page('<p>MARKER-naam</p><img src="file:///MARKER-adres">'))
    assert "MARKER" not in failed.value.sentence
    assert failed.value.__cause__ is None


def test_the_pdf_carries_tags_language_title_and_its_own_letters() -> None:
    with pikepdf.open(io.BytesIO(render_pdf(page("<p>Łódź, ĳs, € 5</p><ul><li>een</li></ul>")))) as document:
        root = document.Root
        assert str(root.Lang) == "nl"
        assert root.MarkInfo.Marked
        assert {"/H1", "/P", "/L", "/LI"} <= structure(root.StructTreeRoot)
        assert str(document.docinfo["/Title"]) == "Een brief"
        assert document.open_metadata()["pdfuaid:part"] == "1"
        fonts = [font.DescendantFonts[0] for font in document.pages[0].Resources.Font.values()]
        assert fonts
        for font in fonts:
            assert "Source-Sans-3" in str(font.BaseFont)
            assert {"/FontFile2", "/FontFile3"} & set(font.FontDescriptor.keys())


def structure(element: object) -> set[str]:
    """The names of all tags below an element."""
    found: set[str] = set()
    waiting = [element]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Array):
            waiting += list(one)
        elif isinstance(one, pikepdf.Dictionary) and "/K" in one:
            found.add(str(one.get("/S", "")))
            waiting.append(one.K)
    return found


def test_the_child_works_when_our_python_lies_in_a_closed_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account that the child becomes cannot enter that home: all it needs is loaded before."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    (home / "venv").symlink_to(sys.prefix)
    monkeypatch.setattr(sys, "executable", str(home / "venv" / "bin" / "python"))
    assert render_pdf(page()).startswith(b"%PDF-")


CONFESSION = """
import json, os, resource, socket, sys
sys.path.insert(0, {folder!r})
import child
parent = int(sys.argv[1])
child.limit(parent)
child.leave_network(parent)
child.give_up_rights(parent)
told = {{"uid": os.geteuid(), "groups": os.getgroups(), "env": sorted(os.environ)}}
for name in ("CPU", "AS", "FSIZE", "NOFILE", "CORE"):
    told[name] = resource.getrlimit(getattr(resource, "RLIMIT_" + name))[1]
told["status"] = [line for line in open("/proc/self/status") if line.startswith("NoNewPrivs")]
told["interfaces"] = [name for _, name in socket.if_nameindex()]
try:
    open(sys.argv[2]).read()
    told["read"] = True
except OSError:
    told["read"] = False
try:
    bytearray(2 << 30)
    told["memory"] = "given"
except MemoryError:
    told["memory"] = "refused"
print(json.dumps(told))
"""


def test_the_child_has_given_up_what_it_could(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("x")
    kept.chmod(0o600)
    script = CONFESSION.format(folder=str(Path(pdf.__file__).parent))
    command = [sys.executable, "-I", "-c", script, str(os.getpid()), str(kept)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True, env={}).stdout)
    assert (told["CPU"], told["FSIZE"], told["CORE"]) == (10, 50 << 20, 0)
    assert told["AS"] == 1 << 30
    assert told["memory"] == "refused"
    assert told["NOFILE"] == 64
    assert told["status"] == ["NoNewPrivs:\t1\n"]
    if os.geteuid() == 0:
        assert told["uid"] != 0
        assert told["groups"] == []
        assert told["read"] is False


def test_one_child_makes_at_most_a_batch() -> None:
    with pytest.raises(ValueError, match="At most"):
        render_many([page()] * (pdf.BATCH + 1))


def test_a_child_that_answers_rubbish_is_not_believed() -> None:
    frame = pdf._HEAD.pack(True, 5) + b"hello"
    (made,) = pdf._frames(frame)
    assert isinstance(made, LetterFailed)
    assert pdf._frames(frame[:-1]) == []


BUSY = """
import os, pwd, sys, threading, time
nobody = pwd.getpwnam("nobody").pw_uid
os.setresuid(nobody, nobody, nobody)
for _ in range(300):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
print("busy", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives up its account for one that runs databases too")
def test_a_letter_is_made_where_the_account_it_runs_as_has_much_to_do_already() -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as databases:
        assert databases.stdout and databases.stdout.readline() == b"busy\n"
        try:
            assert render_pdf(page("<p>Eén ₂ ✓ 漢</p>")).startswith(b"%PDF-")
        finally:
            databases.kill()
