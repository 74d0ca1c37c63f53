"""Finding a name, an address or a number again in a text, however somebody typed it.

Compared are letters and figures alone: without capitals, accents and, in what is
long enough to be told by it, without the spaces, hyphens and dots between them.
An address is taken apart into street, number, postcode and town, wherever it
breaks off. What is a word like any other (a street called Toekomst, a town
called Best) counts only where it is written as a name, so that a text does not
turn black by the words it is made of.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

Stretch = tuple[int, int]

_SHORTEST_NUMBER, _TELEPHONE, _SUBSCRIBER = 6, 9, (7, 6)
# From so many letters on a word is told by its letters, whatever stands between them.
_TELLING, _TELLING_NAME, _TELLING_ROW = 6, 5, 10
_SHORTEST_STREET, _SHORTEST_PLACE = 3, 3

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})
# Letters that look like Latin ones and are others: of Cyrillic, of Greek, of the writing of sounds.
_ALIKE = {
    **str.maketrans("АВЕЅІЈКМНОРСТУХҺӀаеѕіјкмнорстухһԁԛԝӏ", "ABESIJKMHOPCTYXHIaesijkmhopctyxhdqwl"),
    **str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαβεζηικνορτυχγωϲϳ", "ABEZHIKMNOPTYXabeznikvoptuxywcj"),
    **str.maketrans("ɑɡɩȷ", "agij"),
}
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_BETWEEN = r"[\s.\-\u2010-\u2015_'’`/|]{0,3}"
_IN_NUMBER = r"[\W_]{0,3}"
_COUNTRY = rf"\(?(?:\+|00)\s?31\)?{_IN_NUMBER}(?:\(?0\)?{_IN_NUMBER})?"
_BEGIN, _END = r"(?<![^\W_])", r"(?![^\W\d_])"

_POSTCODE = re.compile(r"(?<!\d)([1-9]\d{3})[\s.\-]{0,2}([A-Za-z]{2})(?![^\W_])")
_NUMBER_AFTER_YEAR = re.compile(r"(1[89]\d\d)[\s,]+(?:(?:huis)?n(?:umme)?r\.?\s*)?(?=\d{1,3}(?!\d))", re.IGNORECASE)
# Not the year of "Plein 1944 12" or "Plein 1940-1945 12".
_HOUSE = re.compile(r"(?<![^\W_])(?!1[89]\d\d(?:\s*[-–]\s*(?:1[89])?\d\d)?\s+\d)(\d{1,5})(?!\d)")
_ORDINAL = re.compile(r"(?:e|de|ste)\s", re.IGNORECASE)
_NOT_OF_STREET = re.compile(
    r"^\W*(?:(?:p\s*/\s*a|c\s*/\s*o|p\.\s?a\.|t\.\s?a\.\s?v\.|adres|bij|via)\b[\s:.]*)+|(?:\b(?:huis)?n(?:umme)?r\.?|\W)+$",
    re.IGNORECASE,
)
_TELEPHONES = re.compile(r"\+?\(?\d[\d\s().\-]{4,}\d")
# It begins where a word begins, so that a long run of letters is looked at once.
_MAIL = re.compile(r"(?<![\w.+%\-])[\w.+%\-]+\s?(?:@|\(at\)|\[at\])\s?[\w\-]+(?:\.[\w\-]+)+", re.IGNORECASE)
# What follows a street: its number however it goes on (7bis, 7-2, 7 hs, 7 II), the postcode.
_ADDED = r"bis|hs|huis|rood|zwart|boven|onder|links|rechts|i{1,3}|iv|vi{0,3}|[a-z]|(?<=[-/])\d{1,4}|(?<=\s)\d{1,2}"
_ADDITION = rf"(?:\s?[-/]?\s?(?:{_ADDED})\b)?"
_BEFORE_NUMBER = r"(?:\.(?=\S|\s(?:huis)?n))?[\s,:(\-]{0,3}(?:huis)?(?:nummer|nr|no)?"
_AFTER = rf"(?:{_BEFORE_NUMBER}[\s,:.\-]{{0,3}}\d{{1,5}}(?:{_ADDITION}){{1,2}})"
_CODE = r"(?:\W{0,3}\d{4}[\s.\-]{0,2}[a-z]{2}\b)"

_KINDS = (
    *("straat", "laan", "weg", "plein", "pad", "steeg", "singel", "gracht", "kade", "dijk", "dreef", "hof", "hoeve"),
    *("park", "plantsoen", "markt", "wal", "ring", "baan", "veld", "berg", "akker", "kamp", "plaats", "poort", "brug"),
    *("zoom", "oord", "burg", "donk", "lei", "ln", "str", "pln", "straatje", "laantje", "weggetje", "pleintje"),
    *("boulevard", "allee", "buurt", "haven", "vaart", "hage", "rade", "erf", "bos", "tuin", "horst", "heide", "duin"),
    *("vest", "schans", "werf", "sloot", "kwartier"),
)
_SHORT = (("straat", "str"), ("laan", "ln"), ("plein", "pln"), ("weg", "wg"), ("singel", "sngl"))
_TITLES = {
    "burgemeester": ("burg", "bgm", "bm"),
    "professor": ("prof",),
    "doctor": ("dr",),
    "dokter": ("dr",),
    "meester": ("mr",),
    "pastoor": ("past",),
    "koningin": ("kon",),
    "sint": ("st",),
    "van": ("v",),
    "generaal": ("gen",),
    "monseigneur": ("mgr",),
}
_ARTICLES = frozenset({"de", "het", "den", "t", "een", "op", "in", "aan", "te"})
_BEFORE = _ARTICLES | {first + second for first in ("op", "in", "aan", "bij") for second in ("de", "den", "het", "t")}
_PLAIN = frozenset(
    {"lange", "korte", "hoge", "lage", "oude", "nieuwe", "grote", "kleine", "brede", "smalle", "stille", "groene"}
)
_REMARKS = frozenset({"geheim", "geheimadres", "onbekend", "tijdelijk", "opvang", "verhuisd", "adres", "thuis"})
# Towns that are called otherwise than they are written on an envelope.
_TOWNS = ({"shertogenbosch", "hertogenbosch", "denbosch"}, {"sgravenhage", "gravenhage", "denhaag"})
_COUNTRIES = frozenset({"nederland", "netherlands", "nl", "belgie", "duitsland", "holland"})
# Written small these are words: they count as a street or a town only where they are written as a name.
_WORDS = frozenset(
    (
        *("omweg", "uitweg", "snelweg", "onderweg", "halfweg", "overweg", "heenweg", "loopbaan", "renbaan", "fietspad"),
        *("werkplaats", "speelplaats", "standplaats", "schoolplein", "speelplein", "dorpsplein", "marktplein"),
        *("woonerf", "achtererf", "achtertuin", "voortuin", "moestuin", "speeltuin", "volkstuin", "woonbuurt"),
        *("voorhof", "binnenhof", "kerkhof", "vakantiepark", "sportpark", "stadspark", "speelveld", "sportveld"),
        *("werkveld", "drijfveer", "best", "buren", "bergen", "beek", "berg", "dieren", "drachten", "duiven", "echt"),
        *("goor", "haren", "heel", "hoek", "hoorn", "horst", "houten", "huizen", "hulst", "kampen", "laren", "leek"),
        *("leiden", "loon", "made", "marken", "mill", "monster", "put", "putten", "rijen", "roden", "sluis", "someren"),
        *("steen", "stein", "velden", "weert", "wijk", "zand", "zetten"),
    )
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A text as it is compared, beside the text itself; ``at``: where each letter stands in it.

    ``letters``: its letters and figures alone, so that what is not among them need not be looked for.
    """

    text: str
    plain: str
    letters: str
    at: tuple[int, ...]

    def find(self, pattern: str, holds: str) -> Iterator[Stretch]:
        """Where a pattern stands in the text itself, with the accents that belong to its last letter.

        ``holds``: what stands in whatever fits the pattern, one way or another.
        """
        if _squeezed(holds) not in self.letters:
            return
        for match in re.finditer(pattern, self.plain):
            if match.end() == match.start():
                continue
            end = self.at[match.end() - 1] + 1
            while end < len(self.text) and unicodedata.combining(self.text[end]):
                end += 1
            yield self.at[match.start()], end


