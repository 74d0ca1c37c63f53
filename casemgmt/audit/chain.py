"""Checking the chain: is every row of the trail still what it was when it was linked?

PostgreSQL recomputes the hashes from the rows themselves, so a change behind
the application's back, by whatever role, is found. What a chain alone cannot
show is a tail cut off together with its head: for that the heads are published
outside the database (``audit_head``) and given back here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from casemgmt.base.organisation import organisation


class Wrong(StrEnum):
    """What is wrong with the first bad row."""

    GAP = "gap"
    MISSING = "missing"
    CHANGED = "changed"
    HEAD = "head"
    CUT = "cut"
    UNLINKED = "unlinked"


SENTENCES = {
    Wrong.GAP: "A link is missing: the numbers do not follow each other.",
    Wrong.MISSING: "The row that this link vouches for is gone.",
    Wrong.CHANGED: "This row, or its link, is not what it was when it was written.",
    Wrong.HEAD: "The head of the chain is not its last link.",
    Wrong.CUT: "The chain does not hold the published head: its end was cut off or written anew.",
    Wrong.UNLINKED: "This row was written without a link.",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many links, and the last hash in hexadecimal ("" and 0 when empty)."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Problem:
    """The first bad row: what is wrong, which kind of row ("event", "entry", "head"), its id and its number."""

    wrong: Wrong
    kind: str
    row_id: UUID | None
    seq: int | None

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence."""
        return SENTENCES[self.wrong]


@dataclass(frozen=True, slots=True)
class Verification:
    """The outcome for one organisation: how many links were checked, the present head, the first problem if any."""

    organisation_id: UUID
    checked: int
    head: Head
    problem: Problem | None = None

    @property
    def ok(self) -> bool:
        """Whether the whole chain holds."""
        return self.problem is None


# Each link is checked against the hash stored before it, so one pass finds every edit; an edit that
# also rewrites its own link shows at the next one, and one that rewrites all of them at the published head.
_FIRST_BAD_LINK = """
with links as (
  select l.seq, l.kind, l.row_id, l.hash, row_number() over w as place, lag(l.hash) over w as before
  from audit_auditlink l window w as (order by l.seq)
), judged as (
  select l.*,
    case l.kind when 'event' then e.id is not null else n.id is not null end as found,
    case l.kind when 'event' then casemgmt_event_digest(e) else casemgmt_entry_digest(n) end as digest,
    n.object_repr <> '' or n.changes_text <> '' or n.serialized_data is not null
      or n.additional_data is not null or n.remote_port is not null or n.object_id is not null as filled_in
  from links l
  left join audit_accessevent e on l.kind = 'event' and e.id = l.row_id
  left join audit_logentry n on l.kind = 'entry' and n.id = l.row_id
)
select seq, kind, row_id,
  case when seq <> place then 'gap' when not found then 'missing' else 'changed' end
from judged
where seq <> place or not found or coalesce(filled_in, false)
  or hash is distinct from sha256(coalesce(before, ''::bytea) || convert_to(seq::text, 'UTF8') || digest)
order by seq limit 1
"""

_UNLINKED = """
select kind, id from (
  select 'event' as kind, e.id, e.at from audit_accessevent e
    where not exists (select from audit_auditlink l where l.kind = 'event' and l.row_id = e.id)
  union all
  select 'entry', n.id, n.timestamp from audit_logentry n
    where not exists (select from audit_auditlink l where l.kind = 'entry' and l.row_id = n.id)
) loose order by at limit 1
"""


def verify(organisation_id: UUID, *, head: Head | Iterable[Head] | None = None) -> Verification:
    """Recompute the whole chain of an organisation; ``head`` is what was published of it earlier, one or more."""
    published = [head] if isinstance(head, Head) else list(head or ())
    with organisation(organisation_id), transaction.atomic():
        # Each row is looked at once: without statistics the planner would search per link.
        with connection.cursor() as cursor:
            cursor.execute("set local enable_nestloop = off")
        present = _present_head()
        problem = _bad_link() or _bad_head(present) or _cut(published) or _unlinked()
        return Verification(organisation_id, _links(), present, problem)


def present_head(organisation_id: UUID) -> Head:
    """The end of an organisation's chain now, to be published outside the database."""
    with organisation(organisation_id), transaction.atomic():
        return _present_head()


def _rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(values))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _links() -> int:
    return int(_rows("select count(*) from audit_auditlink")[0][0])


def _present_head() -> Head:
    rows = _rows("select seq, encode(hash, 'hex') from audit_audithead")
    return Head(*rows[0]) if rows else Head(0, "")


def _bad_link() -> Problem | None:
    for seq, kind, row_id, wrong in _rows(_FIRST_BAD_LINK):
        return Problem(Wrong(wrong), kind, row_id, seq)
    return None


def _bad_head(present: Head) -> Problem | None:
    last = _rows("select seq, encode(hash, 'hex') from audit_auditlink order by seq desc limit 1")
    if (Head(*last[0]) if last else Head(0, "")) == present:
        return None
    return Problem(Wrong.HEAD, "head", None, present.seq)


def _cut(published: Iterable[Head]) -> Problem | None:
    """The first published head that the chain does not hold at its place."""
    for head in sorted(published, key=lambda one: one.seq):
        if head.seq == 0:
            continue
        held = _rows("select kind, row_id, encode(hash, 'hex') from audit_auditlink where seq = %s", head.seq)
        if not held:
            return Problem(Wrong.CUT, "head", None, head.seq)
        kind, row_id, value = held[0]
        if value != head.hash:
            return Problem(Wrong.CUT, kind, row_id, head.seq)
    return None


def _unlinked() -> Problem | None:
    for kind, row_id in _rows(_UNLINKED):
        return Problem(Wrong.UNLINKED, kind, row_id, None)
    return None
