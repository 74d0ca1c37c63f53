"""The removal list and what comes: dossiers by number only, so that less personal data is seen than fits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractQuarter, ExtractYear
from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base.db import reads
from casemgmt.base.keyset import part
from casemgmt.base.models import Job
from casemgmt.base.organisation import current
from casemgmt.organisations.actors import Actor
from casemgmt.web.dates import date_plain, spoken
from casemgmt.work.models import Task
from dossiers.access import reachable
from dossiers.models import Dossier
from dossiers.timeline import names_of
from retention.keeping import way_in
from retention.models import EndDate, Hold, Removal
from retention.removing import DESTROY
from retention.vocabulary import DESTROYING, UNLIKELY_TASK, RemovalState

PAGE = 25
ENDED = ("destroyed", "kept", "cancelled", "stopped")
TRIED_OFTEN = 3


@dataclass(frozen=True, slots=True)
class Row:
    """One dossier on the list."""

    id: UUID
    name: str
    when: str
    tone: str | None
    sub: str


@dataclass(frozen=True, slots=True)
class Group:
    """Rows in the same state; ``total`` counts also those that are not shown."""

    name: str
    rows: tuple[Row, ...]
    total: int


@dataclass(frozen=True, slots=True)
class RemovalList:
    """The list; ``next`` is the key of the next part of what waits for review.

    ``approvable``: something on it waits for this reader's approval.
    """

    groups: tuple[Group, ...]
    next: str
    to_review: int
    reviewed: int
    approvable: bool
    own_reviews: int
    stopped_run: bool


@reads
def removal_list(actor: Actor, on: date, after: str = "") -> RemovalList:
    """What waits for review, for approval, for its day, and what came of the rest; one read in the trail."""
    counts = dict(Removal.objects.values_list("state").annotate(many=Count("id")))
    to_review = part(Removal.objects.filter(state=RemovalState.PROPOSED), ("due_on", "id"), after, PAGE)
    agreed = list(Removal.objects.filter(state=RemovalState.AGREED).order_by("reviewed_at", "id")[:PAGE])
    cooling = list(Removal.objects.filter(state=RemovalState.APPROVED).order_by("cooling_until", "id")[:PAGE])
    going = list(Removal.objects.filter(state__in=DESTROYING).order_by("approved_at", "id")[:PAGE])
    ended = list(Removal.objects.filter(state__in=ENDED).order_by("-ended_at", "id")[:PAGE])
    known = _known(actor, [*to_review.rows, *agreed, *cooling, *going, *ended])
    others = [row for row in agreed if row.reviewed_by_id != actor.user_id and row.dossier_id in known.numbers]
    groups = (
        Group(_("To review"), _rows(to_review.rows, known, actor, on), counts.get("proposed", 0)),
        Group(_("Reviewed, to be approved by somebody else"), _rows(agreed, known, actor, on), counts.get("agreed", 0)),
        Group(_("In the cooling-off"), _rows(cooling, known, actor, on), counts.get("approved", 0)),
        Group(_("Being destroyed"), _rows(going, known, actor, on), sum(counts.get(s, 0) for s in DESTROYING)),
        Group(_("Came to an end"), _rows(ended, known, actor, on), sum(counts.get(s, 0) for s in ENDED)),
    )
    events.record(Action.READ, outcome=Outcome.SHOWN, data="removals", subjects=known.numbers)
    return RemovalList(
        groups=tuple(group for group in groups if group.rows),
        next=to_review.next,
        to_review=counts.get("proposed", 0),
        reviewed=counts.get("agreed", 0) + counts.get("approved", 0),
        approvable=bool(others) and actor.may("removal.approve"),
        own_reviews=sum(row.reviewed_by_id == actor.user_id for row in agreed),
        stopped_run=Task.objects.filter(kind=UNLIKELY_TASK, state=Task.State.OPEN).exists(),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    numbers: dict[UUID, str]
    names: dict[UUID, str]
    held: set[UUID]
    tries: dict[UUID, tuple[int, bool]]


def _known(actor: Actor, rows: Iterable[Removal]) -> _Known:
    """Numbers, reviewers, holds and attempts of these rows: four queries whatever their number."""
    rows = list(rows)
    ids = {row.dossier_id for row in rows}
    there = reachable(actor, way_in(actor)).filter(id__in=ids)
    jobs = Job.objects.filter(organisation_id=current(), kind=DESTROY, subject__in=[row.id for row in rows])
    return _Known(
        numbers=dict(there.values_list("id", "number")),
        names=names_of(user for row in rows for user in (row.reviewed_by_id, row.approved_by_id)),
        held=set(Hold.objects.filter(dossier_id__in=ids, lifted_at=None).values_list("dossier_id", flat=True)),
        tries={job.subject: (job.attempts, job.failed_at is not None) for job in jobs},
    )


def short_name(removal_id: UUID) -> str:
    """How a removal is called when its dossier's number is gone: the same as in its certificate's number."""
    return removal_id.hex[:12]


def _rows(rows: Iterable[Removal], known: _Known, actor: Actor, on: date) -> tuple[Row, ...]:
    return tuple(_row(row, known, actor, on) for row in rows)


def _row(row: Removal, known: _Known, actor: Actor, on: date) -> Row:
    name = known.numbers.get(row.dossier_id) or short_name(row.id)
    when, tone = _when(row, known, actor, on)
    return Row(row.id, name, when, tone, _sub(row, known))


def _when(row: Removal, known: _Known, actor: Actor, on: date) -> tuple[str, str | None]:
    if row.dossier_id in known.held and row.state in ("proposed", "agreed", "approved"):
        return _("held back"), "late"
    if row.state == RemovalState.PROPOSED:
        return _("review"), "now"
    if row.state == RemovalState.AGREED:
        return (_("by you"), None) if row.reviewed_by_id == actor.user_id else (_("approve"), "now")
    if row.state == RemovalState.APPROVED and row.cooling_until:
        return spoken(row.cooling_until, on), None
    if row.state in DESTROYING:
        tries, given_up = known.tries.get(row.id, (0, False))
        return (_("does not get on"), "late") if given_up or tries > TRIED_OFTEN else (_("busy"), "now")
    return (spoken(row.ended_at, on) if row.ended_at else ""), None


def _sub(row: Removal, known: _Known) -> str:
    if row.state == RemovalState.PROPOSED:
        return _("term passed on %(day)s") % {"day": date_plain(row.due_on)}
    if row.state == RemovalState.AGREED and row.reviewed_at:
        who = known.names.get(row.reviewed_by_id, "") if row.reviewed_by_id else ""
        return _("reviewed by %(who)s on %(day)s") % {"who": who, "day": date_plain(row.reviewed_at)}
    if row.state == RemovalState.APPROVED and row.cooling_until:
        return _("can be stopped until %(day)s") % {"day": date_plain(row.cooling_until)}
    return str(RemovalState(row.state).label)


@dataclass(frozen=True, slots=True)
class Horizon:
    """How many closed dossiers end when: by year, and by quarter for the years that come soon."""

    years: dict[int, int]
    held: dict[int, int]
    quarters: tuple[tuple[str, int, int], ...]
    waiting: int


SOON = 8


@reads
def horizon(on: date) -> Horizon:
    """The end dates of all closed dossiers, counted; nothing about any of them. One read in the trail."""
    closed = EndDate.objects.filter(due_on__isnull=False, dossier__state=Dossier.State.CLOSED)
    held = closed.filter(dossier_id__in=Hold.objects.filter(lifted_at=None).values("dossier_id"))
    free = closed.exclude(dossier_id__in=Hold.objects.filter(lifted_at=None).values("dossier_id"))
    quarters = _by_quarter(free), _by_quarter(held)
    events.record(Action.READ, outcome=Outcome.SHOWN, data="retention-horizon")
    return Horizon(
        years=_by_year(quarters[0]),
        held=_by_year(quarters[1]),
        quarters=tuple(_quarter_rows(quarters, on)),
        waiting=closed.filter(waits=True, due_on__lte=on).count(),
    )


Quarters = dict[tuple[int, int], int]


def _by_quarter(rows: QuerySet[EndDate]) -> Quarters:
    counted = rows.annotate(year=ExtractYear("due_on"), quarter=ExtractQuarter("due_on"))
    found = counted.values_list("year", "quarter").order_by("year", "quarter").annotate(many=Count("id"))
    return {(year, quarter): many for year, quarter, many in found}


def _by_year(quarters: Quarters) -> dict[int, int]:
    years: dict[int, int] = {}
    for (year, _quarter), many in quarters.items():
        years[year] = years.get(year, 0) + many
    return years


def _quarter_rows(quarters: tuple[Quarters, Quarters], on: date) -> Iterable[tuple[str, int, int]]:
    year, quarter = on.year, (on.month + 2) // 3
    for step in range(SOON):
        index = quarter - 1 + step
        key = (year + index // 4, index % 4 + 1)
        label = _("quarter %(quarter)s of %(year)s") % {"quarter": key[1], "year": key[0]}
        yield label, quarters[0].get(key, 0), quarters[1].get(key, 0)


@dataclass(frozen=True, slots=True)
class Head:
    """Which removal is meant, and whether its dossier can still be opened by this reader."""

    id: UUID
    dossier_id: UUID
    state: str
    open: bool


@reads
def removal_head(actor: Actor, removal_id: UUID) -> Head | None:
    """A removal of this organisation; None for another's and one that never was."""
    row = Removal.objects.filter(id=removal_id).first()
    if row is None:
        events.record(Action.READ, outcome=Outcome.UNKNOWN, data="removal", object_id=removal_id)
        return None
    there = reachable(actor, way_in(actor)).filter(id=row.dossier_id).exists()
    return Head(row.id, row.dossier_id, row.state, there)
