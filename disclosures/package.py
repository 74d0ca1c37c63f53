"""What goes into a package: chosen entries in their version, without what must not leave the house.

Worked out anew each time from the stored choices and the people of today, so
that an address that became secret after the choice is black too. The digest is
over exactly what would be printed; when it differs from the approved one the
approval is void.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.base.errors import Conflict
from casemgmt.policy.schema.vocabulary import Person as Who
from consent.facts import Circle
from consent.hooks import Black
from consent.hooks import Piece as ToldPiece
from disclosures.guarded import (
    OWN,
    compared,
    contacts_of,
    guard_on_paper,
    has_reported,
    keyed_hash,
    known_contacts,
    once_reported,
    once_secret,
    open_towns,
    own_secrets,
    secret_contacts,
)
from disclosures.models import Disclosure, DisclosureItem
from disclosures.redaction import Piece, Private, Sentence, Span, automatic_spans, merged, pieces, sentences
from dossiers.models import Entry, EntryAbout, EntryVersion, Person
from dossiers.recording.vocabulary import EntryKind


class LookAgain(Conflict):
    """A piece is not what somebody looked at any more; nothing was kept."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry that may be chosen; ``others`` are the names of others it is about, ``only_others``: never goes."""

    entry_id: UUID
    version: int
    kind: str
    kind_label: str
    happened_on: date
    beginning: str
    others: tuple[str, ...]
    chosen: bool
    only_others: bool


@dataclass(frozen=True, slots=True)
class PackageItem:
    """One entry as it goes: pieces of text and marks.

    ``guarded``: an address in this dossier is secret. No program finds every way in which somebody writes where they
    live, so then a person looks at each piece. ``seen``: somebody looked, with the addresses secret that are so now;
    ``outdated``: somebody looked while others were. ``must_be_seen``: guarded or about others, and not seen.
    ``mark``: what somebody looks at now (``mark_of_look``), as the form sends it along.
    """

    id: UUID
    entry_id: UUID
    version: int
    newest: int
    kind: str
    kind_label: str
    happened_on: date
    text: tuple[Piece, ...]
    # As it goes: nothing unless somebody chose to give it. ``source_words`` is what stands in the entry.
    source: tuple[Piece, ...]
    source_words: str
    sentences: tuple[Sentence, ...]
    others: tuple[str, ...]
    only_others: bool
    guarded: bool
    seen: bool
    outdated: bool
    mark: str

    @property
    def black(self) -> int:
        """How many places are black."""
        return sum(piece.mark is not None for piece in (*self.text, *self.source))

    @property
    def concerns_others(self) -> bool:
        """Whether it is about others, or names them."""
        return bool(self.others) or any(piece.mark is not None for piece in (*self.text, *self.source))

    @property
    def must_be_seen(self) -> bool:
        """Whether somebody must still look at it."""
        return (self.concerns_others or self.guarded) and not self.seen

    @property
    def reworded(self) -> bool:
        """Whether a colleague worded the entry anew after it was chosen: what goes is a wording that was set right."""
        return self.newest > self.version

    @property
    def unfinished(self) -> bool:
        """Whether somebody must still do something with it, or it cannot go at all."""
        return self.only_others or self.reworded or self.must_be_seen or self.must_be_redacted

    @property
    def must_be_redacted(self) -> bool:
        """Whether it is about others and nothing is black yet."""
        return bool(self.others) and self.black == 0

    @property
    def still_to_do(self) -> str:
        """What somebody must still do with it, where it is unfinished."""
        if self.reworded:
            told = _("This piece was worded anew after it was chosen. Open it and take the newest wording: %(item)s")
        elif self.outdated:
            told = _(
                "An address in this dossier is secret, and became so or changed after somebody looked."
                " Look at each piece again: %(item)s"
            )
        elif self.must_be_redacted or self.concerns_others:
            told = _(
                "This piece also concerns somebody else. Look at it and black out what is not this client's: %(item)s"
            )
        else:
            told = _("An address in this dossier is secret, so first look at each piece. Nobody looked at: %(item)s")
        return told % {"item": self.first_words}

    @property
    def without_source(self) -> bool:
        """Whether the entry names a source that does not go."""
        return bool(self.source_words) and not self.source

    @property
    def first_words(self) -> str:
        """The beginning as it goes, for a list."""
        return shorten("".join("▇▇" if piece.mark else piece.text for piece in self.text))


