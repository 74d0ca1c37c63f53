"""What somebody gets to see of a dossier: the pieces that were given, each about that client alone.

A piece is an entry in one wording. What can be given is what was asked (its
categories) and about the client alone; what is given is written down at the
decision, and only that opens. A piece that was put right since is closed
again: the old wording no longer holds and nobody weighed the new one. Where
somebody's address is secret no machine finds it in every spelling, so there
each piece is closed, also one that was open before the address became secret.
What is closed opens when a person read it as it stands now and released it, for
as long as those addresses are the same: what would turn black by a move tells
where somebody went. That a secret ended is no reading: what nobody read waits on.
Or it stays closed in this wording, with a sentence for the asker: then it waits
for nobody.

Working notes and drafts live elsewhere and are never read here. An entry that
is (also) about somebody else is counted and left out; blanking parts of it is
work for a person. What an entry about the client alone still says of others
(a name, an address, a number) is black by itself, as in a package; where the
asker lives themselves is theirs to read.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base.errors import NotThere
from client_requests.models import ClientRequest
from client_requests.since_decision import Release, kept_pieces, released_pieces, was_guarded
from client_requests.vocabulary import Outcome
from consent.facts import circle
from disclosures.guarded import Guard, guard_for, keyed_hash, secret_contacts, shared_with_no_reporter
from disclosures.package import Secrets, secrets_around
from disclosures.redaction import Mark, pieces
from dossiers.models import Dossier, Entry, EntryAbout, EntryVersion, Person
from dossiers.people import reaching
from dossiers.recording.vocabulary import FORM_OF, EntryKind
from dossiers.timeline import kind_labels, names_of


@dataclass(frozen=True, slots=True)
class OpenEntry:
    """One entry as the client reads it: no source and no details, for those can name somebody else."""

    id: UUID
    number: int
    form: str
    label: str
    text: str
    happened_on: date
    author: str

    @property
    def key(self) -> str:
        """The piece as a choice in a form: this entry in this wording."""
        return f"{self.id}:{self.number}"


@dataclass(frozen=True, slots=True)
class Parts:
    """How the entries fall apart: about this client alone, and (also) about others or the family.

    ``given`` is how many of its own somebody gets; None while that was not chosen.
    """

    own: int
    others: int
    given: int | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How many pieces stay closed for the same reason, as the asker reads it."""

    many: int
    said: str


