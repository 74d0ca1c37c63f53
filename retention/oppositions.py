"""Everything that may oppose destruction now, asked afresh at each step before the point of no return."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from casemgmt.base import clock
from casemgmt.base.registries import Registry
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.retention import ASKED_ENOUGH, may_destroy
from casemgmt.policy.versions import profile_in_force
from dossiers.models import Dossier
from retention.facts import Answers, keeping_facts
from retention.judgements import family_clock, judgements
from retention.models import EndDate, Hold

# Packages to our right name what of theirs still runs for a dossier (a request, a complaint):
# a sentence for people, or None.
Opposition = Callable[[UUID], str | None]
oppositions: Registry[Opposition] = Registry("opposition to destruction")


def opposing(dossier: Dossier, *, at: datetime) -> list[str]:
    """The sentences of all that opposes destroying this dossier at this moment; empty when nothing does.

    Its key must be loaded: the rule reads the children's birth dates.
    """
    found = [_by_rule(dossier, at)]
    if Hold.objects.filter(dossier=dossier, lifted_at=None).exists():
        found.append(_("The dossier is held back with a reason."))
    found += running(dossier.id)
    return [sentence for sentence in found if sentence]


def running(dossier_id: UUID) -> list[str]:
    """What of other packages still runs for the dossier."""
    return [sentence for _name, ask in oppositions if (sentence := ask(dossier_id))]


def judged(dossier: Dossier, *, at: datetime) -> Decision | None:
    """What the rule says about destroying this dossier today; None while it is not closed."""
    row = EndDate.objects.filter(dossier=dossier).first()
    if row is None or dossier.closed_on is None:
        return None
    on = clock.local_date(at)
    facts = keeping_facts(dossier, Answers.from_json(row.answers), row.extended_until)
    return may_destroy(facts, profile_in_force(on), on)


def _by_rule(dossier: Dossier, at: datetime) -> str | None:
    decision = judged(dossier, at=at)
    if decision is None:
        return _("The dossier is not closed.")
    return None if decision.outcome["allowed"] else decision.explanation


@dataclass(frozen=True, slots=True)
class Opposing:
    """One line of what can oppose: ``outcome`` "yes" (nothing stands in the way) or "no"."""

    label: str
    says: str
    outcome: str


def listed(dossier: Dossier, *, at: datetime) -> tuple[Opposing, ...]:
    """All that can oppose, also what does not, so that a reader sees what was asked."""
    row = EndDate.objects.filter(dossier=dossier).first()
    if row is None:
        return ()
    answers = Answers.from_json(row.answers)
    profile = profile_in_force(clock.local_date(at))
    lines = [
        _bar(one.label, one.rule.sentence, bool(getattr(answers, one.name)))
        for one in judgements(profile)
        if one.name not in ("keeping_helps", "adoption_or_relinquishment")
    ]
    if family_clock(profile) is not None and answers.keeping_helps:
        lines.append(_youth(dossier, answers, row))
    holds = [hold.why for hold in Hold.objects.filter(dossier=dossier, lifted_at=None).order_by("placed_at")]
    lines.append(_line(_("Held back with a reason"), holds))
    lines.append(_line(_("Running request, complaint or disclosure"), running(dossier.id)))
    return tuple(lines)


def _bar(label: str, sentence: str, stands: bool) -> Opposing:
    return Opposing(label, sentence if stands else _("no"), "no" if stands else "yes")


def _line(label: str, sentences: list[str]) -> Opposing:
    return Opposing(label, " ".join(sentences) or _("nothing"), "no" if sentences else "yes")


def _youth(dossier: Dossier, answers: Answers, row: EndDate) -> Opposing:
    asked = keeping_facts(dossier, answers, row.extended_until).adult_youth in ASKED_ENOUGH
    label = _("The youngest child, now adult")
    return Opposing(label, _("was asked") if asked else _("was not asked yet"), "yes" if asked else "no")
