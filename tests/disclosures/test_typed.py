"""A secret address is found however somebody typed it, and a text does not turn black by ordinary words."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from disclosures.redaction import Mark, Private, automatic_spans, pieces

# Not made smaller: what fails is short enough to read.
QUICKLY = settings(deadline=None, max_examples=150, phases=(Phase.explicit, Phase.generate))
BEFORE, AFTER = "Hij logeert sinds maandag op het", "Morgen belt school daarover."

# Streets that nobody writes meaning anything else.
STREETS = (
    *("Schuilpad", "Verborgen laan", "Verborgenlaan", "verborgen-laan", "Lindehof", "Burgemeester Jansenstraat"),
    *("2e Jansstraat", "Laan van Nieuw-Guinea", "Plein 1944", "Curaçaostraat", "Rivièrelaan", "Stille Rijn"),
    *("Dr. Poelstraat", "'s-Gravelandseweg", "Kruidenbuurt"),
)
# Streets that are a word, or short: written as a name or with their number.
WORDS = ("Toekomst", "Es", "Kerkhof", "De Dijk", "Best", "Plaats", "Markt", "Hoge Berg")
ADDITIONS = ("", "a", "bis", "-2", " hs", " II", "-A", " rood")
TOWNS = ("Tilburg", "'s-Hertogenbosch", "Bergen op Zoom", "Súdwest")
# How an address stands in the field, which is one line.
FIELDS = (
    *("{street} {house}, {code} {town}", "{street} {house} {code} {town}", "{street} {house} {town}"),
    *("{street} {house}", "{street} {house}, {town}", "{code} {town}, {street} {house}", "{street}, {house}, {town}"),
    *("p/a Stichting Moederheil, {street} {house}, {code} {town}", "bij oma: {street} nr. {house}, {code} {town}"),
    *("{street} {house}; {code}  {town}; Nederland", "{street} {house}\n{code} {town}"),
)
# How somebody writes of it.
WRITTEN = (
    *("{street} {number}", "{street} {house}", "{street}{number}", "{street}, nummer {number}", "{street} nr {number}"),
    *("{street}, {number}", "{street}-{number}", "{street} {house}, {code} {town}", "{street} {house} te {town}"),
    *("{street} {number} ({town})", "{town}, {street} {number}"),
)
WITHOUT_NUMBER = ("{street}", "{street} in {town}", "({street})", "{street}/{town}")


def stripped(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


TYPED: tuple[Callable[[str], str], ...] = (
    str,
    str.lower,
    str.upper,
    stripped,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: text.lower().replace(" ", ""),
    lambda text: text.replace(" ", ""),
    lambda text: text.replace(" ", "-"),
    lambda text: text.replace(" ", "  "),
    lambda text: text.replace("-", " "),
    lambda text: text.replace("'", "").replace(".", ""),
    lambda text: text.replace("straat", "str.").replace("laan", "ln"),
    lambda text: text.replace("Burgemeester", "burg.").replace("Dr.", "dokter"),
)


def squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", stripped(text).casefold())


def given_out(text: str, *private: Private, own: str = "Tim Proef") -> str:
    """What is left of a text; what went is one mark."""
    found = pieces(text, automatic_spans(text, private, [own]))
    return "".join("█" if one.mark else one.text for one in found)


def secret(*contacts: str, towns: frozenset[str] = frozenset()) -> Private:
    return Private(contacts=contacts, secret=True, open_towns=towns)


addresses = st.builds(
    lambda number, addition, code, letters, town: {
        "number": str(number),
        "house": f"{number}{addition}",
        "code": f"{code}{letters}",
        "town": town,
    },
    st.integers(1, 999),
    st.sampled_from(ADDITIONS),
    st.integers(1000, 9999),
    st.sampled_from([" ZZ", "ZZ", " xa", ".XB", "ab"]),
    st.sampled_from(TOWNS),
)


def nothing_left(left: str, street: str, parts: dict[str, str]) -> None:
    assert left.startswith(BEFORE) and left.endswith(AFTER), left
    rest = left.removeprefix(BEFORE).removesuffix(AFTER)
    assert squeezed(street) not in squeezed(rest), left
    assert not re.search(r"\d", rest), left
    assert squeezed(parts["town"]) not in squeezed(rest), left


@QUICKLY
@given(
    st.sampled_from(STREETS),
    addresses,
    st.sampled_from(FIELDS),
    st.sampled_from(WRITTEN + WITHOUT_NUMBER),
    st.sampled_from(TYPED),
    st.sampled_from([str, str.lower, str.upper]),
)
@example(
    "Schuilpad",
    {"number": "9", "house": "9", "code": "5045 ZZ", "town": "Tilburg"},
    "{street} {house} {code} {town}",
    "{street} {number}",
    str,
    str,
)
def test_nothing_of_a_secret_address_is_left_however_it_is_typed(
    street: str,
    parts: dict[str, str],
    field: str,
    written: str,
    typed: Callable[[str], str],
    cased: Callable[[str], str],
):
    known = field.format(street=street, **parts)
    # A town that the field does not hold is not secret.
    said = {**parts, "town": parts["town"] if "{town}" in field else "Nergens"}
    text = f"{BEFORE} {cased(written.format(street=typed(street), **said))}. {AFTER}"
    nothing_left(given_out(text, secret(known)), street, parts)


@QUICKLY
@given(
    st.sampled_from(WORDS),
    addresses,
    st.sampled_from(FIELDS),
    st.sampled_from(WRITTEN),
    st.sampled_from([str, str.lower, str.upper]),
)
def test_a_street_that_is_a_word_goes_with_its_number_and_as_a_name(
    street: str, parts: dict[str, str], field: str, written: str, typed: Callable[[str], str]
):
    known = field.format(street=street, **parts)
    said = {**parts, "town": parts["town"] if "{town}" in field else "Nergens"}
    left = given_out(f"{BEFORE} {typed(written.format(street=street, **said))}. {AFTER}", secret(known))
    nothing_left(left, street, parts)
    # One of two letters is told by its number only.
    assert ("█" in given_out(f"{BEFORE} {street}. {AFTER}", secret(known))) is (len(street) > 2)


@pytest.mark.parametrize("written", ["5045 ZZ", "5045zz", "5045-zz nr 9", "postcode 5045", "5045 ZZ 9", "9 Tilburg"])
def test_a_postcode_goes_alone_and_a_number_with_its_town(written: str):
    left = given_out(f"Het is {written}.", secret("Schuilpad 9, 5045 ZZ Tilburg"))
    assert not re.search(r"\d|[Zz]{2}|Tilburg", left), left


SENTENCES = (
    "Hij ging van de kerk naar huis en werkt in de tuin.",
    "Het gaat best goed, en heel goed op de weg terug.",
    "De toekomst is onzeker. Toekomst vraagt tijd.",
    "Op de plaats rust; de markt is op zaterdag.",
    "Zij loopt op de dijk, over de hoge berg en langs het water.",
    "Hij is 9 jaar oud en heeft 9 keer gebeld.",
    "Het kerkhof is dicht. Er is een nieuwe weg gekozen.",
    "In 2025 en 1944 was het rustig; zij kreeg 5045 euro.",
    "Om 9.15 uur op 12-03-2026 kwam zij 7 minuten te laat.",
    "Er is een es omgewaaid, en nr 9 won de loterij.",
)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_an_ordinary_sentence_stays_as_it_is_whatever_street_is_secret(sentence: str):
    known = [
        *("Toekomst 3, 5011 AA Best", "Es 9", "Kerkhof 12", "De Dijk 4, 1234 AB Heel", "Markt 5", "Plaats 7 Weert"),
        *("Hoge Berg 2", "Kerkweg 8", "Op de Weg 1", "geheim", "bij oma", "onbekend, alleen via voogd", "Tuin 6"),
    ]
    assert given_out(sentence, *map(secret, known)) == sentence


def test_a_lone_town_goes_only_where_nobody_is_known_to_live_there_openly():
    text = "Zij woont nu in Tilburg."
    known = "Schuilpad 9, 5045 ZZ Tilburg"
    assert given_out(text, secret(known)) == "Zij woont nu in █."
    assert given_out(text, secret(known, towns=frozenset({"tilburg"}))) == text
    assert given_out(text, Private(contacts=(known,))) == text
    assert given_out("In Den Bosch.", secret("Pad 9, 5211 AA 's-Hertogenbosch")) == "In █."


@pytest.mark.parametrize("written", ["mira@voorbeeld.nl", "m.veilig+1@mail.example.org", "mira (at) voorbeeld.nl"])
def test_every_e_mail_address_goes_where_an_address_is_secret_and_elsewhere_none(written: str):
    assert given_out(f"Mail {written} even.", secret("Es 9")) == "Mail █ even."
    assert given_out(f"Mail {written} even.", Private(contacts=("Es 9",))) == f"Mail {written} even."


@pytest.mark.parametrize(
    "written",
    [
        *("06-12345678", "06 12 34 56 78", "06/12345678", "+31 6 12345678", "0031612345678", "+31 (0)6 1234 5678"),
        *("(06) 12345678", "06.12.34.56.78", "013 - 555 12 34", "0135551234", "555 12 34"),
    ],
)
def test_a_telephone_number_goes_however_it_is_spaced(written: str):
    assert given_out(f"Bel {written} na vier uur.", secret("06-12345678 / 013-5551234")) == "Bel █ na vier uur."


@pytest.mark.parametrize(
    ("name", "written"),
    [
        *(("Samira El Amrani", one) for one in ("ElAmrani", "elamrani", "El-Amrani", "Amrani's", "SAMIRA")),
        *(
            ("Özgür Yıldız", one)
            for one in ("Ozgur", "Oezguer", "ozgur", "Yildiz", unicodedata.normalize("NFD", "Özgür"))
        ),
        *(("Anne-Fleur Bos", one) for one in ("Annefleur", "Anne Fleur", "AnneFleur", "anne-fleur")),
        *(("Annefleur Bos", one) for one in ("Anne-Fleur", "Anne Fleur", "annefleur")),
    ],
)
def test_a_name_goes_as_others_write_it(name: str, written: str):
    left = given_out(f"Gisteren kwam {written} langs.", Private((name,)))
    assert squeezed(left.replace("El", "")) == "gisterenkwamlangs", left


def test_a_name_the_client_shares_stays_also_as_others_write_it():
    text = "Ozgur Yildiz belde; Yıldız is hun naam."
    assert given_out(text, Private(("Ayşe Yıldız",)), own="Özgür Yıldız") == text


@QUICKLY
@given(st.text(alphabet=" a9-.@()/,éßİ\n", max_size=60), st.text(alphabet="aA9 -,/;\n5045ZZé", max_size=40))
def test_whatever_is_filled_in_finds_its_place_in_whatever_text(text: str, contact: str):
    for span in automatic_spans(text, [secret(contact)], []):
        assert 0 <= span.start < span.end <= len(text) and span.mark == Mark.ADDRESS


@pytest.mark.parametrize("written", ["5 0 3 8 A B", "5038 a b", "50 38 AB", "5-0-3-8-A-B", "5.0.3.8 . A.B"])
def test_a_postcode_goes_however_it_is_spaced(written: str):
    assert given_out(f"Het is {written}, weet ze.", secret("Lindehof 12, 5038 AB Tilburg")) == "Het is █, weet ze."


@pytest.mark.parametrize(
    "written",
    [
        *("Lind\u0435h\u043ef 12", "LIND\u0415\u041d\u041eF 12", "L\u0456nd\u0451hof 12"),
        *("Lindeh\u03bff 12", "LIND\u0395\u0397\u039fF 12", "L\u03b9\u03b7de\u04bb\u03bff"),
        "5038 \u0410\u0412",
    ],
)
def test_letters_of_other_scripts_that_look_the_same_hide_no_address(written: str):
    assert given_out(f"Zij is op {written}, weet ze.", secret("Lindehof 12, 5038 AB")) == "Zij is op █, weet ze."


def test_a_name_in_letters_that_look_the_same_goes_and_one_in_another_script_is_found_as_it_is_written():
    assert given_out("Gisteren kwam S\u0430m\u0456ra langs.", Private(("Samira Amrani",))) == "Gisteren kwam █ langs."
    assert given_out("Gisteren kwam \u0418\u0432\u0430\u043d langs.", Private(("\u0418\u0432\u0430\u043d",))) == (
        "Gisteren kwam █ langs."
    )
