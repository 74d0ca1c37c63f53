"""Taking out what concerns somebody else: the text is removed, not covered.

Some spans are black by themselves: names of others, and any address or number
of anybody that stands in the dossier. The worker blacks out more, sentence by
sentence. What comes out is pieces of text and marks; nothing else is printed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from disclosures import typed

SHORTEST_NAME = 3
# What a letter or a package says where words were taken out.
LEFT_OUT = "[weggelaten]"
_PARTICLES = frozenset({"van", "der", "den", "het", "ter", "ten", "vander", "vanden", "van't"})
_SHORT_PARTICLES = frozenset({"al", "da", "de", "di", "du", "el", "la", "le", "op", "te"})
_SENTENCE = re.compile(r"\S.*?(?:[.!?…]+[\"”’)\]]*(?=\s|$)|(?=\n)|$)", re.DOTALL)


class Mark(StrEnum):
    """Why something is black."""

    NAME = "name"
    ADDRESS = "address"
    CHOSEN = "chosen"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text from ``start`` up to ``end``, and why it is black."""

    start: int
    end: int
    mark: Mark = Mark.CHOSEN


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of what is given: words, or a mark where words were removed."""

    text: str
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence that can be blacked out, where it stands, and whether it is black."""

    start: int
    end: int
    text: str
    chosen: bool
    touched: bool


@dataclass(frozen=True, slots=True)
class Private:
    """What of one person must never be read: names (of others), contact data (of anybody) and other numbers.

    ``secret``: where this person lives is secret, so the town alone goes too, and every e-mail address, for nobody
    can tell whose it is. ``open_towns``: where somebody may live as far as is known openly. ``readers``: the address of
    who reads it, in which the name of the town tells of themselves.
    """

    names: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    secret: bool = False
    open_towns: frozenset[str] = frozenset()
    readers: str = ""


def sentence_spans(text: str) -> list[Span]:
    """Where the sentences of a text stand."""
    return [Span(match.start(), match.end()) for match in _SENTENCE.finditer(text) if match.group().strip()]


def sentences(text: str, chosen: Sequence[Span], automatic: Sequence[Span]) -> list[Sentence]:
    """The sentences of a text for a form, with what is black already."""
    return [
        Sentence(
            span.start,
            span.end,
            text[span.start : span.end],
            chosen=any(one.start <= span.start and span.end <= one.end for one in chosen),
            touched=any(one.start < span.end and span.start < one.end for one in automatic),
        )
        for span in sentence_spans(text)
    ]


def automatic_spans(text: str, private: Iterable[Private], own_names: Iterable[str]) -> list[Span]:
    """What is black by itself: names of others (but not a name the client shares) and anybody's contact data."""
    plain, own = typed.plain_of(text), tuple(own_names)
    return sorted({span for one in private for span in name_spans(plain, one, own) | contact_spans(plain, one)})


def name_spans(text: typed.Plain, one: Private, own_names: Iterable[str]) -> set[Span]:
    """Where names of somebody stand, but for the words of these other names, which are theirs as well."""
    shared = {word for name in own_names for word in _compared(name)}
    return {span for name in one.names for span in _names(text, name, shared)}


def contact_spans(text: typed.Plain, one: Private, *, town_too: bool = True, street_too: bool = True) -> set[Span]:
    """Where contact data of somebody stand; ``town_too``: also where the town of a secret address stands alone.

    ``street_too``: also where a street stands without anything that makes an address of it.
    """
    found: set[typed.Stretch] = set(typed.mails(text.text)) if one.secret else set()
    for contact in one.contacts:
        found |= typed.addresses(text, contact, town_too=False, street_too=street_too)
        found |= typed.numbers(text, contact)
        if town_too and one.secret and not typed.towns_of(contact) & one.open_towns:
            found |= _towns_alone(text, contact, one.readers)
    return {Span(start, end, Mark.ADDRESS) for start, end in found}


def _towns_alone(text: typed.Plain, contact: str, readers: str) -> set[typed.Stretch]:
    """Where the town of an address stands alone, but not as the town of the reader's own address."""
    found = typed.addresses(text, contact, town_too=True) - typed.addresses(text, contact, town_too=False)
    own = typed.with_its_town(text, readers) if found and readers else set()
    return {(start, end) for start, end in found if not any(one[0] < start and end <= one[1] for one in own)}


def pieces(text: str, spans: Iterable[Span]) -> list[Piece]:
    """The text without what is black; each black stretch became one mark."""
    made: list[Piece] = []
    at = 0
    for span in merged(spans, len(text)):
        if span.start > at:
            made.append(Piece(text[at : span.start]))
        made.append(Piece("", span.mark))
        at = span.end
    if at < len(text):
        made.append(Piece(text[at:]))
    return made


def merged(spans: Iterable[Span], length: int) -> list[Span]:
    """Spans inside the text, in order, overlapping ones as one; the mark of the widest stays."""
    result: list[Span] = []
    for span in sorted(Span(max(0, one.start), min(length, one.end), one.mark) for one in spans):
        if span.start >= span.end:
            continue
        if result and span.start < result[-1].end:
            last = result.pop()
            wider = last if last.end - last.start >= span.end - span.start else span
            span = Span(last.start, max(last.end, span.end), wider.mark)
        result.append(span)
    return result


def name_words(name: str) -> list[str]:
    """The words of a name by which somebody is recognised."""
    return [word for word in _all_words(name) if len(word) >= SHORTEST_NAME and word.casefold() not in _PARTICLES]


def short_names(name: str) -> list[str]:
    """Names of two letters (Bo, Jo, Li): the given name whatever it is, further on no particle. Never lower case."""
    return [
        word
        for place, word in enumerate(_all_words(name))
        if len(word) == SHORTEST_NAME - 1 and word[0].isupper() and not (place and word.casefold() in _SHORT_PARTICLES)
    ]


def _compared(name: str) -> list[str]:
    """The words of a name as they are compared, and what two of them give together."""
    words = [typed.bare(word) for word in _all_words(name)]
    single = [typed.bare(word) for word in (*name_words(name), *short_names(name))]
    return [*single, *map("".join, pairwise(words))]


def _all_words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", name)


def _names(text: typed.Plain, name: str, shared: set[str]) -> set[Span]:
    """Where a name stands however it is typed; one of two letters only as it is written, for else it is a word."""
    found: set[typed.Stretch] = set()
    for word in name_words(name):
        for one in {typed.bare(word), typed.two_letters(word)} - shared:
            found |= set(text.find(rf"(?<![^\W_]){re.escape(one)}(?:['’]?s)?(?![^\W_])", one))
    for word in short_names(name):
        if typed.bare(word) not in shared:
            pattern = rf"(?<![^\W_]){re.escape(word)}(?:['’]?s)?(?![^\W_])"
            found |= {match.span() for match in re.finditer(pattern, text.text)}
    found |= typed.joined(text, map(typed.bare, _all_words(name)), shared)
    return {Span(start, end, Mark.NAME) for start, end in found}
