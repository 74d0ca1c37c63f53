"""Every kind in words: title, what it must name, and no address but the addressee's."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from casemgmt.letters import wording
from casemgmt.letters.contents import (
    KIND_OF,
    Addressee,
    Content,
    DisclosureNotice,
    LetterContext,
    NotGiven,
    PortalInvitation,
    Recipient,
    RequestDecision,
    RequestReceived,
    Sender,
)
from casemgmt.letters.packages import (
    DisclosurePackage,
    PackagePiece,
    package_html,
)
from casemgmt.letters.vocabulary import Answer, Kind

SENDER = Sender("Gebiedsteam Opsterland", "Sociaal team", "GT", "gebiedsteam-opsterland", dossier="bestand")
DAY = date(2026, 11, 20)
UNTIL = datetime(2026, 12, 4, 16, tzinfo=UTC)

CONTENTS: list[tuple[Content, str, list[str]]] = [
    (
        DisclosureNotice(DAY, (Recipient("de huisarts"),), ("het plan",), "doel", "grond", "motief", beforehand=True),
        "Wij gaan gegevens delen",
        ["de huisarts", "het plan", "doel", "grond", "motief", "20 november 2026"],
    ),
    (
        RequestReceived("inzage in uw bestand", DAY, date(2026, 12, 18), needs=("een kopie van uw paspoort",)),
        "Wij hebben uw verzoek ontvangen",
        ["inzage in uw bestand", "vrijdag 18 december 2026", "een kopie van uw paspoort"],
    ),
    (
        RequestDecision("inzage", DAY, DAY, Answer.GRANTED, given=("een kopie",)),
        "Ons besluit op uw verzoek: ja",
        ["Wij doen wat u vraagt.", "een kopie"],
    ),
    (
        RequestDecision("inzage", DAY, DAY, Answer.PARTLY, not_given=(NotGiven("verslag", "van een ander"),)),
        "Ons besluit op uw verzoek: gedeeltelijk",
        ["verslag", "van een ander"],
    ),
    (
        RequestDecision("inzage", DAY, DAY, Answer.REFUSED, reason="De wet staat het niet toe.", decided_by="college"),
        "Ons besluit op uw verzoek: nee",
        ["Wij kunnen niet doen wat u vraagt.", "De wet staat het niet toe.", "college"],
    ),
    (
        PortalInvitation(
            "https://example.org/mijn/", "lariks-4821", "K7QX-93MD", datetime(2026, 12, 4, 16, tzinfo=UTC)
        ),
        "Uw toegang tot het portaal",
        ["https://example.org/mijn/", "lariks-4821", "K7QX-93MD", "vrijdag 4 december 2026, 17.00 uur"],
    ),
    (
        DisclosureNotice(DAY, (Recipient("de huisarts"),), ("het plan",), "doel", "grond", "motief", with_consent=True),
        "Wij hebben gegevens gedeeld",
        ["hebben wij uw gegevens gedeeld met een ander", "Er is toestemming gegeven. Wie dat deed, kan die altijd"],
    ),
]


@pytest.mark.parametrize(("content", "title", "needed"), CONTENTS)
def test_a_letter_says_what_it_must(content: Content, title: str, needed: list[str]) -> None:
    addressee = Addressee("Sam Jansen", ("Voorbeeldweg 1",))
    words = wording.write(LetterContext(content, addressee, "GT-7"), SENDER, DAY)
    assert words.title == title
    said = "\n".join(block.text for block in words.blocks)
    for part in needed:
        assert part in said
    assert "Voorbeeldweg" not in said
    assert wording.Wording.from_json(words.to_json()) == words
    page = wording.page(words, addressee)
    assert '<html lang="nl">' in page
    assert f"<title>{title}</title>" in page
    assert "Voorbeeldweg 1" in page
    assert "#2f6123" in page


def test_every_kind_has_a_content_and_a_template() -> None:
    assert set(KIND_OF.values()) == set(Kind)
    assert {type(content) for content, _, _ in CONTENTS} == set(KIND_OF)


def test_no_content_has_a_place_for_an_address_of_somebody_else() -> None:
    for kind in KIND_OF:
        names = set(kind.__dataclass_fields__) - ({"address"} if kind is PortalInvitation else set())
        assert not {name for name in names if "address" in name or "street" in name or "lines" in name}


def test_an_article_that_is_a_reading_says_so_and_one_without_a_sentence_is_named() -> None:
    decision = SimpleNamespace(
        articles=("SH-3.7.7", "BT-toestemming-2"),
        explanation="Zo.",
        citations=(SimpleNamespace(id="SH-3.7.7", sentence="Zin.", kind="reading"),),
    )
    first, second = wording.citations((decision,))
    assert first.origin == "onze uitleg van het reglement"
    assert (second.name, second.sentence) == ("BT-toestemming-2", "")


def test_a_sentence_of_two_articles_stands_once_under_both_their_names() -> None:
    said = (("SH-3.7.1", "Zin."), ("SH-3.7.2", "Zin."), ("SH-3.7.7", "Anders."))
    citations = tuple(SimpleNamespace(id=name, sentence=sentence, kind="text") for name, sentence in said)
    decision = SimpleNamespace(articles=("BT-a", "BT-b"), explanation="Zo.", citations=citations)
    context = LetterContext(CONTENTS[1][0], Addressee("Sam"), "GT-7", decisions=(decision,))
    words = wording.write(context, SENDER, DAY)
    page = wording.page(words, Addressee("Sam"))
    assert page.count("Zin.") == 1 and "Artikel 3.7.1 en artikel 3.7.2" in page
    assert [one.id for one in words.based_on] == ["SH-3.7.1, SH-3.7.2", "SH-3.7.7", "BT-a", "BT-b"]
    assert len(words.citations) == 5, "what is kept is every article by itself"


def test_a_letter_without_an_address_waits_in_the_portal() -> None:
    words = wording.write(LetterContext(CONTENTS[1][0], Addressee("Sam"), "GT-7"), SENDER, DAY)
    assert "via het portaal" in wording.page(words, Addressee("Sam"))


def test_a_package_holds_its_pieces_as_text() -> None:
    package = DisclosurePackage(
        recipients=(Recipient("de huisarts"),),
        about="Noor",
        reference="GT-7",
        on=DAY,
        purpose="zorg",
        ground="toestemming",
        pieces=(PackagePiece("Gesprek", "<b>dik</b>", DAY, "L. Visser"),),
        blanked=True,
    )
    html = package_html(package, SENDER)
    assert "&lt;b&gt;dik&lt;/b&gt;" in html
    assert "de huisarts" in html
    assert "[weggelaten]" in html


@pytest.mark.parametrize(
    ("recipient", "line"),
    [
        (Recipient("J. de Boer", "De Wegwijzer"), "J. de Boer, De Wegwijzer"),
        (Recipient("", "De Wegwijzer"), "De Wegwijzer"),
        (Recipient("de huisarts"), "de huisarts"),
    ],
)
def test_who_received_it_is_said_in_one_line_with_and_without_a_name(recipient: Recipient, line: str) -> None:
    notice = DisclosureNotice(DAY, (recipient,), ("het plan",), "doel", "grond", "motief")
    words = wording.write(LetterContext(notice, Addressee("Sam Jansen"), "GT-7"), SENDER, DAY)
    assert line in [block.text for block in words.blocks]
    package = DisclosurePackage((recipient,), "Noor", "GT-7", DAY, "zorg", "toestemming", ())
    assert f"<p>{line}</p>" in package_html(package, SENDER)
