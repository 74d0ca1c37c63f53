"""What the page “Keeping” of a dossier shows: its end date with the sum, what holds it back, what may be done.

Loaded inside the door; plain values only.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.organisations.actors import Actor
from casemgmt.policy.calendar import age_on
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.representation import is_adult
from casemgmt.policy.rules.retention import destruction_due
from casemgmt.policy.schema.values import Cited
from casemgmt.policy.versions import profile_in_force
from dossiers.access import can
from dossiers.frame import Frame, first_name, load_frame
from dossiers.models import Dossier
from dossiers.timeline import names_of
from dossiers.verbs import Verb
from retention.facts import NOT_ASKED, Answers, children_of, keeping_facts
from retention.judgements import YOUTH_CHOICES, Judgement, extension_rule, family_clock, judgements
from retention.models import EndDate, Hold, Removal
from retention.vocabulary import RUNNING, RemovalState


@dataclass(frozen=True, slots=True)
class HoldValue:
    """One reason not to destroy."""

    id: UUID
    why: str
    placed_by: str
    placed_at: datetime
    lifted_by: str
    lifted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Youth:
    """A child of the family that is adult now, and what it did with the question (VT-18.4)."""

    id: UUID
    label: str
    answer: str
    said: str
    youngest: bool


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """The running removal of this dossier."""

    id: UUID
    state: str
    label: str
    cooling_until: datetime | None


@dataclass(frozen=True, slots=True)
class End:
    """When the term has passed, and everything that made it so."""

    decision: Decision
    due: Decision
    due_on: date | None
    passed: bool
    waits: bool
    extended_until: date | None
    extended_why: str
    answers: Answers
    ticked: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class KeepingPage:
    """All of it."""

    frame: Frame
    opened_on: date
    closed_on: date | None
    end: End | None
    holds: tuple[HoldValue, ...]
    youths: tuple[Youth, ...]
    family_rule: Cited | None
    removal: OnItsWay | None
    asked: tuple[Judgement, ...]
    extension: Cited | None
    may_close: bool
    may_hold: bool
    may_list: bool
    may_read: bool


def way_in(actor: Actor) -> Verb:
    """How this person comes to the page: from the desk that lets dossiers go, or by working with the client."""
    for desk in (Verb.REVIEW_REMOVAL, Verb.APPROVE_REMOVAL):
        if actor.may(desk):
            return desk
    return Verb.READ


def way_to_hold(actor: Actor) -> Verb:
    """How this person may hold back, extend or note an answer."""
    return Verb.REVIEW_REMOVAL if actor.may(Verb.REVIEW_REMOVAL) else Verb.CLOSE


def load_keeping(dossier: Dossier, actor: Actor, at: datetime) -> KeepingPage:
    """The page for ``actor``."""
    on = clock.local_date(at)
    profile = profile_in_force(on)
    row = EndDate.objects.filter(dossier=dossier).first()
    end = _end(dossier, row, on) if row else None
    family = family_clock(profile)
    reads = can(actor, Verb.READ, dossier)
    return KeepingPage(
        frame=load_frame(dossier, actor, on, "keeping"),
        opened_on=dossier.opened_on,
        closed_on=dossier.closed_on,
        end=end,
        holds=_holds(dossier),
        youths=_youths(dossier, end, on, reads) if family else (),
        family_rule=family.waits_for_adult_youth if family else None,
        removal=_removal(dossier),
        asked=judgements(profile),
        extension=extension_rule(profile),
        may_close=can(actor, Verb.CLOSE, dossier),
        may_hold=can(actor, way_to_hold(actor), dossier),
        may_list=actor.may(Verb.REVIEW_REMOVAL) or actor.may(Verb.APPROVE_REMOVAL),
        may_read=reads,
    )


def _end(dossier: Dossier, row: EndDate, on: date) -> End:
    answers = Answers.from_json(row.answers)
    profile = profile_in_force(on)
    return End(
        decision=Decision.from_dict(row.decision),
        due=destruction_due(keeping_facts(dossier, answers, row.extended_until), profile, on),
        due_on=row.due_on,
        passed=row.due_on is not None and row.due_on <= on,
        waits=row.waits,
        extended_until=row.extended_until,
        extended_why=row.extended_why or "",
        answers=answers,
        ticked=tuple(one for one in judgements(profile) if getattr(answers, one.name)),
    )


def _holds(dossier: Dossier) -> tuple[HoldValue, ...]:
    rows = list(Hold.objects.filter(dossier=dossier).order_by("-placed_at", "id"))
    names = names_of(user for row in rows for user in (row.placed_by_id, row.lifted_by_id))
    return tuple(
        HoldValue(
            row.id,
            row.why,
            names.get(row.placed_by_id, ""),
            row.placed_at,
            names.get(row.lifted_by_id, "") if row.lifted_by_id else "",
            row.lifted_at,
        )
        for row in rows
    )


def _youths(dossier: Dossier, end: End | None, on: date, reads: bool) -> tuple[Youth, ...]:
    """The children that are adult now, where keeping them was judged to help; by age for who may not know names."""
    if end is None or not end.answers.keeping_helps:
        return ()
    children = [child for child in children_of(dossier) if child.birth_date]
    youngest = max((child.birth_date for child in children if child.birth_date), default=None)
    words = dict(YOUTH_CHOICES)
    found = []
    for number, child in enumerate(children, start=1):
        born = child.birth_date
        if born is None or not is_adult(born, on):
            continue
        did = end.answers.youths.get(str(child.id), NOT_ASKED)
        who = first_name(child.name) if reads else _("Child %(number)s") % {"number": number}
        label = _("%(who)s, %(years)s years") % {"who": who, "years": age_on(born, on)}
        found.append(Youth(child.id, label, did, str(words[did]), born == youngest))
    return tuple(found)


def _removal(dossier: Dossier) -> OnItsWay | None:
    row = Removal.objects.filter(dossier_id=dossier.id, state__in=RUNNING).first()
    if row is None:
        return None
    return OnItsWay(row.id, row.state, str(RemovalState(row.state).label), row.cooling_until)
