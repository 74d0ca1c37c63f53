"""Checking the chains: is every row of the trail still what it was when it was linked?

Each organisation has a chain, and so has the platform (what happens where no
organisation is current). The hashes are recomputed from the rows themselves, by
statements of this release and not by functions that the database holds, so a
change behind the application's back, by whatever role, is found; the dossiers of
a list hang on the digest that their event carries. What a chain alone cannot
show is a tail cut off together with its head: for that the heads are published
outside the database (``audit_head``) and given back here.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from casemgmt.audit import guards, statements
from casemgmt.base.organisation import organisation


class Wrong(StrEnum):
    """What is wrong with the first bad row."""

    GAP = "gap"
    MISSING = "missing"
    CHANGED = "changed"
    HEAD = "head"
    CUT = "cut"
    UNLINKED = "unlinked"
    SUBJECT_MISSING = "subject-missing"
    SUBJECT_ADDED = "subject-added"
    SUBJECT_CHANGED = "subject-changed"
    NOBODYS = "nobodys"
    GUARD = "guard"


SENTENCES = {
    Wrong.GAP: "A link is missing: the numbers do not follow each other.",
    Wrong.MISSING: "The row that this link vouches for is gone.",
    Wrong.CHANGED: "This row, or its link, is not what it was when it was written.",
    Wrong.HEAD: "The head of the chain is not its last link.",
    Wrong.CUT: "The chain does not hold the published head: its end was cut off or written anew.",
    Wrong.UNLINKED: "This row was written without a link.",
    Wrong.SUBJECT_MISSING: "This event listed more dossiers than there are rows of them: rows were removed.",
    Wrong.SUBJECT_ADDED: "There are rows of dossiers that no event listed.",
    Wrong.SUBJECT_CHANGED: "The dossiers of this event, or their day, are not the ones it listed.",
    Wrong.NOBODYS: "This head was published of an organisation that is not there: it was removed or renamed.",
    Wrong.GUARD: "What guards the trail in the database is not what this release put there.",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many links, and the last hash in hexadecimal ("" and 0 when empty)."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Problem:
    """The first bad row: what is wrong, its kind ("event", "entry", "platform", "head", "subject"), id and number.

    A trigger or function has a name instead.
    """

    wrong: Wrong
    kind: str
    row_id: UUID | None
    seq: int | None
    name: str = ""

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence."""
        return SENTENCES[self.wrong]


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome for an organisation (None is the platform): links checked, the present head, the first problem."""

    organisation_id: UUID | None
    checked: int
    head: Head
    problem: Problem | None = None

    @property
    def ok(self) -> bool:
        """Whether the whole chain holds."""
        return self.problem is None


_NONE = Head(0, "")


@dataclass(frozen=True, slots=True)
class _Chain:
    """The tables of one sort of chain, and the statements that judge its rows."""

    heads: str
    links: str
    kind: str
    first_bad_link: str
    unlinked: str


_OF_ORGANISATION = _Chain(
    "public.audit_audithead", "public.audit_auditlink", "kind", statements.FIRST_BAD_LINK, statements.UNLINKED
)
_OF_PLATFORM = _Chain(
    "public.audit_platformhead",
    "public.audit_platformlink",
    "'platform'",
    statements.FIRST_BAD_PLATFORM_LINK,
    statements.UNLINKED_PLATFORM,
)


def verify(organisation_id: UUID, *, head: Head | Iterable[Head] | None = None) -> Verification:
    """Recompute the whole chain of an organisation; ``head`` is what was published of it earlier, one or more."""
    with organisation(organisation_id), _one_moment():
        found = _judged(_OF_ORGANISATION, head)
        return replace(found, organisation_id=organisation_id, problem=found.problem or _bad_subject())


def verify_platform(*, head: Head | Iterable[Head] | None = None) -> Verification:
    """The same for what happened where no organisation is current, and for the triggers that guard the whole trail."""
    with _one_moment():
        found = _judged(_OF_PLATFORM, head)
        return replace(found, problem=found.problem or _strange_guard())


def present_head(organisation_id: UUID) -> Head:
    """The end of an organisation's chain now, to be published outside the database."""
    with organisation(organisation_id), transaction.atomic():
        return _present_head(_OF_ORGANISATION)


def present_platform_head() -> Head:
    """The end of the platform's chain now, to be published outside the database."""
    with transaction.atomic():
        return _present_head(_OF_PLATFORM)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Every statement sees the trail of one moment: people go on working, and each row they write moves the head."""
    with transaction.atomic(durable=True):
        _do("set transaction isolation level repeatable read, read only")
        _do(statements.PLAIN_GROUND)
        yield


def _judged(chain: _Chain, head: Head | Iterable[Head] | None) -> Verification:
    published = [head] if isinstance(head, Head) else list(head or ())
    present = _present_head(chain)
    problem = _bad_link(chain) or _bad_head(chain, present) or _cut(chain, published) or _unlinked(chain)
    return Verification(None, _links(chain), present, problem)


def _do(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _links(chain: _Chain) -> int:
    return int(_rows(f"select count(*) from {chain.links}")[0][0])  # noqa: S608  # a table of ours


def _present_head(chain: _Chain) -> Head:
    rows = _rows(f"select seq, encode(hash, 'hex') from {chain.heads}")  # noqa: S608
    return Head(*rows[0]) if rows else _NONE


def _bad_link(chain: _Chain) -> Problem | None:
    for seq, kind, row_id, wrong in _rows(chain.first_bad_link):
        return Problem(Wrong(wrong), kind, row_id, seq)
    return None


def _bad_head(chain: _Chain, present: Head) -> Problem | None:
    last = _rows(f"select seq, encode(hash, 'hex') from {chain.links} order by seq desc limit 1")  # noqa: S608
    if (Head(*last[0]) if last else _NONE) == present:
        return None
    return Problem(Wrong.HEAD, "head", None, present.seq)


def _cut(chain: _Chain, published: Iterable[Head]) -> Problem | None:
    """The first published head that the chain does not hold at its place."""
    held_at = f"select {chain.kind}, row_id, encode(hash, 'hex') from {chain.links} where seq = %s"  # noqa: S608
    for head in sorted(published, key=lambda one: one.seq):
        if head.seq == 0:
            continue
        held = _rows(held_at, head.seq)
        if not held:
            return Problem(Wrong.CUT, "head", None, head.seq)
        kind, row_id, value = held[0]
        if value != head.hash:
            return Problem(Wrong.CUT, kind, row_id, head.seq)
    return None


def _unlinked(chain: _Chain) -> Problem | None:
    for kind, row_id in _rows(chain.unlinked):
        return Problem(Wrong.UNLINKED, kind, row_id, None)
    return None


def _bad_subject() -> Problem | None:
    """The first event whose dossiers are not the ones it listed, or a row that is in no event's list."""
    for seq, event_id, wrong in _rows(statements.BAD_LIST):
        return Problem(Wrong(wrong), "event", event_id, seq)
    for (row_id,) in _rows(statements.LOOSE_SUBJECT):
        return Problem(Wrong.SUBJECT_ADDED, "subject", row_id, None)
    return None


def _strange_guard() -> Problem | None:
    for kind, name in guards.strange(_rows):
        return Problem(Wrong.GUARD, kind, None, None, name)
    return None
