"""When a dossier's term has passed: computed by the rule, stored with its sum, asked beforehand."""

from dataclasses import replace
from datetime import date, datetime

from casemgmt.base import clock
from casemgmt.policy.decision import Decision
from casemgmt.policy.rules.retention import ASKED_ENOUGH, retention_expires
from casemgmt.policy.versions import profile_in_force
from dossiers.models import Dossier
from retention.facts import Answers, keeping_facts
from retention.models import EndDate


def calculate(dossier: Dossier, *, at: datetime, answers: Answers | None = None) -> Decision:
    """Work out and store when the dossier's term has passed, by the profile in force; its key must be loaded."""
    on = clock.local_date(at)
    row = EndDate.objects.filter(dossier=dossier).first() or EndDate(dossier=dossier, answers={})
    known = answers or Answers.from_json(row.answers)
    facts = keeping_facts(dossier, known, row.extended_until)
    decision = retention_expires(facts, profile_in_force(on), on)
    row.answers = known.to_json()
    row.decision = decision.to_dict()
    row.due_on = decision.outcome["expires_on"]
    row.waits = bool(decision.outcome.get("waits_for_adult_youth")) and facts.adult_youth not in ASKED_ENOUGH
    row.version = decision.version
    row.calculated_at = at
    row.save()
    return decision


def preview(dossier: Dossier, *, closed_on: date, answers: Answers, at: datetime) -> Decision:
    """When the term would have passed if the dossier were closed so; nothing is changed."""
    on = clock.local_date(at)
    facts = replace(keeping_facts(dossier, answers, None), closed_on=closed_on)
    return retention_expires(facts, profile_in_force(on), on)
