"""The wording of a letter: template and values become plain blocks of text, and blocks become a page.

Blocks, not HTML, are what is sealed and kept: a letter can be shown on a page or
printed again years later, and nothing that somebody typed is ever trusted as markup.
"""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation

from casemgmt.letters.contents import KIND_OF, Addressee, Judged, LetterContext, Sender
from casemgmt.web.render import render_to_string

BLOCKS = frozenset({"h2", "p", "li", "dt", "dd"})
_ORIGINS = {"reading": "onze uitleg van het reglement", "house_rule": "vaste afspraak van de organisatie"}
_ARTICLE = re.compile(r"[A-Z]{2,4}-(\d.*)")


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of text and what it is: h2, p, li, dt or dd."""

    tag: str
    text: str


@dataclass(frozen=True, slots=True)
class Cited:
    """One article as a letter names it: ``origin`` says whether it is the text itself ("") or something else."""

    id: str
    name: str
    sentence: str
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Wording:
    """A letter in words, complete but for whom it is addressed to."""

    title: str
    blocks: tuple[Block, ...]
    citations: tuple[Cited, ...]
    explanations: tuple[str, ...]
    appeal: tuple[str, ...]
    reference: str
    written_on: date
    sender: Sender

    @property
    def based_on(self) -> tuple[Cited, ...]:
        """The articles for a reader: those that say the same in one line, so that no sentence stands there twice."""
        return together(self.citations)

    def to_json(self) -> dict[str, Any]:
        """As JSON values, to be sealed."""
        return {**asdict(self), "written_on": self.written_on.isoformat()}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Wording":
        """Read what ``to_json`` wrote."""
        return cls(
            title=stored["title"],
            blocks=tuple(Block(**block) for block in stored["blocks"]),
            citations=tuple(Cited(**cited) for cited in stored["citations"]),
            explanations=tuple(stored["explanations"]),
            appeal=tuple(stored["appeal"]),
            reference=stored["reference"],
            written_on=date.fromisoformat(stored["written_on"]),
            sender=Sender(**stored["sender"]),
        )


def write(context: LetterContext, sender: Sender, on: date) -> Wording:
    """Put the values of a letter into the words of its kind's template."""
    kind = KIND_OF[type(context.content)]
    text = render_dutch(
        f"letters/{kind}.html", {"it": context.content, "sender": sender, "addressee": context.addressee}
    )
    title, blocks = _read(text)
    return Wording(
        title=title,
        blocks=blocks,
        citations=citations(context.decisions),
        explanations=tuple(dict.fromkeys(decision.explanation for decision in context.decisions)),
        appeal=tuple(line.strip() for line in context.appeal.splitlines() if line.strip()),
        reference=context.dossier_number,
        written_on=on,
        sender=sender,
    )


def citations(decisions: tuple[Judged, ...]) -> tuple[Cited, ...]:
    """The articles of these decisions, each once, with their sentences where the decision has them."""
    found: dict[str, Cited] = {}
    for decision in decisions:
        for citation in getattr(decision, "citations", ()):
            origin = _ORIGINS.get(str(citation.kind), "")
            found.setdefault(citation.id, Cited(citation.id, article_name(citation.id), citation.sentence, origin))
        for article in decision.articles:
            found.setdefault(article, Cited(article, article_name(article), ""))
    return tuple(found.values())


def together(cited: Iterable[Cited]) -> tuple[Cited, ...]:
    """These articles with each sentence once, under the names of all that have it; those without one stay apart."""
    found: dict[tuple[str, str], Cited] = {}
    for one in cited:
        said = (one.sentence or one.id, one.origin)
        first = found.get(said)
        found[said] = replace(first, id=f"{first.id}, {one.id}", name=f"{first.name} en {one.name}") if first else one
    return tuple(found.values())


def article_name(article: str) -> str:
    """How a letter names an article: "artikel 3.7.7" for SH-3.7.7; other ids as they are."""
    match = _ARTICLE.fullmatch(article)
    return f"artikel {match[1]}" if match else article


def page(wording: Wording, addressee: Addressee) -> str:
    """The whole letter as HTML, ready for the printer."""
    return render_dutch(
        "letters/letter.html",
        {
            "letter": wording,
            "groups": grouped(wording.blocks),
            "addressee": addressee,
            "sender": wording.sender,
            "accent": accent(wording.sender.slug),
        },
    )


def grouped(blocks: tuple[Block, ...]) -> list[tuple[str, list[Any]]]:
    """Blocks in the groups that HTML wants: items in a list, terms with what they say in a list of facts."""
    groups: list[tuple[str, list[Any]]] = []
    for block in blocks:
        name = {"li": "ul", "dt": "dl", "dd": "dl"}.get(block.tag, block.tag)
        if name not in ("ul", "dl") or not groups or groups[-1][0] != name:
            groups.append((name, []))
        items = groups[-1][1]
        if block.tag == "dt":
            items.append((block.text, []))
        elif block.tag == "dd":
            items[-1][1].append(block.text)
        else:
            items.append(block.text)
    return groups


@lru_cache(maxsize=32)
def accent(slug: str) -> str:
    """An organisation's accent on paper: the light one of the tokens, the house's own when it has none."""
    tokens = (Path(settings.STATICFILES_DIRS[0]) / "css" / "tokens.css").read_text(encoding="utf-8")
    own = tokens.partition(f'[data-organisation="{slug}"]')[2] if slug else ""
    match = re.search(r"--accent:\s*light-dark\((#[0-9a-fA-F]{6}),", own or tokens)
    return match[1] if match else "#191e22"


def render_dutch(template: str, values: dict[str, Any]) -> str:
    """A template of ``templates/letters`` as text, in Dutch."""
    # Letters are Dutch, whatever language the colleague who sends one reads.
    with translation.override("nl"):
        return render_to_string(None, template, values)


class _Reader(HTMLParser):
    """Reads the little HTML of a kind's template back into a title and blocks of text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.blocks: list[Block] = []
        self._open = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block or the title begins."""
        if tag == "h1" or tag in BLOCKS:
            self._open, self._text = tag, []

    def handle_data(self, data: str) -> None:
        """Its words."""
        if self._open:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        """It ends."""
        if tag != self._open:
            return
        text = re.sub(r"[ \t\n]+", " ", "".join(self._text)).strip()
        if tag == "h1":
            self.title = text
        elif text:
            self.blocks.append(Block(tag, text))
        self._open = ""


def _read(text: str) -> tuple[str, tuple[Block, ...]]:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.title, tuple(reader.blocks)