@dataclass(frozen=True, slots=True)
class Package:
    """Everything that goes to the recipient, also what it says of them and of the purpose, without what is secret."""

    items: tuple[PackageItem, ...]
    recipient: Mapping[str, str]
    purpose: str
    digest: str

    @property
    def black(self) -> int:
        """How many places are black in all."""
        return sum(item.black for item in self.items)

    @property
    def unfinished(self) -> tuple[PackageItem, ...]:
        """The items at which somebody must still look, or that cannot go at all."""
        return tuple(item for item in self.items if item.unfinished)

    @property
    def misplaced(self) -> str:
        """Why it cannot go, where something in it is about others only; empty where nothing is."""
        first = next((item for item in self.items if item.only_others), None)
        if first is None:
            return ""
        return _("This piece is not about this client, so it cannot go: %(item)s") % {"item": first.first_words}

    @property
    def not_ready(self) -> str:
        """Why it cannot go as it is, whoever approves it; empty where it can."""
        return self.misplaced or (self.unfinished[0].still_to_do if self.unfinished else "")


@dataclass(frozen=True, slots=True)
class Secrets:
    """What may not be read in texts that go to, or on behalf of, one client.

    ``mark``: a keyed hash of whose contact data are secret, and which; another as soon as one of them changes.
    """

    private: tuple[Private, ...]
    own_names: tuple[str, ...]
    mark: str

    @property
    def guarded(self) -> bool:
        """Whether where somebody lives is secret."""
        return any(one.secret for one in self.private)

    def black(self, text: str) -> list[Span]:
        """What is black by itself in a text."""
        return automatic_spans(text, self.private, self.own_names)


@reads
def choices(disclosure: Disclosure, around: Circle) -> list[Choice]:
    """The entries of the dossier, newest first: which may be chosen and which never go to this recipient.

    Working notes and drafts are not entries, so they are not here.
    """
    entries = list(Entry.objects.filter(dossier_id=disclosure.dossier_id).order_by("-happened_on", "-recorded_at"))
    texts = _versions(disclosure.dossier_id, {entry.id: entry.version for entry in entries})
    chosen = set(disclosure.items.values_list("entry_id", flat=True))
    about = _about(entries)
    return [
        _choice(entry, texts[entry.id].text, about.get(entry.id, set()), around, entry.id in chosen)
        for entry in entries
    ]


@reads
def package_of(disclosure: Disclosure, around: Circle) -> Package:
    """What would go to the recipient now."""
    rows = list(disclosure.items.select_related("entry").order_by("position", "id"))
    texts = _versions(disclosure.dossier_id, {row.entry_id: row.version for row in rows})
    about = _about([row.entry for row in rows])
    secrets = secrets_around(disclosure.dossier_id, around)
    items = tuple(_item(row, texts[row.entry_id], about.get(row.entry_id, set()), around, secrets) for row in rows)
    outside = guard_on_paper(disclosure.dossier_id, disclosure.recipient_kind, disclosure.recipient)
    recipient, purpose = (
        outside.on_paper(disclosure.recipient, disclosure.recipient_kind),
        outside.words(disclosure.purpose),
    )
    said = {"recipient": recipient, "purpose": [disclosure.purpose_kind, purpose]}
    return Package(items, recipient, purpose, _digest(disclosure, items, said, secrets))


def all_about(client_id: UUID, entries: Iterable[Entry]) -> bool:
    """Whether none of these entries is about others only."""
    return all(client_id in people for people in _about(entries).values())


def chosen_spans(row: DisclosureItem) -> list[Span]:
    """What the worker blacked out in one item."""
    return [Span(one["start"], one["end"]) for one in row.redactions.get("spans", [])]


