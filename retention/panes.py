"""One removal in the reading pane: why now, what disappears, what can oppose, where it stands, what comes next."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action, Outcome
from casemgmt.base import clock
from casemgmt.base.db import reads
from casemgmt.base.errors import NotThere
from casemgmt.base.models import Job
from casemgmt.base.organisation import current
from casemgmt.organisations.actors import Actor
from casemgmt.policy.calendar import age_on
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.house import cooling_off
from casemgmt.policy.rules.retention import destruction_due
from casemgmt.policy.versions import profile_in_force
from dossiers.access import can
from dossiers.models import Dossier
from dossiers.timeline import names_of
from dossiers.verbs import Verb
from retention import manifest
from retention.facts import Answers, children_of, keeping_facts
from retention.judgements import extension_rule
from retention.lists import TRIED_OFTEN, short_name
from retention.models import Certificate, EndDate, Removal
from retention.oppositions import Opposing, listed, opposing
from retention.removing import DESTROY
from retention.vocabulary import DESTROYING, RemovalState

# What a person calls the tables that matter to them; all others count as "other rows".
_SORTS = (
    ("dossiers.Entry", gettext_lazy("Entries")),
    ("vault.SealedFile", gettext_lazy("Files")),
    ("letters.Letter", gettext_lazy("Letters")),
    ("dossiers.Person", gettext_lazy("People")),
    ("dossiers.PortalAccess", gettext_lazy("Ways into the portal")),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """A destruction that was tried in vain."""

    attempts: int
    given_up: bool
    error: str


@dataclass(frozen=True, slots=True)
class Pane:
    """Everything about one removal; what needs the dossier is empty once that is gone."""

    id: UUID
    dossier_id: UUID
    name: str
    state: str
    label: str
    about: str
    due_on: date
    decision: Decision | None
    due: Decision | None
    goes: tuple[tuple[str, int], ...]
    opposing: tuple[Opposing, ...]
    opposed: tuple[str, ...]
    extends: bool
    words: str
    proposed_at: datetime
    reviewed_by: str
    reviewed_at: datetime | None
    approved_by: str
    approved_at: datetime | None
    cooling_until: datetime | None
    cooling_days: int
    ended_at: datetime | None
    key_destroyed_at: datetime | None
    looked_in: int
    certificate_id: UUID | None
    trouble: Trouble | None
    read_at: datetime
    reviewed_by_me: bool
    may_review: bool
    may_approve: bool
    may_read: bool

    @property
    def destroying(self) -> bool:
        """Whether the machine is at work and nobody can stop it any more."""
        return self.state in DESTROYING


def load_pane(dossier: Dossier, actor: Actor, removal_id: UUID, at: datetime) -> Pane:
    """A removal whose dossier is there, inside the door."""
    row = _row(removal_id)
    end = EndDate.objects.filter(dossier=dossier).first()
    on = clock.local_date(at)
    profile = profile_in_force(on)
    facts = keeping_facts(dossier, Answers.from_json(end.answers), end.extended_until) if end else None
    return _pane(
        row,
        actor,
        at,
        name=dossier.number,
        about=_about(dossier, on),
        decision=Decision.from_dict(row.decision),
        due=destruction_due(facts, profile, on) if facts else None,
        goes=goes(manifest.counts(dossier.id)),
        listed=listed(dossier, at=at),
        opposed=tuple(opposing(dossier, at=at)),
        extends=extension_rule(profile) is not None,
        words=row.words or "",
        may_read=can(actor, Verb.READ, dossier),
    )


@reads
def load_gone(actor: Actor, removal_id: UUID, at: datetime) -> Pane:
    """A removal whose dossier is being destroyed or is gone: what its own row tells, which names nobody."""
    row = _row(removal_id)
    rows = (row.manifest or {}).get("rows", {})
    pane = _pane(
        row,
        actor,
        at,
        name=short_name(row.id),
        about="",
        decision=None,
        due=None,
        goes=goes(rows),
        listed=(),
        opposed=(),
        extends=False,
        words="",
        may_read=False,
    )
    events.record(Action.READ, outcome=Outcome.SHOWN, data="removal", object_id=removal_id)
    return pane


def goes(rows: dict[str, int]) -> tuple[tuple[str, int], ...]:
    """Counts of what disappears, in people's words."""
    named = [(str(label), rows.get(table, 0)) for table, label in _SORTS]
    rest = sum(rows.values()) - sum(many for _label, many in named)
    return (*[(label, many) for label, many in named if many], (_("Other rows"), rest))


def _row(removal_id: UUID) -> Removal:
    row = Removal.objects.filter(id=removal_id).first()
    if row is None:
        raise NotThere
    return row


def _about(dossier: Dossier, on: date) -> str:
    """How many children and how old they are now: enough to judge, and no name."""
    ages = sorted((age_on(child.birth_date, on) for child in children_of(dossier) if child.birth_date), reverse=True)
    if not ages:
        return ""
    return _("children who are now %(ages)s years old") % {"ages": ", ".join(map(str, ages))}


def _pane(
    row: Removal,
    actor: Actor,
    at: datetime,
    *,
    name: str,
    about: str,
    decision: Decision | None,
    due: Decision | None,
    goes: tuple[tuple[str, int], ...],
    listed: tuple[Opposing, ...],
    opposed: tuple[str, ...],
    extends: bool,
    words: str,
    may_read: bool,
) -> Pane:
    names = names_of((row.reviewed_by_id, row.approved_by_id))
    on = clock.local_date(at)
    certificate = Certificate.objects.filter(dossier_id=row.dossier_id).values_list("id", flat=True).first()
    return Pane(
        id=row.id,
        dossier_id=row.dossier_id,
        name=name,
        state=row.state,
        label=str(RemovalState(row.state).label),
        about=about,
        due_on=row.due_on,
        decision=decision,
        due=due,
        goes=goes,
        opposing=listed,
        opposed=opposed,
        extends=extends,
        words=words,
        proposed_at=row.proposed_at,
        reviewed_by=names.get(row.reviewed_by_id, "") if row.reviewed_by_id else "",
        reviewed_at=row.reviewed_at,
        approved_by=names.get(row.approved_by_id, "") if row.approved_by_id else "",
        approved_at=row.approved_at,
        cooling_until=row.cooling_until,
        cooling_days=cooling_off(profile_in_force(on), on).outcome["days"],
        ended_at=row.ended_at,
        key_destroyed_at=row.key_destroyed_at,
        looked_in=len((row.absence or {}).get("looked_in", [])),
        certificate_id=certificate if row.state == RemovalState.DESTROYED else None,
        trouble=_trouble(row),
        read_at=at,
        reviewed_by_me=row.reviewed_by_id is not None and row.reviewed_by_id == actor.user_id,
        may_review=actor.may(Verb.REVIEW_REMOVAL),
        may_approve=actor.may(Verb.APPROVE_REMOVAL),
        may_read=may_read,
    )


def _trouble(row: Removal) -> Trouble | None:
    job = Job.objects.filter(organisation_id=current(), kind=DESTROY, subject=row.id).first()
    if job is None or not job.last_error or (job.attempts <= TRIED_OFTEN and job.failed_at is None):
        return None
    return Trouble(job.attempts, job.failed_at is not None, job.last_error)