def plain_of(text: str) -> Plain:
    """A text without capitals, accents and marks nobody sees, with where each letter came from."""
    letters: list[str] = []
    at: list[int] = []
    for place, letter in enumerate(text):
        for one in _bare(letter):
            letters.append(one)
            at.append(place)
    plain = "".join(letters)
    return Plain(text, plain, re.sub(r"[\W_]+", "", plain), tuple(at))


def bare(text: str) -> str:
    """A word as it is compared."""
    return "".join(map(_bare, text))


def addresses(text: Plain, contact: str, *, town_too: bool, street_too: bool = True) -> set[Stretch]:
    """Where an address stands, or enough of it to find it; ``town_too``: also where its town stands alone.

    ``street_too``: also where its street stands in a text without any figure and without the town.
    """
    found: set[Stretch] = set()
    for one in _taken_apart(contact):
        found |= one.stretches(text, town_too=town_too, street_too=street_too)
    return found


def numbers(text: Plain, contact: str) -> set[Stretch]:
    """Where a telephone or other number stands, however it is spaced and with or without the country before it."""
    found: set[Stretch] = set()
    for digits in _numbers_of(contact):
        for short, pattern in _number_patterns(digits):
            found |= set(text.find(pattern, short))
    return found


def mails(text: str) -> set[Stretch]:
    """Where an e-mail address stands, of whomever."""
    return {match.span() for match in _MAIL.finditer(text)}