@reads
def to_tell(disclosure: Disclosure, around: Circle) -> tuple[ToldPiece, ...]:
    """Each piece as it would go now, as an answer to this disclosure keeps what was told."""
    rows = list(disclosure.items.order_by("position", "id"))
    texts = _versions(disclosure.dossier_id, {row.entry_id: row.version for row in rows})
    secrets = secrets_around(disclosure.dossier_id, around)
    return tuple(_told(row, texts[row.entry_id], secrets) for row in rows)


def _told(row: DisclosureItem, words: EntryVersion, secrets: Secrets) -> ToldPiece:
    source = words.source or ""
    return ToldPiece(
        str(row.entry_id),
        row.version,
        _ends(words.text, [*chosen_spans(row), *secrets.black(words.text)]),
        _ends(source, secrets.black(source)) if source and source_goes(row) else None,
        clock.local_date(words.made_at),
    )


def _ends(text: str, spans: Iterable[Span]) -> Black:
    return tuple((span.start, span.end) for span in merged(spans, len(text)))


def source_goes(row: DisclosureItem) -> bool:
    """Whether the source goes along: where somebody said so, or the item is older than that choice."""
    return bool(row.redactions.get("source", True))


def shorten(text: str, length: int = 90) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rsplit(" ", 1)[0] + " …"


def _choice(entry: Entry, text: str, about: set[UUID], around: Circle, chosen: bool) -> Choice:
    others = _names_of(about, around)
    return Choice(
        entry_id=entry.id,
        version=entry.version,
        kind=entry.kind,
        kind_label=kind_label(entry.kind),
        happened_on=entry.happened_on,
        beginning=shorten(text),
        others=others,
        chosen=chosen,
        only_others=bool(others) and around.client.id not in about,
    )


def _item(row: DisclosureItem, words: EntryVersion, about: set[UUID], around: Circle, secrets: Secrets) -> PackageItem:
    chosen, automatic = chosen_spans(row), secrets.black(words.text)
    source = words.source or ""
    given = source if source_goes(row) else ""
    looked = bool(row.redactions.get("seen"))
    outdated = looked and secrets.guarded and row.redactions.get("secrets") != secrets.mark
    return PackageItem(
        id=row.id,
        entry_id=row.entry_id,
        version=row.version,
        newest=row.entry.version,
        kind=row.entry.kind,
        kind_label=kind_label(row.entry.kind),
        happened_on=row.entry.happened_on,
        text=tuple(pieces(words.text, [*chosen, *automatic])),
        source=tuple(pieces(given, secrets.black(given))),
        source_words=source,
        sentences=tuple(sentences(words.text, chosen, automatic)),
        others=_names_of(about, around),
        only_others=bool(about) and around.client.id not in about,
        guarded=secrets.guarded,
        seen=looked and not outdated,
        outdated=outdated,
        mark=mark_of_look(row.version, secrets.mark),
    )


def kind_label(kind: str) -> str:
    """What an entry is, as a word."""
    return str(EntryKind(kind).label) if kind in EntryKind.values else kind


def _versions(dossier_id: UUID, wanted: dict[UUID, int]) -> dict[UUID, EntryVersion]:
    rows = EntryVersion.objects.filter(dossier_id=dossier_id, entry_id__in=wanted)
    return {row.entry_id: row for row in rows if wanted[row.entry_id] == row.number}


