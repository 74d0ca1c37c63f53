"""Reads the words of a PDF as a recipient could copy them, with nothing but what is in the file."""

import io
import re
from typing import Any

import pikepdf

_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>")


def text_of(pdf: bytes) -> str:
    """Every word on every page, and the document's own information, without spaces."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        found = [_page(page) for page in opened.pages] + [str(value) for value in opened.docinfo.values()]
    return "".join("".join(found).split())


def _page(page: Any) -> str:
    fonts = {name: _letters(font) for name, font in page.resources.get("/Font", {}).items()}
    said: list[str] = []
    letters: dict[bytes, str] = {}
    for operands, operator in pikepdf.parse_content_stream(page):
        word = str(operator)
        if word == "Tf":
            letters = fonts[str(operands[0])]
        elif word in ("Tj", "TJ"):
            parts = operands[0] if word == "TJ" else [operands[0]]
            said += [_decode(bytes(one), letters) for one in parts if isinstance(one, pikepdf.String)]
    return "".join(said)


def _letters(font: Any) -> dict[bytes, str]:
    cmap = font.ToUnicode.read_bytes()
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(to.decode()).decode("utf-16-be") for code, to in _PAIR.findall(cmap)
    }


def _decode(code: bytes, letters: dict[bytes, str]) -> str:
    return "".join(letters.get(code[at : at + 2], "") for at in range(0, len(code), 2))