def telephones_in(text: str) -> tuple[str, ...]:
    """The telephone numbers in a text that is written in sentences; a day or an hour is none."""
    found = (match.group() for match in _TELEPHONES.finditer(text))
    return tuple(one for one in found if len(re.sub(r"\D", "", one)) >= _TELEPHONE)


def towns_of(contact: str) -> frozenset[str]:
    """The towns of an address, as they are compared."""
    return frozenset(name for one in _taken_apart(contact) for name in _towns(one.town))


def with_its_town(text: Plain, contact: str) -> set[Stretch]:
    """Where an address stands by its street and own number, or by its postcode, with what follows: its own town too.

    Never its town alone, nor the name of a house, so that who gives a town as their address finds nothing.
    """
    found: set[Stretch] = set()
    for one in _taken_apart(contact):
        placeless = replace(one, places=())
        begins = {start for start, _ in replace(placeless, town="").stretches(text, town_too=False, street_too=True)}
        told_by = [rf"(?<!\d){one.house}(?!\d)"] if one.house else []
        told_by += [_IN_NUMBER.join(one.postcode)] if one.postcode else []
        for start, end in placeless.stretches(text, town_too=False, street_too=True):
            if start in begins and any(re.search(told, bare(text.text[start:end])) for told in told_by):
                found.add((start, end))
    return found


def joined(text: Plain, words: Iterable[str], shared: Iterable[str]) -> set[Stretch]:
    """Where words of a name stand as one (ElAmrani), or one word as two (Anne-Fleur for Annefleur)."""
    known, row = frozenset(shared), list(words)
    found: set[Stretch] = set()
    for first, second in pairwise(row):
        one = first + second
        if len(one) >= _TELLING_NAME and one not in known:
            found |= set(text.find(rf"{_BEGIN}{re.escape(one)}s?(?![^\W_])", one))
    for word in row:
        if len(word) >= _TELLING_NAME and word not in known:
            apart = r"[\s\-'’]?".join(map(re.escape, word))
            split = text.find(rf"{_BEGIN}{apart}(?![^\W_])", word)
            found |= {where for where in split if _each_is_name(text.text[slice(*where)])}
    return found


def two_letters(word: str) -> str:
    """A name as somebody writes it who has no ö, ü or ä."""
    return bare(unicodedata.normalize("NFC", word).casefold().translate(_TWO_LETTERS))


@dataclass(frozen=True, slots=True)
class _Address:
    """One address taken apart; what it does not say is empty. ``places``: lines without a number (a house's name)."""

    street: str = ""
    house: str = ""
    postcode: str = ""
    town: str = ""
    places: tuple[str, ...] = ()

    def stretches(self, text: Plain, *, town_too: bool, street_too: bool) -> set[Stretch]:
        """Where it stands."""
        told = street_too or any(map(str.isdecimal, text.letters)) or any(map(text.letters.count, _towns(self.town)))
        called = rf"(?:{'|'.join(map(_told_by, _towns(self.town)))}){_END}"
        town = rf"(?:\W{{0,3}}{called})?" if self.town else ""
        rest = rf"(?:{_AFTER})?(?:{_CODE})?{town}"
        found: set[Stretch] = set()
        several = len([one for one in re.split(r"[\W\d_]+", bare(self.street)) if one and one not in _BEFORE]) > 1
        for name in _called(self.street) if told else ():
            found |= _street(text, name, self.house, rest, several=several)
        if self.postcode:
            figures = self.postcode[:4]
            spaced = _IN_NUMBER.join(self.postcode)
            whole = rf"(?<!\d){spaced}(?![^\W_])(?:\W{{0,3}}{_AFTER})?{town}"
            found |= set(text.find(whole, self.postcode))
            found |= set(text.find(rf"\b(?:postcode|pc)\W{{0,3}}{figures}(?!\d)", figures))
        if self.town:
            known = [one for one in (self.house, self.postcode[:4]) if one]
            for one in known:
                found |= set(text.find(rf"(?<!\d){one}{_ADDITION}\W{{1,3}}{called}", one))
        for place in (*map(_squeezed, self.places), *(_towns(self.town) if town_too else ())):
            found |= _place(text, place)
        return found


