"""Big documents: pages numbered, tags kept."""

import io

import pikepdf
import pytest

from casemgmt.letters.merging import merge_pieces
from casemgmt.letters.pdf import LetterFailed, render_many
from tests.letters.test_pdf import page, structure


@pytest.fixture(scope="module")
def pieces() -> list[bytes]:
    made = render_many([page(f"<p>stuk {n}</p><p style='break-before: page'>vervolg</p>") for n in (1, 2)])
    assert all(isinstance(piece, bytes) for piece in made)
    return [piece for piece in made if isinstance(piece, bytes)]


def untagged() -> bytes:
    blank = pikepdf.new()
    blank.add_blank_page(page_size=(300, 200))
    made = io.BytesIO()
    blank.save(made)
    return made.getvalue()


def test_pieces_become_one_document_with_title_language_and_tags(pieces: list[bytes]) -> None:
    with pikepdf.open(io.BytesIO(merge_pieces(pieces, title="Kopie van het dossier"))) as whole:
        assert len(whole.pages) == 4
        assert str(whole.Root.Lang) == "nl"
        assert str(whole.docinfo["/Title"]) == "Kopie van het dossier"
        assert {"/Document", "/Part", "/H1", "/P"} <= structure(whole.Root.StructTreeRoot)
        assert whole.check_pdf_syntax() == []
        assert whole.open_metadata()["pdfuaid:part"] == "1"


def test_every_tag_points_at_a_page_of_the_whole_and_every_page_has_its_key(pieces: list[bytes]) -> None:
    with pikepdf.open(io.BytesIO(merge_pieces(pieces, title="Kopie"))) as whole:
        keys = [int(one.obj.StructParents) for one in whole.pages]
        assert sorted(set(keys)) == keys
        table = list(whole.Root.StructTreeRoot.ParentTree.Nums)
        assert keys == [int(key) for key in table[::2]]
        for position, tags in enumerate(table[1::2]):
            for tag in tags:
                assert tag.Pg.objgen == whole.pages[position].obj.objgen


def test_every_page_says_its_number_as_decoration(pieces: list[bytes]) -> None:
    with pikepdf.open(io.BytesIO(merge_pieces([*pieces, untagged()], title="Kopie"))) as whole:
        for one in whole.pages:
            content = b"".join(stream.read_bytes() for stream in _contents(one))
            assert b"/Artifact BMC" in content
        assert "pdfuaid:part" not in whole.open_metadata()


def _contents(one: pikepdf.Page) -> list[pikepdf.Stream]:
    found = one.obj.Contents
    return list(found) if isinstance(found, pikepdf.Array) else [found]


def test_a_piece_that_is_no_pdf_makes_the_whole_fail(pieces: list[bytes]) -> None:
    with pytest.raises(LetterFailed):
        merge_pieces([*pieces, b"geen pdf"], title="Kopie")