@dataclass(frozen=True, slots=True)
class Closed:
    """The closed pieces that can be given as they stand now: what waits to be read, and what stays closed."""

    waiting: tuple[OpenEntry, ...] = ()
    kept: tuple[OpenEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Inspection:
    """The entries that are open, newest first, and how many are not: left out, not given, or given and closed.

    ``unread`` wait until somebody read them; ``gone`` can be given no more, for they are not there or now about
    others too; ``kept`` stay closed, with what is told of it.
    """

    entries: tuple[OpenEntry, ...]
    left_out: int
    not_given: int
    unread: int
    gone: int
    kept: tuple[Kept, ...]


def candidates(dossier: Dossier, row: ClientRequest, until: datetime) -> dict[UUID, int]:
    """What can be given: the entries about the client alone of the asked categories, each with its wording's number."""
    return {id_: words.number for id_, words in _asked(dossier, row, until)[0].items()}


def given_pieces(dossier: Dossier, row: ClientRequest) -> dict[UUID, int]:
    """What was given at the decision, each entry with the number of its wording; empty before it.

    Of a decision from before the pieces were written down everything was given that could be, and of a part
    nothing: which part nobody can tell.
    """
    stored = (row.decided or {}).get("pieces")
    if stored is not None:
        return {UUID(id_): number for id_, number in stored.items()}
    if row.outcome != Outcome.GRANTED or row.decided_at is None:
        return {}
    return candidates(dossier, row, row.decided_at)


def parts_of(dossier: Dossier, row: ClientRequest, until: datetime) -> Parts:
    """How many entries are about this client alone, and how many of those about the client name others too."""
    own, others = _asked(dossier, row, until)
    return Parts(len(own), len(others))


def offered(dossier: Dossier, row: ClientRequest, until: datetime, on: date) -> tuple[OpenEntry, ...]:
    """Every piece that can be given, as the asker would read it; the key must be loaded."""
    return _read(dossier, row, _asked(dossier, row, until)[0], on)


def inspection_of(dossier: Dossier, row: ClientRequest, on: date) -> Inspection:
    """The pieces that were given and are open; the key must be loaded.

    Raises NotThere for somebody who is no client here: what is black for them nobody can tell.
    """
    if row.decided_at is None:
        raise NotThere
    given = given_pieces(dossier, row)
    open_now, closed = standing(dossier, row)
    own, others = _asked(dossier, row, row.decided_at)
    readable = _readable(dossier, row, closed)
    kept = _kept_now(row, readable, guard_for(dossier.id, row.asker_id))
    return Inspection(
        entries=_read(dossier, row, open_now, on),
        left_out=len(others),
        not_given=len(own.keys() - given.keys()),
        unread=len(readable.keys() - kept.keys()),
        gone=len(closed - readable.keys()),
        kept=_counted(kept),
    )


def closed_pieces(dossier: Dossier, row: ClientRequest, on: date) -> Closed:
    """The closed pieces that can be given, for staff to read; the key must be loaded."""
    readable = _readable(dossier, row, standing(dossier, row)[1])
    kept = _kept_now(row, readable, Guard())
    entries = _read(dossier, row, readable, on)
    return Closed(
        waiting=tuple(one for one in entries if one.id not in kept),
        kept=tuple(one for one in entries if one.id in kept),
    )


def kept_words(dossier: Dossier, row: ClientRequest) -> tuple[Kept, ...]:
    """What the asker reads of the pieces that stay closed, wherever the others are read; the key must be loaded."""
    readable = _readable(dossier, row, standing(dossier, row)[1])
    return _counted(_kept_now(row, readable, guard_for(dossier.id, row.asker_id)))


def waiting_pieces(dossier: Dossier, row: ClientRequest) -> set[UUID]:
    """The closed pieces of which nobody said that they stay closed in this wording; the key must be loaded."""
    readable = _readable(dossier, row, standing(dossier, row)[1])
    return readable.keys() - _kept_now(row, readable, Guard()).keys()


def _readable(dossier: Dossier, row: ClientRequest, closed: set[UUID]) -> dict[UUID, EntryVersion]:
    """The closed pieces that can be given as they are worded now."""
    own = _asked(dossier, row, None)[0] if closed else {}
    return {id_: own[id_] for id_ in own.keys() & closed}


def _kept_now(row: ClientRequest, now: Mapping[UUID, EntryVersion], guard: Guard) -> dict[UUID, str]:
    """What the asker reads, through ``guard``, of each of these pieces that stays closed as it is worded now."""
    kept = kept_pieces(row).items()
    return {id_: guard.words(said) for id_, (number, said) in kept if id_ in now and now[id_].number == number}


def _counted(kept: Mapping[UUID, str]) -> tuple[Kept, ...]:
    return tuple(Kept(many, said) for said, many in Counter(kept.values()).items())


def standing(dossier: Dossier, row: ClientRequest) -> tuple[dict[UUID, EntryVersion], set[UUID]]:
    """Of the given pieces those that are open, and those that are closed, also those that are not there any more."""
    given, released, kept = given_pieces(dossier, row), released_pieces(row), kept_pieces(row)
    newest, secret = _wordings(dossier, given.keys(), None), secret_addresses(dossier, row)
    guarded = bool(secret) or was_guarded(row)
    alone = _sorted(dossier, row.about_id, None)[0]
    there = {
        id_: words
        for id_, words in newest.items()
        if id_ in alone
        and (id_ not in kept or kept[id_][0] != words.number)
        and _may_open(words.number, given[id_], released.get(id_), secret, guarded=guarded)
    }
    return there, given.keys() - there.keys()


def _may_open(number: int, given: int, released: Release | None, secret: Mapping[UUID, str], *, guarded: bool) -> bool:
    if released is not None and released.number == number:
        return dict(secret) == dict(released.secret)
    return number == given and not guarded


def secret_addresses(dossier: Dossier, row: ClientRequest) -> dict[UUID, str]:
    """Of whom an address is, or was, secret for the asker (everybody's but their own), each with a mark of it.

    The mark is a keyed hash of where they live, how they are called and whether another lives openly in that town:
    it tells that these changed and never what they are. The key must be loaded.
    """
    found = secret_contacts(Person.objects.filter(dossier=dossier), row.asker_id)
    return {UUID(one[0]): keyed_hash(dossier.id, "requests/secret-contacts", one) for one in found}


def shown_mark(dossier: Dossier, row: ClientRequest, pieces: Mapping[UUID, int]) -> str:
    """A mark of what a page shows to who decides or releases, as its form sends it along.

    That is these pieces in these wordings, the addresses that are secret for the asker, and the asker's own; the key
    must be loaded.
    """
    secret = {str(person): mark for person, mark in secret_addresses(dossier, row).items()}
    return keyed_hash(dossier.id, "requests/shown", [stored_pieces(pieces), secret, sorted(read_with(dossier, row))])


def read_with(dossier: Dossier, row: ClientRequest) -> frozenset[str]:
    """Where the asker lived and was called when somebody decided what they get, as ``compared``; before that today's.

    That stays readable to them when another of their house turns out to have reported. What was given as their own
    address afterwards does not count, and nor does that of somebody who was known to have reported by then: a guess
    would be confirmed. The key must be loaded.
    """
    if row.decided_at is None:
        return shared_with_no_reporter(Person.objects.filter(dossier=dossier), row.asker_id)
    return frozenset((row.decided or {}).get("read_with", ()))


def other_than_seen() -> str:
    """What somebody reads who decides on, or releases, something else than their page showed."""
    return _(
        "Since you opened this page something changed: what can be given, or an address that is secret."
        " Nothing was saved. What you filled in still stands here: look again at what the asker gets."
    )


def why_not_in_portal(dossier: Dossier, row: ClientRequest, on: date) -> str:
    """Why an inspection cannot open for its asker; empty where it can."""
    if not reaching.can_open_portal(row.asker, on):
        return _(
            "It cannot open in the portal: the asker has no open page there, or never signed in. Invite them first."
        )
    given = given_pieces(dossier, row)
    if not given and row.outcome != Outcome.GRANTED:
        return _("It cannot open in the portal: at the decision nobody chose what the asker gets.")
    # Where each piece stays closed, the asker reads there what is told of it: nobody has to read anything first.
    if given and not standing(dossier, row)[0] and waiting_pieces(dossier, row):
        return _("It cannot open in the portal yet: first read each piece and release what the asker can read.")
    return ""


def pieces_chosen(keys: Iterable[str]) -> dict[UUID, int]:
    """Chosen pieces as a form sends them (``OpenEntry.key``), by entry."""
    pairs = (key.split(":") for key in keys)
    return {UUID(id_): int(number) for id_, number in pairs}


def stored_pieces(pieces: Mapping[UUID, int]) -> dict[str, int]:
    """Pieces as they are kept with a decision."""
    return {str(id_): number for id_, number in pieces.items()}


def _asked(
    dossier: Dossier, row: ClientRequest, until: datetime | None
) -> tuple[dict[UUID, EntryVersion], dict[UUID, EntryVersion]]:
    """The wordings at ``until`` (None: now) of what was asked: of entries about the client alone, and of the others.

    An entry of which nobody wrote down the category is in every one: what we left open narrows nobody's right.
    """
    own, others = _sorted(dossier, row.about_id, until)
    wanted = set((row.details or {}).get("categories", ()))

    def of_these(ids: set[UUID]) -> dict[UUID, EntryVersion]:
        words = _wordings(dossier, ids, until)
        if not wanted:
            return words
        return {
            id_: one for id_, one in words.items() if ((one.details or {}).get("category") or None) in {None, *wanted}
        }

    return of_these(own), of_these(others)


def _read(dossier: Dossier, row: ClientRequest, words: Mapping[UUID, EntryVersion], on: date) -> tuple[OpenEntry, ...]:
    around = circle(dossier, row.about_id, on)
    if around is None:
        raise NotThere
    secrets = secrets_around(dossier.id, around, row.asker_id, read_with(dossier, row))
    rows = Entry.objects.filter(dossier=dossier, id__in=words.keys())
    entries = list(rows.order_by("-happened_on", "-recorded_at", "-id"))
    names, labels = names_of(one.author_id for one in entries), kind_labels(on)
    return tuple(
        OpenEntry(
            id=one.id,
            number=words[one.id].number,
            form=FORM_OF[EntryKind(one.kind)],
            label=labels.get(one.kind, one.kind),
            text=_blackened(words[one.id].text, secrets),
            happened_on=one.happened_on,
            author=names.get(one.author_id, ""),
        )
        for one in entries
    )


def _sorted(dossier: Dossier, about_id: UUID, until: datetime | None) -> tuple[set[UUID], set[UUID]]:
    people: dict[UUID, set[UUID]] = defaultdict(set)
    rows = EntryAbout.objects.filter(dossier=dossier)
    rows = rows if until is None else rows.filter(entry__recorded_at__lte=until)
    for entry_id, person_id in rows.values_list("entry_id", "person_id"):
        people[entry_id].add(person_id)
    concerns = {entry_id: named for entry_id, named in people.items() if about_id in named}
    own = {entry_id for entry_id, named in concerns.items() if named == {about_id}}
    return own, concerns.keys() - own


def _blackened(text: str, secrets: Secrets) -> str:
    """A text with a mark where something of another, or an address that is secret, was taken out."""
    another, address = _("[black: about another person]"), _("[black: an address or number]")
    return "".join(
        piece.text if piece.mark is None else address if piece.mark == Mark.ADDRESS else another
        for piece in pieces(text, secrets.black(text))
    )


def _wordings(dossier: Dossier, ids: Iterable[UUID], until: datetime | None) -> dict[UUID, EntryVersion]:
    rows = EntryVersion.objects.filter(dossier=dossier, entry_id__in=list(ids)).order_by("number")
    rows = rows if until is None else rows.filter(made_at__lte=until)
    return {row.entry_id: row for row in rows}