def _street(text: Plain, name: str, house: str, rest: str, *, several: bool) -> set[Stretch]:
    """A street, with what follows it; one that could be a word, or is short, only as a name or with its number."""
    pattern = rf"{_BEGIN}{_told_by(name)}{_END}"
    found: set[Stretch] = set()
    if house:
        numbered = rf"{pattern}\W{{0,3}}(?:huis)?(?:nummer|nr|no)?\W{{0,3}}{house}(?!\d)"
        found |= set(text.find(rf"(?={numbered}){pattern}{rest}", name))
    if len(name) < _SHORTEST_STREET:
        return found
    if _has_kind(name):
        found |= set(text.find(rf"{_BEGIN}{re.escape(name)}{_END}{rest}", name))
    telling = name not in _WORDS and (_has_kind(name) or (several and len(name) >= _TELLING_ROW))
    keep = bool if telling and not _reads_as_words(name) else partial(_is_name_here, text)
    return found | {where for where in text.find(pattern + rest, name) if keep(where)}


def _place(text: Plain, name: str) -> set[Stretch]:
    """A town, or a house with a name; what could be a word only as a name."""
    if len(name) < _SHORTEST_PLACE or name in _COUNTRIES:
        return set()
    found = text.find(rf"{_BEGIN}{_told_by(name)}{_END}", name)
    return {where for where in found if name not in _WORDS or _is_name_here(text, where)}


def _taken_apart(contact: str) -> list[_Address]:
    """The addresses in what was filled in, on one line or more."""
    whole = _NUMBER_AFTER_YEAR.sub(r"\1 ", re.sub(r"[\n,;:()]+", " , ", _MAIL.sub(" ", contact)))
    code = _POSTCODE.search(whole)
    if code is None:
        return [_without_postcode(whole)]
    before, after = whole[: code.start()], whole[code.end() :]
    parts = [part for part in map(_trimmed, after.split(",")) if part]
    town = parts.pop(0) if parts and not _house(parts[0]) else ""
    # What stands behind the town: a house's name, or the street of "5045 ZZ Tilburg, Schuilpad 9".
    first = _without_postcode(" , ".join((before, *parts)), town=not town)
    return [_Address(first.street, first.house, bare(code[1] + code[2]), town or first.town, first.places)]


def _without_postcode(line: str, *, town: bool = True) -> _Address:
    """Street and number; what stands before them are names of places, what stands behind them the town."""
    parts = [part for part in map(_trimmed, line.split(",")) if part]
    at = next((place for place, part in enumerate(parts) if _house(part) and (place or _letters(part))), None)
    if at is None:
        words = [part for part in parts if not _house(part) and _reads_as_place(part)]
        street = words[0] if words and _is_street(words[0]) else ""
        return _Address(street, "", "", "", tuple(words[1:] if street else words))
    number = _house(parts[at])
    assert number is not None
    street, behind = _trimmed(parts[at][: number.start()]), parts[at][number.end() :]
    if at and not street:  # "Schuilpad, 9"
        at, street = at - 1, parts.pop(at - 1)
    behind = _trimmed(re.sub(rf"^{_ADDITION}(?:{_ADDITION})", "", behind, flags=re.IGNORECASE))
    others = [part for part in (*parts[:at], *parts[at + 1 :]) if _reads_as_place(part) and not _house(part)]
    found = behind if town and _letters(behind) and _squeezed(behind) not in _REMARKS else ""
    if town and not found and at + 1 < len(parts) and parts[-1] in others:
        found = others.pop()
    elif town and not found and at + 1 < len(parts) and _squeezed(parts[-1]) not in _REMARKS and parts[-1].isalpha():
        found = parts[-1]
    return _Address(street, number[1], "", found, tuple(others))


def _called(street: str) -> set[str]:
    """How a street can be called: written short or out, without its article, by its last word."""
    words = [one for one in re.split(r"[\W_]+", bare(street)) if one]
    if not words:
        return set()
    rows = {tuple(words)}
    while len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
        rows.add(tuple(words))
    for long, shorts in _TITLES.items():
        for row in list(rows):
            rows |= {_with(row, {long}, short) for short in shorts} | {_with(row, {*shorts}, long)}
    names = {"".join(row) for row in rows}
    last = words[-1]
    kind = next((one for one in _KINDS if last.endswith(one)), "")
    if len(words) > 1 and kind and len(last) >= len(kind) + 3:
        names.add(last)
    for long, short in _SHORT:
        for name in list(names):
            if name.endswith(long) and len(name) > len(long):
                names.add(name.removesuffix(long) + short)
            elif name.endswith(short) and len(name) > len(short) + 2:
                names.add(name.removesuffix(short) + long)
    return names


