"""HTML to PDF in a throw-away child process, so that a letter can harm nothing but itself.

What is typed by people ends up in letters, and a page engine is a large machine
to feed. The child (``child.py``) has no network where the kernel lets it leave,
no files and little of everything else; here it is started, timed and believed no more than needed.
"""

import base64
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

BATCH = 25
WALL_SECONDS = 20
_HEAD = struct.Struct(">?Q")


class LetterFailed(Exception):
    """A letter could not be printed; ``sentence`` says so without a word of the letter.

    ``again`` says whether trying later may help: the child ended without an answer, as a busy machine can make it.
    """

    def __init__(self, sentence: str, *, again: bool = False) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.again = again


def render_pdf(html: str, *, css: str = "") -> bytes:
    """One document as tagged PDF (PDF/UA-1); raises LetterFailed.

    ``css`` comes after the style sheet of all letters. ``html`` carries its
    language (``<html lang>``) and title; only ``data:`` addresses are followed.
    """
    made = render_many([html], css=css)[0]
    if isinstance(made, LetterFailed):
        raise made
    return made


def render_many(letters: Sequence[str], *, css: str = "") -> list[bytes | LetterFailed]:
    """At most BATCH documents of **one organisation** by one child; each its PDF or its own failure.

    A document that takes the child with it does not take the ones after it.
    """
    if len(letters) > BATCH:
        raise ValueError(f"At most {BATCH} letters at once.")
    made: list[bytes | LetterFailed] = []
    while len(made) < len(letters):
        done, ended = _ask_child(letters[len(made) :], print_css() + css)
        made += done
        # One that ended a child after others had used of its time gets a child of its own first.
        if not done and len(made) < len(letters):
            made.append(ended)
    return made


@lru_cache(maxsize=1)
def print_css() -> str:
    """The style sheet of all letters, its fonts inside it."""
    static = Path(settings.STATICFILES_DIRS[0])
    tokens = (static / "css" / "tokens.css").read_text(encoding="utf-8")
    faces = re.findall(r"@font-face\s*\{.*?\}", tokens, re.DOTALL)
    found = "\n".join(_with_font_inside(face, static / "fonts") for face in faces)
    return found + (static / "css" / "letters.css").read_text(encoding="utf-8")


def _with_font_inside(face: str, fonts: Path) -> str:
    def inside(match: re.Match[str]) -> str:
        data = base64.b64encode((fonts / match[1]).read_bytes()).decode("ascii")
        return f'url("data:font/woff2;base64,{data}")'

    return re.sub(r'url\("\.\./fonts/([\w.-]+)"\)', inside, face)


def _ask_child(letters: Sequence[str], css: str) -> tuple[list[bytes | LetterFailed], LetterFailed]:
    """What one child made, in order, and why it ended if it did not make all."""
    asked = json.dumps({"css": css, "letters": list(letters)}).encode()
    # In memory, not a pipe: the limit on file size then also limits what a child can send us.
    output = os.memfd_create("letters")
    with os.fdopen(output, "rb") as made, tempfile.TemporaryDirectory(prefix="letter-") as folder:
        os.chmod(folder, 0o755)  # noqa: S103  # the child ends as another account; only the fonts are in here
        ended = _run(asked, output, folder)
        made.seek(0)
        return _frames(made.read()), ended


@lru_cache(maxsize=1)
def without_network() -> bool:
    """Whether letters made by this process have no network: the kernel decides, so it is asked once.

    Where it refuses, a letter still follows no address but ``data:``; only the wall behind that is missing.
    """
    try:
        probe = subprocess.run(_command("probe"), env={}, cwd="/", timeout=WALL_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0


def _command(*more: str) -> list[str]:
    return [sys.executable, "-I", "-B", str(Path(__file__).with_name("child.py")), str(os.getpid()), *more]


def _run(asked: bytes, output: int, folder: str) -> LetterFailed:
    clean = {"LANG": "C.UTF-8", "HOME": folder, "TMPDIR": folder, "XDG_CACHE_HOME": folder, "PATH": "/usr/bin:/bin"}
    with subprocess.Popen(
        _command(), stdin=subprocess.PIPE, stdout=output, stderr=subprocess.DEVNULL, env=clean, cwd="/"
    ) as process:
        try:
            process.communicate(asked, timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return LetterFailed(_("Making this letter took too long."), again=True)
    # It may be the letter or the machine, which ends what uses much where memory is short: nobody can tell from here.
    return LetterFailed(_("This letter needs more than a letter may use."), again=True)


def _frames(sent: bytes) -> list[bytes | LetterFailed]:
    made: list[bytes | LetterFailed] = []
    at = 0
    while at + _HEAD.size <= len(sent):
        good, length = _HEAD.unpack_from(sent, at)
        content = sent[at + _HEAD.size : at + _HEAD.size + length]
        if len(content) < length:
            break
        at += _HEAD.size + length
        whole = good and content.startswith(b"%PDF-")
        made.append(content if whole else LetterFailed(_("This letter could not be made into a PDF.")))
    return made