def _about(entries: Iterable[Entry]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    rows = EntryAbout.objects.filter(entry_id__in=[entry.id for entry in entries])
    for entry_id, person_id in rows.values_list("entry_id", "person_id"):
        found.setdefault(entry_id, set()).add(person_id)
    return found


def _names_of(about: set[UUID], around: Circle) -> tuple[str, ...]:
    return tuple(one.name for one in around.others if one.id in about)


def secrets_around(
    dossier_id: UUID, around: Circle, reader_id: UUID | None = None, read_with: frozenset[str] = frozenset()
) -> Secrets:
    """Names of others (a representative, who knows of this, may be named), their BSN and everybody's contact data.

    ``reader_id``: who reads it, where that is one of them. Their own address and telephone hide nothing from them; a
    number that is only spoken of in a warning may be another's. What another has in secret is theirs only where they
    have the same in secret themselves today, which asks another look (``secret_contacts``): else who gives a guess as
    their own address reads whether it is right. In their own address, whole, its town stays: it tells of themselves.
    ``read_with`` (as ``compared``): what was known of where they live and are called when somebody read and gave this.
    That stays theirs when another of the house turns out to have reported, for a gap at their own door would tell it.
    """
    rows = list(Person.objects.filter(dossier_id=dossier_id))
    towns = open_towns(rows, reader_id)
    reader = next((row for row in rows if row.id == reader_id), None)
    private = tuple(_but(one, row, reader, read_with) for row in rows for one in _privates(row, around, towns, reader))
    return Secrets(private, (around.client.name,), _mark_of(dossier_id, rows))


@reads
def a_look(dossier_id: UUID) -> dict[str, Any]:
    """What is kept of somebody looking at a piece: that they did, and which contact data were secret then."""
    return {"seen": True, "secrets": _mark_of(dossier_id, Person.objects.filter(dossier_id=dossier_id))}


def mark_of_look(version: int, secrets: str) -> str:
    """What is looked at: a piece in this wording, while these contact data (their mark) are secret."""
    return f"{version}:{secrets}"


def _mark_of(dossier_id: UUID, rows: Iterable[Person]) -> str:
    return keyed_hash(dossier_id, "disclosure/secrets", secret_contacts(rows))


def _but(one: Private, row: Person, reader: Person | None, read_with: frozenset[str]) -> Private:
    """What is private of one person, without what the reader has of themselves; of who reported only ``read_with``."""
    reads_it = row is reader
    reported = not reads_it and has_reported(row)
    if reader is None:
        return one
    if reported:
        theirs = read_with & own_secrets(reader) if one.secret else read_with
        return replace(one, contacts=_other_than(theirs, one.contacts), readers=reader.address or "")
    own = own_secrets(reader)
    if reads_it or not one.secret:
        own |= known_contacts(reader)
    if reads_it:
        own |= {compared(words) for name, words in reader.once_secret or () if name in OWN}
    contacts = _other_than(own, one.contacts)
    return replace(one, contacts=contacts, secret=one.secret and not reads_it, readers=reader.address or "")


def _other_than(own: Collection[str], contacts: Iterable[str]) -> tuple[str, ...]:
    return tuple(contact for contact in contacts if compared(contact) not in own)


def _privates(row: Person, around: Circle, open_towns: frozenset[str], reader: Person | None) -> list[Private]:
    """What is private of somebody now, what was secret of them before, and who they were when they reported.

    That they reported is no secret to themselves, and where the client of it all lives openly is told of no reporter.
    """
    once = Private(contacts=once_secret(row), secret=True, open_towns=open_towns)
    reported = Private() if row is reader else once_reported(row)
    if row.id == around.client.id and not row.address_secret:
        present = {compared(contact) for contact in contacts_of(row)}
        reported = replace(reported, contacts=_other_than(present, reported.contacts))
    before = (one for one in (once, reported) if one.contacts or one.names)
    return [_private(row, around, open_towns), *before]


def _private(row: Person, around: Circle, open_towns: frozenset[str]) -> Private:
    mine = row.id == around.client.id
    known = around.find(row.id)
    named = mine or (known is not None and known.who == Who.LEGAL_REPRESENTATIVE)
    own_address = mine and not row.address_secret
    contacts = () if own_address else contacts_of(row)
    numbers = () if mine else (row.bsn,)
    return Private(
        names=() if named else (row.name,),
        contacts=tuple(filter(None, (*contacts, *numbers))),
        secret=row.address_secret,
        open_towns=open_towns,
    )


def _digest(disclosure: Disclosure, items: Sequence[PackageItem], said: Mapping[str, Any], secrets: Secrets) -> str:
    """What was approved or told, to compare with what would go now."""
    content: dict[str, Any] = {
        "about": str(disclosure.about_id),
        "kind": disclosure.recipient_kind,
        **said,
        "items": [
            [str(item.entry_id), item.version, [[p.text, p.mark] for p in (*item.text, Piece("", None), *item.source)]]
            for item in items
        ],
    }
    # An address that became secret or changed asks for another look, also where nothing turned black.
    if secrets.guarded:
        content["guarded"] = secrets.mark
    return keyed_hash(disclosure.dossier_id, "disclosure/content", content)
