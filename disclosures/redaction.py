"""Taking out what concerns somebody else: the text is removed, not covered.

Some spans are black by themselves: names of others, and any address or number
of anybody that stands in the dossier. The worker blacks out more, sentence by
sentence. What comes out is pieces of text and marks; nothing else is printed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

SHORTEST_NAME = 3
_SHORTEST_NUMBER = 6
_SHORTEST_LINE = 4
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
    """What of one person must never be read: names (of others), contact data (of anybody) and other numbers."""

    names: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()


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
    shared = {word.casefold() for name in own_names for word in (*name_words(name), *short_names(name))}
    found: set[Span] = set()
    for one in private:
        for name in one.names:
            found |= _names(text, name, shared)
        for contact in one.contacts:
            found |= _contacts(text, contact)
    return sorted(found)


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
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", name)
    return [word for word in words if len(word) >= SHORTEST_NAME and word.casefold() not in _PARTICLES]


def short_names(name: str) -> list[str]:
    """Names of two letters (Bo, Jo, Li): the given name whatever it is, further on no particle. Never lower case."""
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", name)
    return [
        word
        for place, word in enumerate(words)
        if len(word) == SHORTEST_NAME - 1 and word[0].isupper() and not (place and word.casefold() in _SHORT_PARTICLES)
    ]


def _names(text: str, name: str, shared: set[str]) -> set[Span]:
    """Where a name stands; one of two letters only as it is written, for else it is a word like any other."""
    found: set[Span] = set()
    for words, how in ((name_words(name), re.IGNORECASE), (short_names(name), re.NOFLAG)):
        for word in words:
            if word.casefold() in shared:
                continue
            pattern = rf"(?<![^\W_]){re.escape(word)}(?:['’]?s)?(?![^\W_])"
            found |= {Span(*match.span(), Mark.NAME) for match in re.finditer(pattern, text, how)}
    return found


def _contacts(text: str, contact: str) -> set[Span]:
    """An address line by line, its postcode, and a number however it is spaced."""
    found: set[Span] = set()
    lines = re.split(r"[\n,;]+", contact)
    for part in (*lines, *map(_street, lines)):
        pattern = _loosely(part)
        if pattern:
            found |= {Span(*match.span(), Mark.ADDRESS) for match in re.finditer(pattern, text, re.IGNORECASE)}
    for postcode in re.findall(r"\d{4}\s?[A-Za-z]{2}\b", contact):
        pattern = re.escape(postcode[:4]) + r"\s*" + re.escape(postcode[-2:]) + r"\b"
        found |= {Span(*match.span(), Mark.ADDRESS) for match in re.finditer(pattern, text, re.IGNORECASE)}
    return found


def _loosely(part: str) -> str:
    """A pattern for one line of an address or a number, whatever stands between its pieces."""
    digits = re.sub(r"\D", "", part)
    if len(digits) >= _SHORTEST_NUMBER and not re.search(r"[^\W\d_]", part):
        # The last nine figures: 06, 0031 6 and +31 6 are one telephone.
        return r"(?:\+?(?:00)?31[\s().\-]*|0)?" + r"[\s().\-]*".join(digits[-9:]) + r"(?!\d)"
    words = part.split()
    if len(" ".join(words)) < _SHORTEST_LINE:
        return ""
    return r"(?<![^\W_])" + r"\s+".join(re.escape(word) for word in words) + r"(?![^\W_])"


def _street(line: str) -> str:
    """The street of "Veilige laan 1": it gives a home away without its number too."""
    match = re.fullmatch(r"\s*(\D{6,}?)\s+\d+\s*[A-Za-z]?\s*", line)
    return match[1] if match else ""
