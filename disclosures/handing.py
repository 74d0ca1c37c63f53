"""Handing over: only the sealed print of what was approved, looked at once more at the last moment, and registered.

Raising would undo what must stay: when a consent was withdrawn or the content
changed, the approval is void for good and a sentence says so (``Stopped``).
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.audit import events
from casemgmt.audit.vocabulary import Action
from casemgmt.base import clock
from casemgmt.base.db import act
from casemgmt.base.errors import Conflict
from casemgmt.organisations.actors import Actor
from casemgmt.policy.decision import Decision
from casemgmt.policy.schema import Profile
from casemgmt.web.dates import date_plain
from casemgmt.work.acts import create_task, finish_tasks_for
from disclosures import printing
from disclosures.acts import asked_on, called, locked, only_in, setting, tell, void
from disclosures.informing import Situation, Telling, lapsed, may_always_defer, tell_or_defer, undone
from disclosures.judging import Judgement, judge
from disclosures.models import Disclosure
from disclosures.package import Package, package_of
from disclosures.printing import Printing
from disclosures.register import keep_row
from disclosures.vocabulary import HAND_OVER, LEFT, REVIEW, How, State
from dossiers.models import Dossier


@dataclass(frozen=True, slots=True)
class Stopped:
    """Nothing was handed over, and why; what had to be undone for it (the approval, a broken print) stays undone.

    ``todo``: who does what now; without it, the page of the disclosure says.
    """

    sentence: str
    decision: Decision | None = None
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Look:
    """An approved disclosure at the moment it would leave, under the regulation of that moment."""

    dossier: Dossier
    row: Disclosure
    profile: Profile
    at: datetime

    def void(self, ground: str) -> None:
        """The approval no longer stands."""
        void(self.dossier, self.row, self.at, ground)


@act
def hand_over(
    dossier: Dossier, disclosure_id: UUID, *, how: str, telling: Telling, by: Actor, at: datetime
) -> Disclosure | Stopped:
    """Let an approved, printed package leave the house.

    The rules, the content and the print are looked at once more. Then the state,
    the register row and the letters to the client are written together, or not at
    all. Raises Conflict as long as the print is not there.
    """
    row = locked(dossier, disclosure_id)
    if row.state in LEFT and row.handed_over_by_id == by.user_id:
        return row
    if row.state != State.APPROVED:
        return _not_approved(row)
    profile, around = setting(dossier, row, at)
    judgement, package = judge(row, around, profile, clock.local_date(at)), package_of(row, around)
    stopped = (
        _last_look(Look(dossier, row, profile, at), judgement, package)
        or _look_at_telling(Situation(dossier, row, profile, around, by, at), telling)
        or _look_at_print(row)
    )
    if stopped is not None:
        return stopped
    row.state, row.how = State.HANDED_OVER, How(how).value
    row.handed_over_by_id, row.handed_over_at = by.user_id, at
    row.judgement = {**judgement.to_json(), "basis": judgement.basis}
    row.save()
    finish_tasks_for(row.id, by=by, at=at, kind=HAND_OVER)
    keep_row(row, package, judgement, profile, around, by=by, at=at)
    _look_afterwards(dossier, row, judgement.review_by(profile, clock.local_date(at)), judgement.may, at)
    tell_or_defer(Situation(dossier, row, profile, around, by, at), telling)
    events.record(
        Action.DISCLOSE, dossier_id=dossier.id, data="disclosure-handed-over", object_id=row.id, ground=judgement.ground
    )
    return row


@act
def print_again(dossier: Dossier, disclosure_id: UUID, *, by: Actor, at: datetime) -> Disclosure:
    """Start the printing of an approved package afresh where it failed; where it goes well nothing is done."""
    row = locked(dossier, disclosure_id)
    only_in(row, {State.APPROVED})
    if printing.printing_of(row) == Printing.FAILED:
        printing.order(row)
        tell(row, "disclosure-print-again")
    return row


@act
def close(dossier: Dossier, disclosure_id: UUID, *, by: Actor, at: datetime) -> Disclosure:
    """Finish a disclosure: it has arrived and the client knows."""
    row = locked(dossier, disclosure_id)
    if row.state == State.CLOSED:
        return row
    only_in(row, {State.INFORMED})
    row.state, row.ended_by_id, row.ended_at = State.CLOSED, by.user_id, at
    row.save()
    tell(row, "disclosure-closed")
    return row


def _look_afterwards(dossier: Dossier, row: Disclosure, due: date | None, may: Decision, at: datetime) -> None:
    """In acute danger nobody approves beforehand; a second person looks at it within the days of the house rule."""
    if due is None:
        return
    create_task(
        kind=REVIEW,
        due_on=due,
        at=at,
        dossier_id=dossier.id,
        unit_id=dossier.unit_id,
        capability="disclosure.approve",
        title=_("Look at what went to %(recipient)s in acute danger") % {"recipient": called(row)},
        decision=may,
        link="disclosures:approve",
        object_id=row.id,
    )


def _not_approved(row: Disclosure) -> Stopped:
    if row.voided_at is None:
        only_in(row, {State.APPROVED})
    stored = (row.judgement or {}).get("may")
    decision = Decision.from_dict(stored) if stored else None
    return Stopped(
        _("The approval is void, because something changed after it. Nothing was handed over. %(why)s")
        % {"why": decision.explanation if decision and not decision.outcome["allowed"] else ""},
        decision,
    )


def _last_look(look: Look, judgement: Judgement, package: Package) -> Stopped | None:
    if not judgement.allowed:
        look.void("rules")
        why = _withdrawal(judgement) or judgement.may.explanation
        return Stopped(_("Nothing was handed over. %(why)s") % {"why": why}, judgement.may)
    if not judgement.rests_as(asked_on(look.row)):
        look.void("ground")
        return Stopped(
            _(
                "Nothing was handed over: it now rests on another ground, or on another's consent, than was approved."
                " Have it approved once more."
            ),
            judgement.may,
        )
    if judgement.lacks_approval(look.profile, look.row.approved_by_id):
        look.void("approval")
        return Stopped(
            _("Nothing was handed over: by now somebody else must look at it first. Ask for approval."), judgement.may
        )
    if package.not_ready:
        look.void("content")
        return Stopped(_("Nothing was handed over. %(why)s") % {"why": package.not_ready})
    if package.digest != look.row.content_hash:
        look.void("content")
        return Stopped(
            _("Nothing was handed over: what would go now is not what was approved. Have it approved once more.")
        )
    return None


def _look_at_telling(now: Situation, telling: Telling) -> Stopped | None:
    """Putting off that no longer holds is no reason to tell at once: whoever decided it says what now."""
    if not lapsed(now.row, now.on):
        return None
    if telling.later and (not undone(now.row) or may_always_defer(now.by, now.dossier, now.row, now.profile)):
        return None
    role = now.profile.roles.label(str(now.profile.disclosure.approved_by.value))
    return Stopped(
        _(
            "Nothing was handed over: telling the client was put off, and the %(role)s must decide that anew,"
            " because the day has come or something changed."
        )
        % {"role": role},
        todo=_("Ask the %(role)s: it lies there, under approvals. After that you can hand it over.") % {"role": role},
    )


def _look_at_print(row: Disclosure) -> Stopped | None:
    """The paper itself: without it nothing leaves, and one that cannot be opened is printed anew."""
    if row.package is None:
        raise Conflict(_("The package has not been printed yet, so nothing can be handed over. Nothing was changed."))
    if printing.opens(row):
        return None
    printing.drop(row)
    printing.order(row)
    tell(row, "disclosure-print-again", ground="unreadable")
    return Stopped(
        _("Nothing was handed over: the printed package cannot be opened any more. It is being printed anew.")
    )


def _withdrawal(judgement: Judgement) -> str:
    for one in judgement.needed:
        if one.withdrawn and one.answer is not None and one.answer.withdrawn_at is not None:
            return _("%(name)s withdrew the consent on %(day)s.") % {
                "name": one.person.name,
                "day": date_plain(clock.local_date(one.answer.withdrawn_at)),
            }
    return ""