def _with(row: tuple[str, ...], those: set[str], other: str) -> tuple[str, ...]:
    """These words, ``other`` in the place of any of ``those``."""
    return tuple(other if word in those else word for word in row)


def _is_street(words: str) -> bool:
    return _squeezed(words).endswith(_KINDS) and len(_squeezed(words)) >= _TELLING


def _has_kind(name: str) -> bool:
    """Whether it is a street by its end (Lindelaan) or a year, and so nothing else."""
    if len(name) < _TELLING or name in _WORDS:
        return False
    return name[-1].isdecimal() or any(name.endswith(kind) and len(name) >= len(kind) + 2 for kind in _KINDS)


def _reads_as_words(name: str) -> bool:
    """Whether the parts of its name, written apart, are words like any other: "de dijk", "een nieuwe weg"."""
    return any(name.endswith(kind) and name[: -len(kind)] in _BEFORE | _PLAIN for kind in _KINDS)


def _house(part: str) -> re.Match[str] | None:
    """The number of a house; the figure with which a street begins ("2e Jansstraat") is none."""
    for match in _HOUSE.finditer(part):
        if _letters(part[: match.start()]) or not _ORDINAL.match(part, match.end()):
            return match
    return None


def _towns(town: str) -> set[str]:
    """How a town can be called."""
    name = _squeezed(town)
    return next((names for names in _TOWNS if name in names), {name}) if name else set()


def _is_name_here(text: Plain, where: Stretch) -> bool:
    """Whether a word is written with a capital where no sentence begins."""
    before = text.text[: where[0]].rstrip(" \t")
    return text.text[where[0]].isupper() and bool(before) and before[-1] not in '.!?:;\n"“”‘(•-–'


def _each_is_name(words: str) -> bool:
    """Whether one name was written as several: each begins with a capital, or a hyphen binds them."""
    parts = words.split()
    return len(parts) == 1 or all(one[0].isupper() for one in parts)


def _reads_as_place(words: str) -> bool:
    """Whether a line without a number names a place, and is no remark such as "geheim" or "bij oma"."""
    return any(one.isupper() for one in words) or _is_street(words)


def _numbers_of(contact: str) -> list[str]:
    """The figures of each number in what was filled in."""
    found = []
    for part in re.split(r"[,;\n]|\b(?:of|en|or|and)\b", contact):
        pieces = part.split("/") if len(re.sub(r"\D", "", part)) > 13 else [part]
        for piece in pieces:
            for match in re.finditer(r"\+?\(?\d(?:[^\w,;]{0,3}\d)*", piece):
                digits = re.sub(r"\D", "", re.sub(r"\(0\)", "", match.group()))
                if len(digits) >= _SHORTEST_NUMBER:
                    found.append(digits)
    return found


def _number_patterns(digits: str) -> list[tuple[str, str]]:
    """The figures of a number and a pattern for it, the country or a nought before it or not; also without its area."""
    short = re.sub(r"^(?:0031|31(?=\d{9}$)|0(?=\d{9}$))0?", "", digits)[-_TELEPHONE:]
    patterns = [(short, rf"(?<!\d)(?:{_COUNTRY}|\(?0{_IN_NUMBER})?{_IN_NUMBER.join(short)}(?!\d)")]
    if len(short) == _TELEPHONE and len(digits) > _TELEPHONE and not short.startswith("6"):
        parts = [short[-length:] for length in _SUBSCRIBER]
        patterns += [(part, rf"(?<!\d){_IN_NUMBER.join(part)}(?!\d)") for part in parts]
    return patterns


def _told_by(name: str) -> str:
    """A pattern for a word: long enough, by its letters alone."""
    between = _BETWEEN if len(name) >= _TELLING else r"\s?"
    return between.join(map(re.escape, name))


def _squeezed(words: str) -> str:
    return re.sub(r"[\W_]+", "", bare(words))


def _letters(words: str) -> str:
    return re.sub(r"[\W\d_]+", "", words)


def _trimmed(words: str) -> str:
    return _NOT_OF_STREET.sub("", words.strip()).strip(" .-–:()")


def _bare(letter: str) -> str:
    if letter.isascii():
        return letter.lower()
    alike = unicodedata.normalize("NFKD", letter).translate(_ALIKE)
    known = unicodedata.normalize("NFKD", alike.casefold().translate(_LETTERS)).casefold()
    return "".join(one for one in known if not unicodedata.combining(one) and unicodedata.category(one) != "Cf")
