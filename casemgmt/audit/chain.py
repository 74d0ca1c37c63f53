"""Checking the chain: is every row of the trail still what it was when it was linked?

PostgreSQL recomputes the hashes from the rows themselves, so a change behind
the application's back, by whatever role, is found; the dossiers of a list hang
on the digest that their event carries. What a chain alone cannot show is a tail
cut off together with its head: for that the heads are published outside the
database (``audit_head``) and given back here.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
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
    SUBJECT_MISSING = "subject-missing"
    SUBJECT_ADDED = "subject-added"
    SUBJECT_CHANGED = "subject-changed"


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
}


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many links, and the last hash in hexadecimal ("" and 0 when empty)."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class Problem:
    """The first bad row: what is wrong, its kind ("event", "entry", "head", "subject"), its id and its number."""

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

# A list is one set of rows for all events that showed it, so it is digested once. The key of a row
# follows from its list and dossier: every column of it is vouched for.
_BAD_LIST = """
with held as (
  select s.list_id, count(*) as many, min(s.day) as first, max(s.day) as last,
    bool_and(s.id = casemgmt_subject_key(s.list_id, s.dossier_id)) as own_keys,
    casemgmt_subjects_digest(string_agg(uuid_send(s.dossier_id), ''::bytea order by s.dossier_id)) as digest
  from audit_eventsubject s group by s.list_id
)
select l.seq, e.id,
  case when coalesce(h.many, 0) < e.subject_count then 'subject-missing'
       when h.many > e.subject_count then 'subject-added' else 'subject-changed' end
from audit_accessevent e
  left join held h on h.list_id = e.list_id
  left join audit_auditlink l on l.kind = 'event' and l.row_id = e.id
where e.list_id is not null and (
  coalesce(h.many, 0) <> e.subject_count
  or coalesce(h.digest, casemgmt_subjects_digest(null)) <> e.subjects_digest
  or not coalesce(h.own_keys, true)
  or h.first <> (e.at at time zone 'Europe/Amsterdam')::date
  or h.last <> (e.at at time zone 'Europe/Amsterdam')::date
)
order by l.seq limit 1
"""

_LOOSE_SUBJECT = """
select s.id from audit_eventsubject s
where not exists (select from audit_accessevent e where e.list_id = s.list_id) order by s.day, s.id limit 1
"""


def verify(organisation_id: UUID, *, head: Head | Iterable[Head] | None = None) -> Verification:
    """Recompute the whole chain of an organisation; ``head`` is what was published of it earlier, one or more."""
    published = [head] if isinstance(head, Head) else list(head or ())
    with organisation(organisation_id), _one_moment():
        present = _present_head()
        problem = _bad_link() or _bad_head(present) or _cut(published) or _unlinked() or _bad_subject()
        return Verification(organisation_id, _links(), present, problem)


def present_head(organisation_id: UUID) -> Head:
    """The end of an organisation's chain now, to be published outside the database."""
    with organisation(organisation_id), transaction.atomic():
        return _present_head()


@contextmanager
def _one_moment() -> Iterator[None]:
    """Every statement sees the trail of one moment: people go on working, and each row they write moves the head."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read, read only")
            # Each row is looked at once: without statistics the planner would search per link.
            cursor.execute("set local enable_nestloop = off")
        yield


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


def _bad_subject() -> Problem | None:
    """The first event whose dossiers are not the ones it listed, or a row that is in no event's list."""
    for seq, event_id, wrong in _rows(_BAD_LIST):
        return Problem(Wrong(wrong), "event", event_id, seq)
    for (row_id,) in _rows(_LOOSE_SUBJECT):
        return Problem(Wrong.SUBJECT_ADDED, "subject", row_id, None)
    return None
