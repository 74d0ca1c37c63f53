"""Big documents: pieces printed once, put together and numbered, with their structure kept.

Laying out three hundred pages anew takes half a minute; putting them together
takes a moment. The tags that a screen reader follows are joined too, which a
plain merge would drop.
"""

import io
from collections.abc import Iterable, Iterator
from typing import Any

import pikepdf
from django.utils.translation import gettext as _
from pikepdf import Array, Dictionary, Name, String

from casemgmt.letters.pdf import LetterFailed, render_pdf

MILLIMETRE = 72 / 25.4
_STAMPS = """<!DOCTYPE html><html lang="nl"><head><title>Nummers</title><style>
@page {{ size: A4; margin: 0; @bottom-left {{ content: none }} @bottom-right {{ content: none }} }}
p {{ position: absolute; right: 24mm; bottom: 7mm; margin: 0; font-size: 8.5pt; color: #4f585f; background: #fff;
  padding: .5mm 0 .5mm 2mm }}
section {{ position: relative; height: 297mm; break-after: page; overflow: hidden }}
section:last-child {{ break-after: auto }}
</style></head><body>{pages}</body></html>"""
STAMPS_AT_ONCE = 200


def merge_pieces(pieces: Iterable[bytes], *, title: str, language: str = "nl") -> bytes:
    """One PDF of these PDFs, every page stamped "Bladzijde n van m"; raises LetterFailed.

    Pieces with tags keep them; a page without stays as it is. A piece that is
    no PDF, or one with a password, makes the whole fail: a copy with a hole in
    it would not be the copy that was asked for.
    """
    whole = pikepdf.new()
    trees: list[tuple[Any, int]] = []
    complete = True
    for piece in pieces:
        tree = _append(whole, piece)
        complete = complete and bool(tree)
        trees += tree
    _say_what_it_is(whole, title, language, tagged=complete)
    _join_trees(whole, trees)
    _stamp(whole)
    made = io.BytesIO()
    whole.save(made, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return made.getvalue()


def _append(whole: pikepdf.Pdf, piece: bytes) -> list[tuple[Any, int]]:
    """Add a piece's pages; its tag tree, if any, and by how much its page numbers in the tree move."""
    try:
        source = pikepdf.open(io.BytesIO(piece))
    except pikepdf.PdfError as problem:
        raise LetterFailed(_("One of the pieces is not a PDF file that can be read.")) from problem
    first = len(whole.pages)
    shift = int(whole.Root.get("/CasemgmtNextKey", 0))
    whole.pages.extend(source.pages)
    tree = source.Root.get("/StructTreeRoot")
    if tree is None:
        return []
    # Pages went first, so the copied tree points at the copies.
    copy = whole.copy_foreign(source.make_indirect(tree))
    for page in list(whole.pages)[first:]:
        _move_keys(page.obj, shift)
    whole.Root["/CasemgmtNextKey"] = shift + _next_key(copy)
    return [(copy, shift)]


def _move_keys(page: Any, shift: int) -> None:
    for owner in (page, *page.get("/Annots", [])):
        for key in ("/StructParents", "/StructParent"):
            if key in owner:
                owner[key] = int(owner[key]) + shift


def _next_key(tree: Any) -> int:
    return max((key for key, _ in _parents(tree)), default=-1) + 1


def _parents(tree: Any) -> Iterator[tuple[int, Any]]:
    """The pairs of a tree's table from page key to tags."""
    waiting = [tree.get("/ParentTree", Dictionary())]
    while waiting:
        node = waiting.pop()
        numbers = node.get("/Nums", [])
        yield from ((int(numbers[i]), numbers[i + 1]) for i in range(0, len(numbers), 2))
        waiting += list(node.get("/Kids", []))


def _join_trees(whole: pikepdf.Pdf, trees: list[tuple[Any, int]]) -> None:
    """One tag tree with a part per piece, and one table for all pages."""
    if "/CasemgmtNextKey" in whole.Root:
        del whole.Root["/CasemgmtNextKey"]
    if not trees:
        return
    root = whole.make_indirect(Dictionary(Type=Name.StructTreeRoot))
    document = whole.make_indirect(Dictionary(Type=Name.StructElem, S=Name.Document, P=root, K=Array()))
    table: list[tuple[int, Any]] = []
    for tree, shift in trees:
        for child in _children(tree):
            child["/P"] = document
            if child.get("/S") == Name.Document:
                child["/S"] = Name.Part
            document.K.append(child)
        table += [(key + shift, tags) for key, tags in _parents(tree)]
    numbers = Array()
    for key, tags in sorted(table, key=lambda row: row[0]):
        numbers.append(key)
        numbers.append(tags)
    root["/K"] = Array([document])
    root["/ParentTree"] = whole.make_indirect(Dictionary(Nums=numbers))
    root["/ParentTreeNextKey"] = 1 + max((key for key, _ in table), default=0)
    whole.Root["/StructTreeRoot"] = root
    whole.Root["/MarkInfo"] = Dictionary(Marked=True)


def _children(tree: Any) -> list[Any]:
    found = tree.get("/K", Array())
    return list(found) if isinstance(found, Array) else [found]


def _say_what_it_is(whole: pikepdf.Pdf, title: str, language: str, *, tagged: bool) -> None:
    whole.Root["/Lang"] = String(language)
    whole.Root["/ViewerPreferences"] = Dictionary(DisplayDocTitle=True)
    with whole.open_metadata() as metadata:
        metadata["dc:title"] = title
        metadata["dc:language"] = {language}
        if tagged:
            metadata["pdfuaid:part"] = "1"
    whole.docinfo["/Title"] = String(title)


def _stamp(whole: pikepdf.Pdf) -> None:
    """Write "Bladzijde n van m" on every page, as decoration that is not read aloud."""
    total = len(whole.pages)
    for start in range(0, total, STAMPS_AT_ONCE):
        numbers = range(start + 1, min(start + STAMPS_AT_ONCE, total) + 1)
        sheets = "".join(f"<section><p>Bladzijde {number} van {total}</p></section>" for number in numbers)
        stamps = pikepdf.open(io.BytesIO(render_pdf(_STAMPS.format(pages=sheets))))
        for number, stamp in zip(numbers, stamps.pages, strict=True):
            _stamp_page(whole, whole.pages[number - 1], stamp)


def _stamp_page(whole: pikepdf.Pdf, page: pikepdf.Page, stamp: pikepdf.Page) -> None:
    form = whole.copy_foreign(stamp.as_form_xobject())
    _forget_tags(whole, form)
    name = page.add_resource(form, Name.XObject)
    # A page of another size gets the stamp at its own lower right corner.
    box = page.cropbox
    left, bottom = float(box[2]) - 210 * MILLIMETRE, float(box[1])
    page.contents_add(b"q", prepend=True)
    page.contents_add(f"Q /Artifact BMC q 1 0 0 1 {left:.3f} {bottom:.3f} cm {name} Do Q EMC".encode())


def _forget_tags(whole: pikepdf.Pdf, form: Any) -> None:
    """Drop the marks of the stamp's own structure: inside an artifact they would point nowhere."""
    kept = [
        instruction
        for instruction in pikepdf.parse_content_stream(form)
        if str(instruction.operator) not in ("BDC", "BMC", "EMC")
    ]
    form.write(pikepdf.unparse_content_stream(kept))
    for key in ("/StructParents", "/Group"):
        if key in form:
            del form[key]
